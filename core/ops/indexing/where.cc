// SPDX-License-Identifier: Apache-2.0
// Choices between values: where, and the masking of sequences.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/walk.h"
#include "ops/indexing/indices.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// out[k] = condition ? x[k] : y[k]; each element of the condition decides on `span` elements.
void choose(const Tensor &condition, const Tensor &x, const Tensor &y, const Tensor &out) {
  int64_t n = out.numel();
  if (n == 0) return;
  int64_t span = n / condition.numel();
  dispatch(condition.dtype, [&](auto condition_tag) {
    using C = typename decltype(condition_tag)::type;
    dispatch(out.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      parallel_for(n, kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t k = begin; k < end; ++k)
          out.as<T>()[k] = convert<bool>(condition.as<C>()[k / span]) ? x.as<T>()[k] : y.as<T>()[k];
      });
    });
  });
}

}  // namespace

CERMET_REGISTER(where)(Registry &registry) {
  auto op = registry.op<NoAttrs>("where", "indexing");
  op.doc("Elements of one array where a condition holds, else those of another.");
  op.alias("_sparse_where");
  op.input("condition", "Holds where it is not 0. The shape of `x`, or one element for each row of it.");
  op.input("x", "Values where the condition holds.");
  op.input("y", "Values elsewhere; shape and dtype of `x`.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) {
    c.expect(2, c.shape(1), c.dtype(1));
    const Shape &condition = c.shape(0), &x = c.shape(1);
    bool rows = condition.ndim() == 1 && !x.empty() && condition[0] == x[0];
    if (!rows && !(condition == x))
      throw Error(Status::shape, "condition", "got ", condition, "; want ", x, ", or one element for each row");
    c.output(0, x, c.dtype(1));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) { choose(c.in(0), c.in(1), c.in(2), c.out(0)); });
  op.gradient([](GradientContext &g, const NoAttrs &) {
    Entry head = g.head(0), zeros = g.apply("zeros_like", {head});
    g.set(1, g.apply("where", {g.input(0), head, zeros}));
    g.set(2, g.apply("where", {g.input(0), zeros, head}));
  });
  op.sample({{}, {{{3}, {1, 0, 2}, DType::int32}, {{3}, {1, 2, 3}}, {{3}, {10, 20, 30}}}, {{{3}, {1, 20, 3}}}});
}

namespace {
struct MaskAttrs {
  bool use_sequence_length = false;
  double value = 0;
  int64_t axis = 0;
};

void mask(KernelContext &c, const MaskAttrs &a) {
  const Tensor &data = c.in(0), &out = c.out(0);
  copy_bytes(data.data, out.data, out.nbytes());
  if (!a.use_sequence_length || out.numel() == 0) return;
  std::vector<int64_t> lengths = read_indices(c.in(1));
  int64_t steps = data.shape[a.axis ? 1 : 0], batch = data.shape[a.axis ? 0 : 1];
  int64_t inner = data.shape.product(2, data.shape.ndim());
  dispatch(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T value = convert<T>(a.value);
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t t = std::max<int64_t>(0, lengths[static_cast<size_t>(n)]); t < steps; ++t) {
        T *row = out.as<T>() + (a.axis ? n * steps + t : t * batch + n) * inner;
        std::fill(row, row + inner, value);
      }
  });
}
}  // namespace

CERMET_REGISTER(sequence_mask)(Registry &registry) {
  auto op = registry.op<MaskAttrs>("sequence_mask", "indexing");
  op.doc("Overwrites what lies behind the end of each sequence.");
  op.alias("SequenceMask", "_npx_sequence_mask");
  op.input("data", "Sequences: (steps, batch, ...), or (batch, steps, ...) where `axis` is 1.");
  op.input("sequence_length", "Length of each sequence; any dtype.");
  op.when([](const MaskAttrs &a) { return a.use_sequence_length; });
  op.output("output");
  op.in_place(0, 0);
  op.attr("use_sequence_length", &MaskAttrs::use_sequence_length,
          "Whether lengths are given; without them nothing changes.");
  op.attr("value", &MaskAttrs::value, "Value to write.");
  op.attr("axis", &MaskAttrs::axis, "Axis of the steps: 0 or 1.").min(0).max(1).kind(AttrKind::axis);
  op.infer([](InferContext &c, const MaskAttrs &a) {
    if (c.shape(0).ndim() < 2) throw Error(Status::shape, "data", "got rank ", c.shape(0).ndim(), "; want at least 2");
    if (a.use_sequence_length) c.expect_shape(1, {c.shape(0)[a.axis ? 0 : 1]});
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel(mask);
  op.gradient([](GradientContext &g, const MaskAttrs &a) {
    std::vector<Entry> inputs{g.head(0)};
    if (a.use_sequence_length) inputs.push_back(g.input(1));
    g.set(0, g.apply("sequence_mask", inputs, {{"use_sequence_length", a.use_sequence_length}, {"axis", a.axis}}));
  });
  op.sample({{{"use_sequence_length", true}, {"value", -1.0}},
             {{{3, 2}, {1, 2, 3, 4, 5, 6}}, {{2}, {1, 3}, DType::int32}},
             {{{3, 2}, {1, 2, -1, 4, -1, 6}}}});
}

}  // namespace cermet
