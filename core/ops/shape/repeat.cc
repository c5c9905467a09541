// SPDX-License-Identifier: Apache-2.0
// Operators that repeat values: whole arrays (tile) and single elements (repeat). Both see the result with twice as
// many axes, one for the repetition beside each of the input's; so the gradient is a sum over the repetition axes.
#include "ops/common/infer.h"
#include "ops/common/reduce.h"
#include "ops/common/strided_copy.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// The result as a repetition: its shape, the input's stride along each axis, 0 where the axis repeats.
struct Repetition {
  Shape result;
  Dims dims, strides;
  std::vector<bool> repeats;
  void add(int64_t dim, int64_t stride, bool repeat) {
    dims.push_back(dim);
    strides.push_back(repeat ? 0 : stride);
    repeats.push_back(repeat);
  }
};

int64_t times(int64_t dim, int64_t count, const char *argument) {
  int64_t out;
  if (__builtin_mul_overflow(dim, count, &out))
    throw Error(Status::shape, argument, "got ", count, ", which makes the size overflow");
  return out;
}

struct TileAttrs {
  std::vector<int64_t> reps;

  // Missing axes are put in front, on either side.
  Repetition repetition(const Shape &shape) const {
    Repetition out;
    Dims strides = dense_strides(shape);
    size_t rank = std::max(shape.size(), reps.size());
    for (size_t axis = 0; axis < rank; ++axis) {
      size_t in = axis + shape.size() - rank, rep = axis + reps.size() - rank;  // wraps where the axis is missing
      int64_t dim = in < shape.size() ? shape[in] : 1, count = rep < reps.size() ? reps[rep] : 1;
      out.add(count, 0, true);
      out.add(dim, in < shape.size() ? strides[in] : 0, false);
      out.result.push_back(times(dim, count, "reps"));
    }
    return out;
  }
  static void define(DefinitionBuilder<TileAttrs> &op) {
    op.attr("reps", &TileAttrs::reps, "How often to repeat along each axis, aligned at the last one.")
        .required()
        .min(0)
        .kind(AttrKind::shape);
  }
};

struct RepeatAttrs {
  int64_t repeats = 1;
  std::optional<int64_t> axis;

  Repetition repetition(const Shape &shape) const {
    Repetition out;
    Shape seen = axis ? shape : Shape{shape.numel()};
    Dims strides = dense_strides(seen);
    auto at = static_cast<size_t>(normalize_axis(axis.value_or(0), seen.ndim()));
    for (size_t k = 0; k < seen.size(); ++k) {
      out.add(seen[k], strides[k], false);
      if (k == at) out.add(repeats, 0, true);
      out.result.push_back(k == at ? times(seen[k], repeats, "repeats") : seen[k]);
    }
    return out;
  }
  static void define(DefinitionBuilder<RepeatAttrs> &op) {
    op.attr("repeats", &RepeatAttrs::repeats, "How often each element comes.").required().min(0);
    op.attr("axis", &RepeatAttrs::axis, "Axis along which to repeat; the flattened array where it is absent.")
        .kind(AttrKind::axis);
  }
};

template <class A>
DefinitionBuilder<A> define_repetition(Registry &registry, const std::string &name, const char *summary) {
  std::string backward_name = name + "_backward";
  auto back = registry.op<A>(backward_name.c_str(), "shape");
  back.internal();
  back.doc("Sums what " + name + " repeated.");
  back.input("data", "Gradient of the result.");
  back.shape_input("like", "What was repeated.");
  back.output("output");
  A::define(back);
  back.infer([](InferContext &c, const A &a) {
    c.expect_shape(0, a.repetition(c.shape(1)).result);
    c.output(0, c.shape(1), c.dtype(0));
  });
  back.kernel([](KernelContext &c, const A &a) {
    Repetition r = a.repetition(c.out(0).shape);
    sum_axes(c.in(0), r.dims, r.repeats, c.out(0));
  });
  back.gradient([name](GradientContext &g, const A &) { g.set(0, g.apply(name, {g.head(0)}, g.attrs())); });

  auto op = registry.op<A>(name.c_str(), "shape");
  op.doc(summary);
  op.input("data", "Values; any shape.");
  op.output("output");
  A::define(op);
  op.infer([](InferContext &c, const A &a) {
    Repetition r = a.repetition(c.shape(0));
    check_shape(r.result, c.dtype(0), "data");
    c.output(0, r.result, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const A &a) {
    Repetition r = a.repetition(c.in(0).shape);
    if (c.out(0).numel() == 0) return;
    copy_strided(c.in(0).dtype, r.dims, c.in(0).data, r.strides, c.out(0).data, dense_strides(Shape(r.dims)));
  });
  op.gradient([backward_name](GradientContext &g, const A &) {
    g.set(0, g.apply(backward_name, {g.head(0), g.input(0)}, g.attrs()));
  });
  return op;
}

}  // namespace

CERMET_REGISTER(tile)(Registry &registry) {
  auto op = define_repetition<TileAttrs>(registry, "tile", "Repeats an array along its axes, like tiles on a floor.");
  op.alias("_npi_tile");
  op.sample({{{"reps", {2, 2}}}, {{{2}, {1, 2}}}, {{{2, 4}, {1, 2, 1, 2, 1, 2, 1, 2}}}});
}

CERMET_REGISTER(repeat)(Registry &registry) {
  auto op = define_repetition<RepeatAttrs>(registry, "repeat", "Repeats each element.");
  op.alias("_np_repeat");
  op.sample({{{"repeats", 2}, {"axis", 1}}, {{{2, 2}, {1, 2, 3, 4}}}, {{{2, 4}, {1, 1, 2, 2, 3, 3, 4, 4}}}});
}

}  // namespace cermet
