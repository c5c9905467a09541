// SPDX-License-Identifier: Apache-2.0
// Sum of any number of arrays. Also what collects gradients that arrive over several ways.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/lanes.h"
#include "ops/common/walk.h"
#include "ops/elementwise/binary_functions.h"
#include "ops/elementwise/run.h"
#include "schema/registry.h"

namespace cermet {

namespace {
struct AddNAttrs {
  int64_t num_args = 1;
};

const BinaryKernel &add_kernel() {
  static const BinaryKernel kernel = with_rows(binary_kernel<binary::Add>, arithmetic_kernels().add);
  return kernel;
}

// Sums of 16-bit numbers, kept in float until all are in.
void add_narrow(const std::vector<Tensor> &inputs, const Tensor &out) {
  parallel_for(out.numel(), kGrain / 4, [&](int64_t begin, int64_t end) {
    float sums[kBlock], lanes[kBlock];
    for (int64_t count; begin < end; begin += count) {
      count = std::min(end - begin, kBlock);
      load_lanes(inputs[0].data, out.dtype, begin, count, sums);
      for (size_t k = 1; k < inputs.size(); ++k) {
        load_lanes(inputs[k].data, out.dtype, begin, count, lanes);
        for (int64_t at = 0; at < count; ++at) sums[at] += lanes[at];
      }
      store_lanes(sums, out.data, out.dtype, begin, count);
    }
  });
}
}  // namespace

CERMET_REGISTER(add_n)(Registry &registry) {
  auto op = registry.op<AddNAttrs>("add_n", "elementwise");
  op.doc("Sum of any number of arrays of one shape and dtype.");
  op.alias("ElementWiseSum", "_sparse_add_n", "_sparse_ElementWiseSum");
  op.variadic("args", "Arrays of one shape and dtype.", "num_args");
  op.output("output");
  op.in_place(0, 0);
  op.attr("num_args", &AddNAttrs::num_args, "Number of arrays; follows from the call.").min(1);
  op.infer([](InferContext &c, const AddNAttrs &) {
    for (int k = 1; k < c.num_inputs(); ++k) c.expect(k, c.shape(0), c.dtype(0));
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const AddNAttrs &) {
    const BinaryKernel &add = add_kernel();
    const Tensor &out = c.out(0);
    if (c.inputs.size() == 1) return copy_bytes(c.in(0).data, out.data, out.nbytes());
    if (is_float(out.dtype) && dtype_size(out.dtype) == 2) return add_narrow(c.inputs, out);
    for (size_t k = 1; k < c.inputs.size(); ++k) run_binary(add, out.dtype, k == 1 ? c.in(0) : out, c.inputs[k], out);
  });
  op.elementwise([](const AddNAttrs &) { return Elementwise{Elementwise::kFold, {}, add_kernel(), 0}; });
  op.gradient([](GradientContext &g, const AddNAttrs &) {
    for (int k = 0; k < g.num_inputs(); ++k) g.set(k, g.head(0));
  });
  op.sample({{{"num_args", 3}}, {{{2}, {1, 2}}, {{2}, {10, 20}}, {{2}, {100, 200}}}, {{{2}, {111, 222}}}});
}

}  // namespace cermet
