// SPDX-License-Identifier: Apache-2.0
// Elements and slices by whole coordinates. The first axis of `indices` goes through the coordinates' axes.
#include <cstring>

#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/scattered_sums.h"
#include "ops/indexing/indices.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct ScatterAttrs {
  std::vector<int64_t> shape;
};

// Shape of what is gathered from `data`.
Shape gathered_shape(const Shape &data, const Shape &indices, const char *argument) {
  if (indices.empty() || indices[0] > data.ndim() || indices[0] < 1)
    throw Error(Status::shape, "indices", "got ", indices, "; want a first axis of 1 to ", data.ndim(),
                ", one row for each leading axis of ", argument);
  Shape out(indices.begin() + 1, indices.end());
  for (size_t axis = static_cast<size_t>(indices[0]); axis < data.size(); ++axis) out.push_back(data[axis]);
  check_shape(out, DType::uint8, "indices");
  return out;
}

// The slices' places, in slices. Negative coordinates count from the end.
std::vector<int64_t> places(const Tensor &indices, const Shape &data) {
  std::vector<int64_t> coordinates = read_indices(indices);
  size_t axes = static_cast<size_t>(indices.shape[0]), count = axes ? coordinates.size() / axes : 0;
  std::vector<int64_t> out(count);
  for (size_t axis = 0; axis < axes; ++axis)
    for (size_t k = 0; k < count; ++k) {
      int64_t at = coordinates[axis * count + k], size = data[axis];
      if (at < -size || at >= size)
        throw Error(Status::invalid_argument, "indices", "got ", at, " for axis ", axis, "; want ", -size, " to ",
                    size - 1);
      out[k] = out[k] * size + (at < 0 ? at + size : at);
    }
  return out;
}

int64_t slice_size(const Tensor &indices, const Shape &data) {
  return data.product(static_cast<int>(indices.shape[0]), data.ndim());
}

Shape shape_of(const ScatterAttrs &a) { return Shape(a.shape.begin(), a.shape.end()); }

}  // namespace

CERMET_REGISTER(gather_nd)(Registry &registry) {
  auto op = registry.op<NoAttrs>("gather_nd", "indexing");
  op.doc("Elements or slices of an array, by coordinates.",
         "`indices[i, ...]` are the coordinates along axis i; axes without coordinates are taken whole. Negative "
         "coordinates count from the end.");
  op.alias("_npi_gather_nd", "_npx_gather_nd");
  op.input("data", "Values; rank 1 or more.");
  op.input("indices", "Coordinates of any dtype, counted from 0; the first axis goes through the axes of `data`.")
      .index = true;
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) {
    c.output(0, gathered_shape(c.shape(0), c.shape(1), "data"), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) {
    std::vector<int64_t> from = places(c.in(1), c.in(0).shape);
    int64_t width = slice_size(c.in(1), c.in(0).shape) * dtype_size(c.in(0).dtype);
    for (size_t k = 0; k < from.size() && width; ++k)
      std::memcpy(c.out_as<char>(0) + static_cast<int64_t>(k) * width, c.in_as<char>(0) + from[k] * width,
                  static_cast<size_t>(width));
  });
  op.gradient([](GradientContext &g, const NoAttrs &) {
    g.set(0, g.apply("gather_nd_backward", {g.head(0), g.input(1), g.input(0)}));
  });
  op.sample({{}, {{{2, 2}, {1, 2, 3, 4}}, {{2, 2}, {1, 0, 0, 1}, DType::int32}}, {{{2}, {3, 2}}}});
}

CERMET_REGISTER(gather_nd_backward)(Registry &registry) {
  auto op = registry.op<NoAttrs>("gather_nd_backward", "indexing");
  op.internal();
  op.doc("Adds what gather_nd took to where it came from, among zeros.");
  op.input("part", "Gradient of what was gathered.", kFloats);
  op.input("indices", "Coordinates.").index = true;
  op.shape_input("data", "What it was gathered from.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) {
    c.expect_shape(0, gathered_shape(c.shape(2), c.shape(1), "data"));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) {
    const Tensor &out = c.out(0);
    std::vector<int64_t> to = places(c.in(1), out.shape);
    int64_t width = slice_size(c.in(1), out.shape);
    dispatch_floats(out.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      const T *part = c.in_as<T>(0);
      scattered_sums<T>(out, [&](auto *sums) {
        for (size_t k = 0; k < to.size(); ++k)
          for (int64_t at = 0; at < width; ++at)
            sums[to[k] * width + at] += static_cast<Compute<T>>(part[static_cast<int64_t>(k) * width + at]);
      });
    });
  });
  op.gradient([](GradientContext &g, const NoAttrs &) { g.set(0, g.apply("gather_nd", {g.head(0), g.input(1)})); });
}

CERMET_REGISTER(scatter_nd)(Registry &registry) {
  auto op = registry.op<ScatterAttrs>("scatter_nd", "indexing");
  op.doc("Puts elements or slices at coordinates, among zeros: the opposite of gather_nd.",
         "Of several values for one place the last stays.");
  op.input("data", "Values.");
  op.input("indices", "Coordinates of any dtype, counted from 0; the first axis goes through the axes of the result.")
      .index = true;
  op.output("output");
  op.attr("shape", &ScatterAttrs::shape, "Shape of the result.").required().min(0).kind(AttrKind::shape);
  op.infer([](InferContext &c, const ScatterAttrs &a) {
    check_shape(shape_of(a), c.dtype(0));
    c.expect_shape(0, gathered_shape(shape_of(a), c.shape(1), "the result"));
    c.output(0, shape_of(a), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const ScatterAttrs &) {
    const Tensor &out = c.out(0);
    std::vector<int64_t> to = places(c.in(1), out.shape);
    int64_t width = slice_size(c.in(1), out.shape) * dtype_size(out.dtype);
    fill(out, 0);
    for (size_t k = 0; k < to.size() && width; ++k)
      std::memcpy(out.as<char>() + to[k] * width, c.in_as<char>(0) + static_cast<int64_t>(k) * width,
                  static_cast<size_t>(width));
  });
  op.gradient([](GradientContext &g, const ScatterAttrs &) {
    g.set(0, g.apply("gather_nd", {g.head(0), g.input(1)}));
  });
  op.sample({{{"shape", {2, 2}}}, {{{2}, {5, 6}}, {{2, 2}, {1, 0, 0, 1}, DType::int32}}, {{{2, 2}, {0, 6, 5, 0}}}});
}

}  // namespace cermet
