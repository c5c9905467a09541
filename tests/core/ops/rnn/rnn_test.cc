// SPDX-License-Identifier: Apache-2.0
// Recurrent layers wide enough for several threads and panels: float against double (which the sweep holds against
// PyTorch's numbers and finite differences), and one thread against several.
#include "base/parallel.h"
#include "check.h"
#include "runtime/executor.h"

namespace cermet::test {
namespace {

constexpr int64_t kSteps = 4, kBatch = 5, kInputs = 9, kHidden = 70;

Evaluated run(const std::string &mode, bool lengths, DType dtype) {
  std::mt19937 random(3);
  int64_t gates = mode == "lstm" ? 4 : mode == "gru" ? 3 : 1;
  int64_t count = 2 * gates * kHidden * (kInputs + kHidden + 2) + 2 * gates * kHidden * (3 * kHidden + 2);
  Arrays arrays{{"data", random_array(random, {kSteps, kBatch, kInputs}, dtype)},
                {"parameters", random_array(random, {count}, dtype)},
                {"state", random_array(random, {4, kBatch, kHidden}, dtype)},
                {"cell", random_array(random, {4, kBatch, kHidden}, dtype)},
                {"lengths", array_of({kBatch}, {4, 1, 0, 3, 2})}};
  std::vector<Entry> inputs{variable("data"), variable("parameters"), variable("state")};
  std::vector<std::string> wanted{"data", "parameters", "state"};
  if (mode == "lstm") inputs.push_back(variable("cell")), wanted.emplace_back("cell");
  if (lengths) inputs.push_back(variable("lengths"));
  Entry out = apply_op("rnn", inputs,
                       {{"mode", mode},
                        {"state_size", kHidden},
                        {"num_layers", 2},
                        {"bidirectional", true},
                        {"use_sequence_length", lengths}});
  Entry scaled = apply_op("multiply", {out, out});
  return evaluate({scaled, {out.node, 1}}, arrays, wanted, {nullptr, nullptr});
}

void expect_close(const Evaluated &got, const Evaluated &want, double tolerance) {
  for (size_t k = 0; k < want.outputs.size(); ++k) expect_equal(*got.outputs[k], *want.outputs[k], tolerance);
  for (size_t k = 0; k < want.gradients.size(); ++k) expect_equal(*got.gradients[k], *want.gradients[k], tolerance);
}

const std::vector<std::string> kModes{"lstm", "gru", "rnn_tanh", "rnn_relu"};

}  // namespace

Test(rnn, float_agrees_with_double) {
  for (const std::string &mode : kModes)
    for (bool lengths : {false, true})
      if (mode != "rnn_relu")  // grows beyond what float can follow
        expect_close(run(mode, lengths, DType::float32), run(mode, lengths, DType::float64), 2e-3);
}

Test(rnn, more_parameters_than_can_be_counted) {
  Entry net = apply_op(
      "rnn", {variable("data"), variable("parameters"), variable("state")},
      {{"state_size", int64_t{0x7fffffff}}, {"num_layers", int64_t{1}}, {"bidirectional", true}, {"mode", "rnn_relu"}});
  std::vector<NamedSpec> known{spec("data", {2, 1, 3}), spec("parameters", {5}), spec("state", {2, 1, 0x7fffffff})};
  cr_expect_eq(
      status_of([&] { make_ref<Executor>(std::vector<Entry>{net}, known, std::vector<std::string>{}, GradReq::null); }),
      Status::limit);
}

Test(rnn, threads_change_nothing) {
  int before = num_threads();
  for (const std::string &mode : kModes) {
    set_num_threads(1);
    Evaluated one = run(mode, false, DType::float32);
    set_num_threads(3);
    Evaluated three = run(mode, false, DType::float32);
    for (size_t k = 0; k < one.outputs.size(); ++k)
      cr_expect(values_of(*one.outputs[k]) == values_of(*three.outputs[k]));
    for (size_t k = 0; k < one.gradients.size(); ++k)
      cr_expect(values_of(*one.gradients[k]) == values_of(*three.gradients[k]));
  }
  set_num_threads(before);
}

}  // namespace cermet::test
