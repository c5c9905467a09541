// SPDX-License-Identifier: Apache-2.0
// One element for each row along an axis, by index.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/indexing/indices.h"
#include "schema/registry.h"

namespace cermet {

namespace {

enum class PickMode { clip, wrap };

struct PickAttrs {
  std::optional<int64_t> axis = -1;
  bool keepdims = false;
  PickMode mode = PickMode::clip;
};

// The array around the axis; as one row where there is no axis.
struct Around {
  int64_t size, inner;
};
Around around(const Shape &shape, const PickAttrs &a) {
  if (!a.axis) return {shape.numel(), 1};
  int axis = normalize_axis(*a.axis, shape.ndim());
  return {shape[static_cast<size_t>(axis)], shape.product(axis + 1, shape.ndim())};
}

Shape picked_shape(const Shape &shape, const PickAttrs &a, bool keepdims) {
  if (!a.axis) return Shape{1};
  auto axis = static_cast<size_t>(normalize_axis(*a.axis, shape.ndim()));
  Shape out = shape;
  if (keepdims)
    out[axis] = 1;
  else
    out.erase(axis);
  if (out.empty()) out.push_back(1);
  return out;
}

// Places of the picked elements in the array.
std::vector<int64_t> places(const Tensor &index, const Shape &shape, const PickAttrs &a) {
  Around v = around(shape, a);
  std::vector<int64_t> out = read_indices(index);
  if (out.empty()) return out;
  resolve_indices(out, v.size, a.mode == PickMode::clip ? IndexMode::clip : IndexMode::wrap, "index");
  for (size_t k = 0; k < out.size(); ++k) {
    auto at = static_cast<int64_t>(k);
    out[k] = (at / v.inner * v.size + out[k]) * v.inner + at % v.inner;
  }
  return out;
}

void infer(InferContext &c, const PickAttrs &a, int data, int index) {
  const Shape &shape = c.shape(data), &given = c.shape(index);
  Shape want = picked_shape(shape, a, false);
  if (!(given == want) && !(given == picked_shape(shape, a, true)))
    throw Error(Status::shape, c.input_name(index), "got ", given, "; want ", want);
  if (around(shape, a).size == 0 && given.numel() > 0)
    throw Error(Status::shape, c.input_name(data), "got ", shape, ", whose axis is empty; want something to pick");
}

void define_attrs(DefinitionBuilder<PickAttrs> &op) {
  op.attr("axis", &PickAttrs::axis, "Axis to pick along; the array is one row where it is absent.")
      .kind(AttrKind::axis);
  op.attr("keepdims", &PickAttrs::keepdims, "Keep the axis, with size 1.");
  op.choice("mode", &PickAttrs::mode, {"clip", "wrap"},
            "What to do with indices outside: the nearest valid one, or the remainder.");
}

// f on the values of two arrays of one dtype.
template <class F>
void with_values(const Tensor &a, const Tensor &b, F f) {
  dispatch(a.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    f(a.as<T>(), b.as<T>());
  });
}

}  // namespace

CERMET_REGISTER(pick)(Registry &registry) {
  auto op = registry.op<PickAttrs>("pick", "indexing");
  op.doc("One element for each row along an axis, by index.");
  op.alias("_npx_pick", "choose_element_0index");
  op.input("data", "Values; rank 1 or more.");
  op.input("index", "Indices of any dtype, counted from 0; the shape of `data` without the axis.").index = true;
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const PickAttrs &a) {
    infer(c, a, 0, 1);
    c.output(0, picked_shape(c.shape(0), a, a.keepdims), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const PickAttrs &a) {
    std::vector<int64_t> from = places(c.in(1), c.in(0).shape, a);
    with_values(c.in(0), c.out(0), [&](auto *data, auto *out) {
      for (size_t k = 0; k < from.size(); ++k) out[k] = data[from[k]];
    });
  });
  op.gradient([](GradientContext &g, const PickAttrs &) {
    g.set(0, g.apply("pick_backward", {g.head(0), g.input(1), g.input(0)}, g.attrs()));
  });
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{2}, {2, 0}, DType::int32}}, {{{2}, {3, 4}}}});
}

