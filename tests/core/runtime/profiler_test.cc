// SPDX-License-Identifier: Apache-2.0
#include "runtime/profiler.h"

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

}  // namespace
}  // namespace cermet::test
