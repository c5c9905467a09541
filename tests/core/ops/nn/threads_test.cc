// SPDX-License-Identifier: Apache-2.0
// Results do not depend on the number of threads: the same bits from one as from four.
#include "base/parallel.h"
#include "check.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

struct Call {
  const char *op;
  AttrList attrs;
  std::vector<Shape> inputs;
};

std::vector<Call> calls() {
  Shape images{8, 6, 40, 40}, rows{300, 257}, channels{6}, line{257};
  return {
      {"activation", {{"act_type", "tanh"}}, {images}},
      {"softmax", {}, {rows}},
      {"log_softmax", {{"axis", 0}}, {rows}},
      {"softmax_backward", {}, {rows, rows, rows}},
      {"pooling", {{"kernel", {3, 3}}, {"stride", {2, 2}}}, {images}},
      {"pooling_scatter", {{"kernel", {3, 3}}}, {{8, 6, 38, 38}, images}},
      {"pooling_spread", {{"kernel", {3, 3}}, {"pool_type", "avg"}}, {{8, 6, 38, 38}, images}},
      {"batch_norm", {}, {images, channels, channels, channels, channels}},
      {"batch_norm_backward", {}, {images, images, channels, channels, channels, channels}},
      {"layer_norm", {}, {rows, line, line}},
      {"layer_norm_backward", {}, {rows, rows, line, line, {300, 1}, {300, 1}}},
      {"leaky_relu", {{"act_type", "rrelu"}}, {images}},
      {"dropout", {}, {images}},
      {"adam_update", {{"lr", 0.1}}, {rows, rows, rows, rows}},
      {"multi_sum_sq", {{"num_arrays", 2}}, {images, rows}},
  };
}

// All outputs of a call in training mode on fresh inputs that are always the same.
std::vector<std::vector<double>> results(const Call &call, int threads) {
  set_num_threads(threads);
  std::mt19937 random(11);
  std::vector<ArrayRef> inputs;
  for (const Shape &shape : call.inputs) inputs.push_back(random_array(random, shape));
  const Definition &op = find_op(call.op);
  Recorder recorder(true);
  recorder.recording = false;
  Rng rng(3);
  std::vector<ArrayRef> outputs = invoke(op, Attrs(op, call.attrs), inputs, &recorder, &rng);
  std::vector<std::vector<double>> out;
  for (const ArrayRef &output : outputs) out.push_back(values_of(*output));
  return out;
}

bool same_bits(const std::vector<std::vector<double>> &a, const std::vector<std::vector<double>> &b) {
  for (size_t k = 0; k < a.size(); ++k)
    for (size_t i = 0; i < a[k].size(); ++i)
      if (!(a[k][i] == b[k][i]) && !(std::isnan(a[k][i]) && std::isnan(b[k][i]))) return false;
  return true;
}

}  // namespace

Test(threads, give_the_same_bits_in_any_number) {
  int before = num_threads();
  for (const Call &call : calls()) cr_expect(same_bits(results(call, 1), results(call, 4)), "%s", call.op);
  set_num_threads(before);
}

}  // namespace cermet::test
