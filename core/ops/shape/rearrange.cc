// SPDX-License-Identifier: Apache-2.0
// Operators that put the same values in another order: reverse, and depth to space and back.
#include "ops/common/axes.h"
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "schema/registry.h"

namespace cermet {

namespace {
struct ReverseAttrs {
  std::vector<int64_t> axis;
};
struct BlockAttrs {
  int64_t block_size = 1;
};
}  // namespace

CERMET_REGISTER(reverse)(Registry &registry) {
  auto op = registry.op<ReverseAttrs>("reverse", "shape");
  op.doc("Reverses the order along axes.");
  op.alias("flip");
  op.input("data", "Values; any shape.");
  op.output("output");
  op.attr("axis", &ReverseAttrs::axis, "Axes to reverse.").required().kind(AttrKind::axes);
  op.infer([](InferContext &c, const ReverseAttrs &a) {
    marked_axes(a.axis, c.shape(0).ndim());
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const ReverseAttrs &a) {
    const Tensor &in = c.in(0);
    if (in.numel() == 0) return;
    std::vector<bool> reversed = marked_axes(a.axis, in.shape.ndim());
    Dims dense = dense_strides(in.shape), from = dense;
    int64_t first = 0;
    for (size_t axis = 0; axis < from.size(); ++axis) {
      if (!reversed[axis]) continue;
      first += (in.shape[axis] - 1) * dense[axis];
      from[axis] = -dense[axis];
    }
    copy_strided(in.dtype, in.shape, element(in.data, in.dtype, first), from, c.out(0).data, dense);
  });
  op.gradient([](GradientContext &g, const ReverseAttrs &) { g.set(0, g.apply("reverse", {g.head(0)}, g.attrs())); });
  op.sample({{{"axis", {1}}}, {{{2, 2}, {1, 2, 3, 4}}}, {{{2, 2}, {2, 1, 4, 3}}}});
}

namespace {

void expect_images(const InferContext &c) {
  if (c.shape(0).ndim() != 4) throw Error(Status::shape, "data", "got rank ", c.shape(0).ndim(), "; want 4");
}

// Copies with the axes of `in`, seen as `seen`, in the order `order`.
void reorder(const Tensor &in, const Shape &seen, const std::array<size_t, 6> &order, const Tensor &out) {
  Dims strides = dense_strides(seen), from;
  Shape shape;
  for (size_t axis : order) {
    shape.push_back(seen[axis]);
    from.push_back(strides[axis]);
  }
  copy_strided(in.dtype, shape, in.data, from, out.data, dense_strides(shape));
}

// The two operators are each other's opposite, and so each other's gradient.
template <class Infer, class Kernel>
DefinitionBuilder<BlockAttrs> define_block(Registry &registry, const char *name, const char *opposite,
                                           const char *summary, Infer infer, Kernel kernel) {
  auto op = registry.op<BlockAttrs>(name, "shape");
  op.doc(summary);
  op.input("data", "Images: (batch, channels, height, width).");
  op.output("output");
  op.attr("block_size", &BlockAttrs::block_size, "Height and width of a block.").required().min(1).max(1 << 20);
  op.infer([infer](InferContext &c, const BlockAttrs &a) {
    expect_images(c);
    c.output(0, infer(c.shape(0), a.block_size), c.dtype(0));
  });
  op.kernel(kernel);
  op.gradient([opposite = std::string(opposite)](GradientContext &g, const BlockAttrs &) {
    g.set(0, g.apply(opposite, {g.head(0)}, g.attrs()));
  });
  return op;
}

}  // namespace

CERMET_REGISTER(depth_to_space)(Registry &registry) {
  auto op = define_block(
      registry, "depth_to_space", "space_to_depth", "Spreads channels over blocks of pixels.",
      [](const Shape &s, int64_t b) {
        if (s[1] % (b * b) != 0)
          throw Error(Status::shape, "data", "got ", s[1], " channels; want a multiple of ", b * b);
        return Shape{s[0], s[1] / (b * b), s[2] * b, s[3] * b};
      },
      [](KernelContext &c, const BlockAttrs &a) {
        const Shape &s = c.in(0).shape;
        int64_t b = a.block_size;
        reorder(c.in(0), {s[0], b, b, s[1] / (b * b), s[2], s[3]}, {0, 3, 4, 1, 5, 2}, c.out(0));
      });
  op.sample(
      {{{"block_size", 2}}, {{{1, 4, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}}, {{{1, 1, 2, 4}, {1, 3, 2, 4, 5, 7, 6, 8}}}});
}

CERMET_REGISTER(space_to_depth)(Registry &registry) {
  auto op = define_block(
      registry, "space_to_depth", "depth_to_space", "Gathers blocks of pixels into channels.",
      [](const Shape &s, int64_t b) {
        if (s[2] % b != 0 || s[3] % b != 0)
          throw Error(Status::shape, "data", "got height and width ", Shape{s[2], s[3]}, "; want multiples of ", b);
        return Shape{s[0], s[1] * b * b, s[2] / b, s[3] / b};
      },
      [](KernelContext &c, const BlockAttrs &a) {
        const Shape &s = c.in(0).shape;
        int64_t b = a.block_size;
        reorder(c.in(0), {s[0], s[1], s[2] / b, b, s[3] / b, b}, {0, 3, 5, 1, 2, 4}, c.out(0));
      });
  op.sample(
      {{{"block_size", 2}}, {{{1, 1, 2, 4}, {1, 3, 2, 4, 5, 7, 6, 8}}}, {{{1, 4, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}}});
}

}  // namespace cermet
