// SPDX-License-Identifier: Apache-2.0
// Margins around an array. Each place of the result is a place of the input, or in the margin of constants none; the
// gradient adds up the same way back.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

namespace {

enum class PadMode { constant, edge, reflect };

struct PadAttrs {
  PadMode mode = PadMode::constant;
  std::vector<int64_t> pad_width;
  double constant_value = 0;
};

Shape padded_shape(const Shape &shape, const PadAttrs &a) {
  if (a.pad_width.size() != 2 * shape.size())
    throw Error(Status::invalid_argument, "pad_width", "got ", a.pad_width.size(), " widths; want ", 2 * shape.size(),
                ", two for each axis");
  Shape out = shape;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    for (int64_t width : {a.pad_width[2 * axis], a.pad_width[2 * axis + 1]}) {
      bool reflects = a.mode == PadMode::reflect && width > 0 && width >= shape[axis];
      if (reflects || (a.mode == PadMode::edge && width > 0 && shape[axis] == 0))
        throw Error(Status::invalid_argument, "pad_width", "got ", width, " for axis ", axis, " of size ", shape[axis],
                    "; want less than the size");
      if (__builtin_add_overflow(out[axis], width, &out[axis]))
        throw Error(Status::shape, "pad_width", "got ", width, ", which makes the size overflow");
    }
  return out;
}

// For each axis of the result the offset in the input, -1 in a constant margin.
std::vector<std::vector<int64_t>> offsets(const Shape &shape, const Shape &padded, const PadAttrs &a) {
  std::vector<std::vector<int64_t>> out(shape.size());
  Dims strides = dense_strides(shape);
  for (size_t axis = 0; axis < shape.size(); ++axis)
    for (int64_t k = 0; k < padded[axis]; ++k) {
      int64_t at = k - a.pad_width[2 * axis], last = shape[axis] - 1;
      if (a.mode == PadMode::edge) at = std::clamp<int64_t>(at, 0, last);
      if (a.mode == PadMode::reflect) at = at < 0 ? -at : at > last ? 2 * last - at : at;
      out[axis].push_back(at < 0 || at > last ? -1 : at * strides[axis]);
    }
  return out;
}

// visit(place in the result, place in the input or -1), in order.
template <class Visit>
void walk(const Shape &shape, const Shape &padded, const PadAttrs &a, Visit visit) {
  auto tables = offsets(shape, padded, a);
  Dims index(padded.size());
  int64_t total = padded.numel();
  for (int64_t k = 0; k < total; ++k) {
    int64_t from = 0;
    for (size_t axis = 0; axis < index.size() && from >= 0; ++axis) {
      int64_t offset = tables[axis][static_cast<size_t>(index[axis])];
      from = offset < 0 ? -1 : from + offset;
    }
    visit(k, from);
    for (size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < padded[axis]) break;
      index[axis] = 0;
    }
  }
}

void define_attrs(DefinitionBuilder<PadAttrs> &op) {
  op.choice("mode", &PadAttrs::mode, {"constant", "edge", "reflect"},
            "What the margin holds: a constant, the nearest value, or the mirror image.")
      .required();
  op.attr("pad_width", &PadAttrs::pad_width, "Width of the margin before and after each axis, in turn.")
      .required()
      .min(0);
  op.attr("constant_value", &PadAttrs::constant_value, "Value of the margin in mode `constant`.");
}

}  // namespace

CERMET_REGISTER(pad)(Registry &registry) {
  auto op = registry.op<PadAttrs>("pad", "shape");
  op.doc("Puts a margin around an array.");
  op.alias("Pad");
  op.input("data", "Values; any shape.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const PadAttrs &a) {
    Shape out = padded_shape(c.shape(0), a);
    check_shape(out, c.dtype(0), "pad_width");
    c.output(0, out, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const PadAttrs &a) {
    const Tensor &in = c.in(0), &out = c.out(0);
    dispatch(out.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      T margin = convert<T>(a.constant_value);
      walk(in.shape, out.shape, a,
           [&](int64_t to, int64_t from) { out.as<T>()[to] = from < 0 ? margin : in.as<T>()[from]; });
    });
  });
  op.gradient([](GradientContext &g, const PadAttrs &) {
    g.set(0, g.apply("pad_backward", {g.head(0), g.input(0)}, g.attrs()));
  });
  op.sample({{{"mode", "constant"}, {"pad_width", {0, 1, 1, 0}}, {"constant_value", 9.0}},
             {{{1, 2}, {1, 2}}},
             {{{2, 3}, {9, 1, 2, 9, 9, 9}}}});
  op.sample({{{"mode", "reflect"}, {"pad_width", {2, 1}}}, {{{3}, {1, 2, 3}}}, {{{6}, {3, 2, 1, 2, 3, 2}}}});
}

CERMET_REGISTER(pad_backward)(Registry &registry) {
  auto op = registry.op<PadAttrs>("pad_backward", "shape");
  op.internal();
  op.doc("Adds a padded array's elements to where they came from.");
  op.input("part", "Gradient of the result.", kFloats);
  op.shape_input("data", "What was padded.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const PadAttrs &a) {
    c.expect_shape(0, padded_shape(c.shape(1), a));
    c.output(0, c.shape(1), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const PadAttrs &a) {
    const Tensor &in = c.in(0), &out = c.out(0);
    fill(out, 0);
    dispatch_floats(out.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      walk(out.shape, in.shape, a, [&](int64_t from, int64_t to) {
        if (to >= 0)
          out.as<T>()[to] =
              static_cast<T>(static_cast<Compute<T>>(out.as<T>()[to]) + static_cast<Compute<T>>(in.as<T>()[from]));
      });
    });
  });
  op.gradient([](GradientContext &g, const PadAttrs &) {
    AttrList attrs;
    for (const auto &attr : g.attrs())
      if (attr.first != "constant_value") attrs.push_back(attr);
    g.set(0, g.apply("pad", {g.head(0)}, attrs));
  });
}

}  // namespace cermet
