// SPDX-License-Identifier: Apache-2.0
// Batches of sequences of different lengths.
#include <cstring>

#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/indexing/indices.h"
#include "schema/registry.h"

namespace cermet {

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
  op.input("sequence_length", "Length of each sequence; any dtype.", kAll | kOwnDType).when = {"use_sequence_length",
                                                                                               {true}};
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

namespace {
struct ReverseAttrs {
  bool use_sequence_length = false;
  int64_t axis = 0;
};

// Step t of a sequence of `length` steps comes from step length - 1 - t; what lies behind the end stays.
void reverse(KernelContext &c, const ReverseAttrs &a) {
  const Tensor &data = c.in(0), &out = c.out(0);
  if (out.numel() == 0) return;
  int64_t steps = data.shape[0], batch = data.shape[1], width = data.nbytes() / (steps * batch);
  std::vector<int64_t> lengths(static_cast<size_t>(batch), steps);
  if (a.use_sequence_length) lengths = read_indices(c.in(1));
  for (int64_t t = 0; t < steps; ++t)
    for (int64_t n = 0; n < batch; ++n) {
      int64_t length = std::clamp<int64_t>(lengths[static_cast<size_t>(n)], 0, steps),
              from = t < length ? length - 1 - t : t;
      std::memcpy(out.as<char>() + (t * batch + n) * width, data.as<char>() + (from * batch + n) * width,
                  static_cast<size_t>(width));
    }
}
}  // namespace

CERMET_REGISTER(sequence_reverse)(Registry &registry) {
  auto op = registry.op<ReverseAttrs>("sequence_reverse", "indexing");
  op.doc("Reverses each sequence up to its length.");
  op.alias("SequenceReverse");
  op.input("data", "Sequences: (steps, batch, ...).");
  op.input("sequence_length", "Length of each sequence; any dtype.", kAll | kOwnDType).when = {"use_sequence_length",
                                                                                               {true}};
  op.output("output");
  op.attr("use_sequence_length", &ReverseAttrs::use_sequence_length,
          "Whether lengths are given; else all steps count.");
  op.attr("axis", &ReverseAttrs::axis, "Axis of the steps; must be 0.").min(0).max(0).kind(AttrKind::axis);
  op.infer([](InferContext &c, const ReverseAttrs &a) {
    if (c.shape(0).ndim() < 2) throw Error(Status::shape, "data", "got rank ", c.shape(0).ndim(), "; want at least 2");
    if (a.use_sequence_length) c.expect_shape(1, {c.shape(0)[1]});
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel(reverse);
  op.gradient([](GradientContext &g, const ReverseAttrs &a) {
    std::vector<Entry> inputs{g.head(0)};
    if (a.use_sequence_length) inputs.push_back(g.input(1));
    g.set(0, g.apply("sequence_reverse", inputs, g.attrs()));
  });
  op.sample({{{"use_sequence_length", true}},
             {{{3, 2}, {1, 2, 3, 4, 5, 6}}, {{2}, {2, 3}, DType::int32}},
             {{{3, 2}, {3, 6, 1, 4, 5, 2}}}});
}

}  // namespace cermet
