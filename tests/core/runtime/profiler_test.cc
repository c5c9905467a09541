// SPDX-License-Identifier: Apache-2.0
#include "runtime/profiler.h"

#include <map>

#include "base/json.h"
#include "check.h"
#include "runtime/executor.h"

namespace cermet::test {
namespace {

// Names that JSON must quote, and one that is no UTF-8.
Test(profiler, trace_is_json_whatever_the_names) {
  Entry loud = apply_op("tanh", {variable("x")}, {}, "a \"quoted\\\n name");
  Entry broken = apply_op("sum", {loud}, {}, "\xff");
  Executor executor({broken}, {spec("x", {2, 3})}, {}, GradReq::write);
  start_profiler();
  executor.forward(false, nullptr);
  stop_profiler();
  Json trace = parse_json(profile_trace(), "trace");
  const Json &events = trace["traceEvents"];
  cr_assert(events.size() == 2 && trace["otherData"]["dropped"] == "0");
  cr_assert(events[0]["name"] == "tanh" && events[0]["args"]["node"] == "a \"quoted\\\n name");
  cr_assert(events[1]["name"] == "sum" && events[1]["args"]["bytes_read"] == 24);
  double end = 0;
  for (const Json &event : events) {
    cr_assert(event["ph"] == "X" && event["cat"] == "forward" && event["pid"] == 1 && event["tid"] == 1);
    cr_assert(event["ts"].get<double>() >= end && event["dur"].get<double>() >= 0);
    end = event["ts"].get<double>() + event["dur"].get<double>() - 1e-3;
  }
}

// Several operators in one loop are one event.
Test(profiler, loops_name_their_operators) {
  Entry x = variable("x");
  Entry y = apply_op("tanh", {apply_op("exp", {apply_op("negative", {x})})}, {}, "y");
  Executor executor({y}, {spec("x", {2, 3})}, {}, GradReq::write);
  start_profiler();
  executor.forward(false, nullptr);
  stop_profiler();
  Json events = parse_json(profile_trace(), "trace")["traceEvents"];
  cr_assert(events.size() == 1);
  cr_assert(events[0]["name"] == "fused negative+exp+tanh", "%s", events[0].dump().c_str());
  cr_assert(events[0]["args"]["bytes_read"] == 24 && events[0]["args"]["bytes_written"] == 24);
}

// By hand: two products in attention, two in a step of a recurrent layer, and twice as many in their gradients.
Test(profiler, counts_flops_of_attention_and_recurrent_layers) {
  Entry q = variable("q"), k = variable("k"), v = variable("v");
  Entry attention = apply_op("scaled_dot_product_attention", {q, k, v}, {{"num_heads", int64_t{2}}});
  Entry layer = apply_op("rnn", {variable("x"), variable("w"), variable("h"), variable("c")},
                         {{"mode", "lstm"}, {"state_size", int64_t{5}}, {"num_layers", int64_t{1}}});
  int64_t weights = 4 * 5 * (3 + 5) + 2 * 4 * 5;
  Executor executor({attention, layer},
                    {spec("q", {2, 3, 4}), spec("k", {2, 7, 4}), spec("v", {2, 7, 6}), spec("x", {6, 2, 3}),
                     spec("w", {weights}), spec("h", {1, 2, 5}), spec("c", {1, 2, 5})},
                    {"q", "w"}, GradReq::write);
  start_profiler();
  executor.forward(true, nullptr);
  executor.backward({});
  stop_profiler();
  const double scores = 2.0 * 2 * 3 * 7 * (4 + 6), steps = 2.0 * 6 * 2 * 20 * (3 + 5);
  std::map<std::string, double> want{{"scaled_dot_product_attention", scores},
                                     {"scaled_dot_product_attention_backward", 2 * scores},
                                     {"rnn_layer", steps},
                                     {"rnn_layer_backward", 2 * steps}};
  Json trace = parse_json(profile_trace(), "trace");
  for (const Json &event : trace["traceEvents"]) {
    auto found = want.find(event["name"]);
    if (found == want.end()) continue;
    cr_assert_float_eq(event["args"]["flops"].get<double>(), found->second, 1e-6, "%s", event.dump().c_str());
    want.erase(found);
  }
  cr_assert(want.empty(), "no %s", want.begin()->first.c_str());
}

}  // namespace
}  // namespace cermet::test
