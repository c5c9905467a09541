// SPDX-License-Identifier: Apache-2.0
// Copies of an array, and arrays of one value in its likeness.
#include <cstring>

#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

namespace {
template <class L>
void copy_row(const L *x, L *out, int64_t count) {
  if (x != out) std::memcpy(out, x, static_cast<size_t>(count) * sizeof(L));
}
}  // namespace

CERMET_REGISTER(identity)(Registry &registry) {
  auto op = registry.op<NoAttrs>("identity", "elementwise");
  op.doc("Copy of an array.");
  op.alias("_copy");
  op.input("data", "Values; any shape.");
  op.output("output");
  op.in_place(0, 0);
  op.infer(infer_like_input<NoAttrs>);
  op.kernel([](KernelContext &c, const NoAttrs &) { copy_bytes(c.in(0).data, c.out(0).data, c.out(0).nbytes()); });
  op.elementwise([](const NoAttrs &) {
    return Elementwise{Elementwise::kUnary, {copy_row<float>, copy_row<double>, copy_row<int64_t>}, {}, 0};
  });
  op.gradient([](GradientContext &g, const NoAttrs &) { g.set(0, g.head(0)); });
  op.sample({{}, {{{3}, {1, -2, 0.5}}}, {{{3}, {1, -2, 0.5}}}});
}

namespace {
void define_like(Registry &registry, const char *name, const char *summary, double value,
                 std::initializer_list<const char *> aliases) {
  auto op = registry.op<NoAttrs>(name, "creation");
  op.doc(summary);
  for (const char *alias : aliases) op.alias(alias);
  op.shape_input("data", "Gives shape and dtype.");
  op.output("output");
  op.infer(infer_like_input<NoAttrs>);
  op.kernel([value](KernelContext &c, const NoAttrs &) { fill(c.out(0), value); });
  op.gradient(no_gradient<NoAttrs>);
  op.sample({{}, {{{2, 2}, {1, 2, 3, 4}}}, {{{2, 2}, {value, value, value, value}}}});
}
}  // namespace

CERMET_REGISTER(zeros_like)(Registry &registry) {
  define_like(registry, "zeros_like", "Zeros, with the shape and dtype of an array.", 0, {"_sparse_zeros_like"});
}

CERMET_REGISTER(ones_like)(Registry &registry) {
  define_like(registry, "ones_like", "Ones, with the shape and dtype of an array.", 1, {});
}

}  // namespace cermet
