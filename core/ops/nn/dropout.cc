// SPDX-License-Identifier: Apache-2.0
// Dropout: zeroes a random part of the values in training and scales the rest up (Srivastava et al., JMLR 2014). The
// mask is a hidden output of bytes; element i of it depends on the call's random stream and on i alone.
#include <cmath>
#include <cstring>

#include "autograd/gradient.h"
#include "base/parallel.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Mode { training, always };

struct Attrs {
  double p = 0.5;
  Mode mode = Mode::training;
  std::vector<int64_t> axes;
  std::optional<bool> cudnn_off = false;
};

bool active(const Attrs &a, bool train) { return a.p > 0 && (train || a.mode == Mode::always); }

// Data's shape with 1 along the axes that share their mask; no elements where nothing is dropped.
Shape mask_shape(const Shape &data, const Attrs &a, bool train) {
  if (!active(a, train)) return {0};
  Shape out = data;
  for (int64_t axis : a.axes) out[static_cast<size_t>(normalize_axis(axis, data.ndim(), "axes"))] = 1;
  return out;
}

void draw_mask(const Philox &random, double p, const Tensor &mask) {
  auto *bytes = mask.as<uint8_t>();
  int64_t count = mask.numel(), groups = (count + 3) / 4;  // one counter gives four elements
  auto bound = static_cast<uint64_t>(std::llround((1 - p) * 0x1p32));
  parallel_for(groups, 2048, [&](int64_t begin, int64_t end) {
    for (int64_t group = begin; group < end; ++group) {
      auto bits = random.bits(static_cast<uint64_t>(group));
      for (int64_t k = 4 * group; k < std::min(count, 4 * group + 4); ++k)
        bytes[k] = bits[static_cast<size_t>(k % 4)] < bound;
    }
  });
}

// Strides of the mask seen with data's shape: 0 along the axes that share it.
Dims mask_strides(const Shape &mask) {
  Dims strides = dense_strides(mask);
  for (size_t k = 0; k < mask.size(); ++k)
    if (mask[k] == 1) strides[k] = 0;
  return strides;
}

template <class T>
void apply_mask(const Tensor &in, const Tensor &mask, double p, const Tensor &out) {
  auto scale = static_cast<Compute<T>>(p < 1 ? 1 / (1 - p) : 0);
  const T *x = in.as<T>();
  T *y = out.as<T>();
  const auto *keep = mask.as<uint8_t>();
  bool whole = mask.shape == in.shape;
  Dims strides = mask_strides(mask.shape);
  parallel_for(in.numel(), 16384, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      int64_t at = k;
      if (!whole) {
        at = 0;
        for (size_t axis = in.shape.size(), rest = static_cast<size_t>(k); axis-- > 0;) {
          auto dim = static_cast<size_t>(in.shape[axis]);
          at += static_cast<int64_t>(rest % dim) * strides[axis];
          rest /= dim;
        }
      }
      y[k] = keep[at] ? static_cast<Compute<T>>(x[k]) * scale : Compute<T>(0);
    }
  });
}

void apply_or_copy(KernelContext &c, const Attrs &a, const Tensor &mask) {
  if (!active(a, c.train)) {
    if (c.out(0).data != c.in(0).data) std::memcpy(c.out(0).data, c.in(0).data, static_cast<size_t>(c.in(0).nbytes()));
    return;
  }
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    apply_mask<T>(c.in(0), mask, a.p, c.out(0));
  });
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.attr("p", &Attrs::p, "Part of the values that is dropped.").min(0).max(1);
  op.choice("mode", &Attrs::mode, {"training", "always"}, "Whether values are dropped in training only, or always.");
  op.attr("axes", &Attrs::axes, "Axes along which all elements are dropped or kept together.").kind(AttrKind::axes);
  op.attr("cudnn_off", &Attrs::cudnn_off, "Only for MXNet's files; has no effect.");
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("dropout", "nn");
  op.doc(
      "Drops a random part of the values while training.",
      "Kept values are multiplied by 1 / (1 - p), so that expectations stay; in prediction the data passes unchanged.");
  op.alias("Dropout", "_npx_dropout");
  op.random();
  op.depends_on_train();
  op.input("data", "Values; any shape.", kFloats);
  op.output("output", "Shape and dtype of data.");
  op.hidden_output("mask", "1 where the value was kept, 0 where it was dropped.");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    c.output(0, c.shape(0), c.dtype(0));
    c.output(1, mask_shape(c.shape(0), a, c.train()), DType::uint8);
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    if (active(a, c.train)) draw_mask(c.random, a.p, c.out(1));
    apply_or_copy(c, a, c.out(1));
  });
  op.gradient([](GradientContext &g, const Attrs &) {
    g.set(0, g.apply("dropout_backward", {g.head(0), g.output(1)}, g.attrs()));
  });
  op.sample({{{"p", 0.4}}, {{{3}, {1, 2, 3}}}, {{{3}, {1, 2, 3}}}});
  op.sample({{{"p", 1.0}, {"mode", "always"}}, {{{3}, {1, 2, 3}}}, {{{3}, {0, 0, 0}}}});
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("dropout_backward", "nn");
  op.doc("Gradient of dropout: head through the same mask.");
  op.internal();
  op.depends_on_train();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("mask", "Dropout's mask.");
  op.output("output");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    c.expect(1, mask_shape(c.shape(0), a, c.train()), DType::uint8);
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Attrs &a) { apply_or_copy(c, a, c.in(1)); });
  op.gradient([](GradientContext &g, const Attrs &) {
    g.set(0, g.apply("dropout_backward", {g.head(0), g.input(1)}, g.attrs()));
  });
}

}  // namespace

CERMET_REGISTER(dropout)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
}

}  // namespace cermet
