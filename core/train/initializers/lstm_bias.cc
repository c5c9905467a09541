// SPDX-License-Identifier: Apache-2.0
// Biases of an LSTM.
#include "train/initializers/fill.h"

namespace cermet {
namespace {
struct Attrs {
  double forget_bias = 1;
};
}  // namespace

CERMET_REGISTER(initializer_lstm_bias)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::initializer, "lstm_bias", "initializer");
  def.doc("Zeros, and forget_bias for the forget gate: the second quarter of an LSTM's biases.");
  def.alias("lstmbias");
  def.attr("forget_bias", &Attrs::forget_bias, "Bias of the forget gate.");
  make_initializer(def, [](const Attrs &a, const NewParameter &p) {
    if (p.shape.ndim() != 1 || p.shape[0] % 4 != 0)
      throw Error(Status::shape, "", "got ", p.shape, " for ", quoted(p.name), "; want one dimension, a multiple of 4");
    int64_t units = p.shape[0] / 4;
    fill_with(p, [&](int64_t k) { return k / units == 1 ? a.forget_bias : 0; });
  });
}

}  // namespace cermet