CERMET_REGISTER(pick_backward)(Registry &registry) {
  auto op = registry.op<PickAttrs>("pick_backward", "indexing");
  op.internal();
  op.doc("Puts what pick took back to its place, among zeros.");
  op.input("part", "Gradient of what was picked.");
  op.input("index", "Indices that were picked.").index = true;
  op.shape_input("data", "What it was picked from.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const PickAttrs &a) {
    infer(c, a, 2, 1);
    c.expect_shape(0, picked_shape(c.shape(2), a, a.keepdims));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const PickAttrs &a) {
    std::vector<int64_t> to = places(c.in(1), c.out(0).shape, a);
    fill(c.out(0), 0);
    with_values(c.in(0), c.out(0), [&](auto *part, auto *out) {
      for (size_t k = 0; k < to.size(); ++k) out[to[k]] = part[k];
    });
  });
  op.gradient([](GradientContext &g, const PickAttrs &) {
    g.set(0, g.apply("pick", {g.head(0), g.input(1)}, g.attrs()));
  });
}

CERMET_REGISTER(batch_take)(Registry &registry) {
  auto op = registry.op<NoAttrs>("batch_take", "indexing");
  op.doc("One element of each row of a matrix, by index.", "Indices outside are moved to the nearest valid one.");
  op.input("a", "Values; rank 2.");
  op.input("indices", "One index for each row, of any dtype, counted from 0.").index = true;
  op.output("output");
  op.compose([](ComposeContext &c, const NoAttrs &) {
    c.output(c.apply("pick", {c.input(0), c.input(1)}, {{"axis", 1}}));
  });
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{2}, {2, 0}, DType::int32}}, {{{2}, {3, 4}}}});
}

namespace {
struct OneHotAttrs {
  int64_t depth = 0;
  double on_value = 1, off_value = 0;
  DType dtype = DType::float32;
};
}  // namespace

CERMET_REGISTER(one_hot)(Registry &registry) {
  auto op = registry.op<OneHotAttrs>("one_hot", "indexing");
  op.precision(Precision::own);
  op.doc("For each index a row with one value at its place and another elsewhere.",
         "Indices outside give a row without it.");
  op.alias("_npx_one_hot");
  op.input("indices", "Indices of any dtype, counted from 0; any shape.").index = true;
  op.output("output");
  op.attr("depth", &OneHotAttrs::depth, "Length of a row.").required().min(0);
  op.attr("on_value", &OneHotAttrs::on_value, "Value at the index.");
  op.attr("off_value", &OneHotAttrs::off_value, "Value elsewhere.");
  op.attr("dtype", &OneHotAttrs::dtype, "Dtype of the result.");
  op.infer([](InferContext &c, const OneHotAttrs &a) {
    Shape out = c.shape(0);
    out.push_back(a.depth);
    check_shape(out, a.dtype, "depth");
    c.output(0, out, a.dtype);
  });
  op.kernel([](KernelContext &c, const OneHotAttrs &a) {
    std::vector<int64_t> indices = read_indices(c.in(0));
    fill(c.out(0), a.off_value);
    dispatch(c.out(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      T on = convert<T>(a.on_value), *out = c.out_as<T>(0);
      for (size_t k = 0; k < indices.size(); ++k)
        if (indices[k] >= 0 && indices[k] < a.depth) out[static_cast<int64_t>(k) * a.depth + indices[k]] = on;
    });
  });
  op.gradient(no_gradient<OneHotAttrs>);
  op.sample({{{"depth", 3}}, {{{2}, {2, 0}, DType::int32}}, {{{2, 3}, {0, 0, 1, 1, 0, 0}}}});
}

}  // namespace cermet
