// SPDX-License-Identifier: Apache-2.0
// Pooling over 1, 2 or 3 spatial axes. Average and sum are linear, and maximum is linear once its positions are known,
// so their gradient operators are each other's gradients:
//   pooling <-> pooling_spread (avg, sum); pooling_scatter <-> pooling_gather (max).
#include "ops/nn/pooling.h"

#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using Pool = nn::PoolingAttrs;
using nn::PoolType;

void register_forward(Registry &registry) {
  auto op = registry.op<Pool>("pooling", "nn");
  op.doc(
      "Maximum, average, sum or p-norm over a sliding window.",
      "An average divides by the part of the window that lies inside the padded plane, or inside the plane itself if "
      "count_include_pad is false. The gradient of a maximum goes to the first of equal values. With the full "
      "convention a window may hold "
      "nothing but padding: its maximum is the lowest number and its average without padding NaN, as in MXNet.");
  op.alias("Pooling", "_npx_pooling", "Pooling_v1");
  op.input("data", "(N, C, spatial ...), with 1 to 3 spatial axes.", kFloats);
  op.output("output", "(N, C, spatial ...).");
  nn::declare_pooling_attrs(op);
  op.infer([](InferContext &c, const Pool &a) { c.output(0, nn::pooling_output(c.shape(0), a), c.dtype(0)); });
  op.kernel([](KernelContext &c, const Pool &a) { nn::pool(c, a); });
  op.formats([](FormatContext &c, const Pool &a) { nn::pooling_formats(c, a); });
  op.gradient([](GradientContext &g, const Pool &a) {
    if (a.pool_type == PoolType::max)
      g.set(0, g.apply("pooling_scatter", {g.head(0), g.input(0)}, g.attrs()));
    else if (a.pool_type == PoolType::lp)
      g.set(0, g.apply("pooling_lp_backward", {g.head(0), g.input(0), g.output(0)}, g.attrs()));
    else
      g.set(0, g.apply("pooling_spread", {g.head(0), g.input(0)}, g.attrs()));
  });
  SampleArray plane{{1, 1, 3, 3}, {1, 5, 3, 4, 2, 6, 9, 8, 7}};
  op.sample({{{"kernel", {2, 2}}}, {plane}, {{{1, 1, 2, 2}, {5, 6, 9, 8}}}});
  op.sample({{{"kernel", {2, 2}}, {"stride", {2, 2}}, {"pool_type", "avg"}, {"pooling_convention", "full"}},
             {plane},
             {{{1, 1, 2, 2}, {3, 4.5, 8.5, 7}}}});
  op.sample({{{"kernel", {3}}, {"pool_type", "avg"}, {"pad", {1}}, {"count_include_pad", false}},
             {{{1, 1, 3}, {1, 2, 6}}},
             {{{1, 1, 3}, {1.5, 3, 4}}}});
  op.sample({{{"global_pool", true}, {"pool_type", "sum"}}, {plane}, {{{1, 1, 1, 1}, {45}}}});
  op.sample({{{"kernel", {2}}, {"pool_type", "lp"}, {"p_value", 2}}, {{{1, 1, 3}, {3, 4, 3}}}, {{{1, 1, 2}, {5, 5}}}});
}

// A gradient operator in data's shape.
DefinitionBuilder<Pool> backward_op(Registry &registry, const char *name, const char *text) {
  auto op = registry.op<Pool>(name, "nn");
  op.doc(text);
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  nn::declare_pooling_attrs(op);
  op.infer([](InferContext &c, const Pool &a) {
    expect_same_dtype(c);
    c.expect_shape(0, nn::pooling_output(c.shape(1), a));
    c.expect_shape(2, c.shape(0));
    c.output(0, c.shape(1), c.dtype(0));
  });
  return op;
}

void register_spread(Registry &registry) {
  auto op = backward_op(registry, "pooling_spread", "Gradient of average and sum pooling.");
  op.shape_input("data", "Lends its shape.");
  op.output("output");
  op.kernel([](KernelContext &c, const Pool &a) { nn::pool_spread(c, a); });
  op.formats([](FormatContext &c, const Pool &a) { nn::pooling_formats(c, a); });
  op.gradient([](GradientContext &g, const Pool &) { g.set(0, g.apply("pooling", {g.head(0)}, g.attrs())); });
}

void register_scatter(Registry &registry) {
  auto op =
      backward_op(registry, "pooling_scatter", "Gradient of maximum pooling: each value goes to its maximum's place.");
  op.input("data", "Pooling's input.", kFloats);
  op.output("output");
  op.kernel([](KernelContext &c, const Pool &a) { nn::pool_scatter(c, a); });
  op.formats([](FormatContext &c, const Pool &a) { nn::pooling_scatter_formats(c, a); });
  op.gradient([](GradientContext &g, const Pool &) {
    g.set(0, g.apply("pooling_gather", {g.head(0), g.input(1)}, g.attrs()));
  });
}

void register_gather(Registry &registry) {
  auto op = registry.op<Pool>("pooling_gather", "nn");
  op.doc("Values at the places where the data has its windows' maxima.");
  op.internal();
  op.input("values", "Values in data's shape.", kFloats);
  op.input("data", "Pooling's input.", kFloats);
  op.output("output");
  nn::declare_pooling_attrs(op);
  op.infer([](InferContext &c, const Pool &a) {
    c.expect(0, c.shape(1), c.dtype(1));
    c.output(0, nn::pooling_output(c.shape(1), a), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Pool &a) { nn::pool_gather(c, a); });
  op.gradient([](GradientContext &g, const Pool &) {
    g.set(0, g.apply("pooling_scatter", {g.head(0), g.input(1)}, g.attrs()));
  });
}

void register_lp(Registry &registry) {
  auto op = backward_op(registry, "pooling_lp_backward", "Gradient of p-norm pooling.");
  op.input("data", "Pooling's input.", kFloats);
  op.input("pooled", "Pooling's output.", kFloats);
  op.output("output");
  op.check([](const Pool &a) {
    nn::check_pooling(a);
    if (a.pool_type != PoolType::lp) throw Error(Status::invalid_argument, "pool_type", "got another; want lp");
  });
  op.kernel([](KernelContext &c, const Pool &a) { nn::pool_lp_grad(c, a); });
}

}  // namespace

CERMET_REGISTER(pooling)(Registry &registry) {
  register_forward(registry);
  register_spread(registry);
  register_scatter(registry);
  register_gather(registry);
  register_lp(registry);
}

}  // namespace cermet
