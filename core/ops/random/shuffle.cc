// SPDX-License-Identifier: Apache-2.0
// Random reordering along the first axis.
#include <cstring>
#include <numeric>

#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

CERMET_REGISTER(shuffle)(Registry &registry) {
  auto op = registry.op<NoAttrs>("shuffle", "random");
  op.random();
  op.doc("Reorders an array along its first axis, at random.");
  op.alias("_shuffle", "_npi_shuffle");
  op.input("data", "Values; rank 1 or more.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) {
    if (c.shape(0).empty()) throw Error(Status::shape, "data", "got a scalar; want rank 1 or more");
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) {
    const Tensor &in = c.in(0), &out = c.out(0);
    if (out.numel() == 0) return;
    int64_t rows = in.shape[0], width = in.nbytes() / rows;
    std::vector<int64_t> order(static_cast<size_t>(rows));
    std::iota(order.begin(), order.end(), 0);
    for (int64_t k = rows; k-- > 1;)  // Fisher and Yates
      std::swap(order[static_cast<size_t>(k)],
                order[c.random.below(static_cast<uint64_t>(k), static_cast<uint64_t>(k) + 1)]);
    for (int64_t k = 0; k < rows; ++k)
      std::memcpy(out.as<char>() + k * width, in.as<char>() + order[static_cast<size_t>(k)] * width,
                  static_cast<size_t>(width));
  });
  op.gradient(no_gradient<NoAttrs>);
  op.sample({{}, {{{1, 2}, {1, 2}}}, {{{1, 2}, {1, 2}}}}).check_gradient = false;
}

}  // namespace cermet
