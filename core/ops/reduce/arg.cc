// SPDX-License-Identifier: Apache-2.0
// Places of the largest and smallest values along an axis, in the dtype of the values as MXNet has it.
#include "ops/common/axes.h"
#include "ops/common/infer.h"
#include "ops/indexing/indices.h"
#include "ops/reduce/reducers.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct ArgAttrs {
  std::optional<int64_t> axis;
  bool keepdims = false;
};

ReduceAttrs as_reduction(const ArgAttrs &a) {
  ReduceAttrs out;
  if (a.axis) out.axis = {*a.axis};
  out.keepdims = a.keepdims;
  return out;
}

void infer(InferContext &c, const ArgAttrs &a) {
  const Shape &shape = c.shape(0);
  std::vector<bool> reduced = reduced_axes(as_reduction(a), shape.ndim());
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (reduced[axis] && shape[axis] == 0)
      throw Error(Status::shape, "data", "got ", shape, "; want at least one element along axis ", axis);
  Shape out = reduced_shape(shape, reduced, a.keepdims);
  if (out.numel() > 0) expect_holds_places(c.dtype(0), shape.numel() / out.numel(), "data");
  c.output(0, out, c.dtype(0));
}

template <bool largest>
void run(KernelContext &c, const ArgAttrs &a) {
  const Tensor &in = c.in(0);
  ReducePlan plan(in.shape, reduced_axes(as_reduction(a), in.shape.ndim()));
  dispatch_lanes(in.dtype,
                 [&](auto tag) { reduce<PlaceReducer<typename decltype(tag)::type, largest>>(plan, in, c.out(0)); });
}

template <bool largest>
void define(Registry &registry, const char *name, const char *summary, std::vector<double> sample) {
  auto op = registry.op<ArgAttrs>(name, "reduce");
  op.doc(
      summary,
      "Places count from 0 and come in the dtype of the values, which must be able to hold them; of equal values the "
      "first counts, and a NaN comes before all numbers. Without an axis the array is taken as one row.");
  op.precision(Precision::wide);  // places may be numbers that 16 bits do not hold
  op.input("data", "Values; any shape.", kNumbers);
  op.output("output").index = true;
  op.attr("axis", &ArgAttrs::axis, "Axis to search along; the whole array where it is absent.").kind(AttrKind::axis);
  op.attr("keepdims", &ArgAttrs::keepdims, "Keep the axis, with size 1.");
  op.infer(infer);
  op.kernel(run<largest>);
  op.gradient(no_gradient<ArgAttrs>);
  op.sample({{{"axis", 1}}, {{{2, 3}, {3, 0.5, 2, -1, 4, 5}}}, {{{2}, std::move(sample)}}}).check_gradient = false;
}

}  // namespace

CERMET_REGISTER(arg)(Registry &registry) {
  define<true>(registry, "argmax", "Place of the largest value along an axis.", {0, 2});
  define<false>(registry, "argmin", "Place of the smallest value along an axis.", {1, 0});
}

CERMET_REGISTER(argmax_channel)(Registry &registry) {
  auto op = registry.op<NoAttrs>("argmax_channel", "reduce");
  op.doc("Place of the largest value along axis 1.");
  op.precision(Precision::wide);
  op.input("data", "Values; rank 2 or more.", kNumbers);
  op.output("output").index = true;
  op.infer([](InferContext &c, const NoAttrs &) {
    if (c.shape(0).ndim() < 2) throw Error(Status::shape, "data", "got rank ", c.shape(0).ndim(), "; want at least 2");
    infer(c, {1, false});
  });
  op.kernel([](KernelContext &c, const NoAttrs &) { run<true>(c, {1, false}); });
  op.gradient(no_gradient<NoAttrs>);
  op.sample({{}, {{{2, 3}, {3, 0.5, 2, -1, 4, 5}}}, {{{2}, {0, 2}}}}).check_gradient = false;
}

}  // namespace cermet
