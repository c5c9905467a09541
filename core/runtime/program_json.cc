// SPDX-License-Identifier: Apache-2.0
// A program as JSON, for people and tools that want to see schedule and memory plan.
#include "base/json.h"
#include "graph/symbol.h"
#include "runtime/program.h"

namespace cermet {

namespace {

OrderedJson json_of(const Program &program, const Program::Value &value, const std::string &name) {
  static const char *homes[] = {"arena", "variable", "gradient", "derived", "nowhere"};
  OrderedJson out = {{"name", name},
                     {"shape", std::vector<int64_t>(value.shape.begin(), value.shape.end())},
                     {"dtype", dtype_name(value.dtype)},
                     {"bytes", value.nbytes()},
                     {"home", homes[static_cast<int>(value.home)]}};
  if (value.format) out["format"] = value.format->name;
  auto index = static_cast<size_t>(value.index);
  if (value.home == Program::Home::variable) out["of"] = program.variables[index];
  if (value.home == Program::Home::gradient) out["of"] = program.variables[static_cast<size_t>(program.wanted[index])];
  if (value.home == Program::Home::arena) {
    out["offset"] = value.offset;
    out["first_step"] = value.first;
    out["last_step"] = value.last;
    out["in_place_of"] = value.in_place_of >= 0 ? OrderedJson(value.in_place_of) : OrderedJson(nullptr);
  }
  return out;
}

}  // namespace

std::string describe(const Program &program) {
  std::vector<std::string> names(program.values.size());
  static const char *parts[] = {"derived", "forward", "backward"};
  OrderedJson steps = OrderedJson::array(), values = OrderedJson::array();
  for (size_t s = 0; s < program.steps.size(); ++s) {
    const Program::Step &step = program.steps[s];
    for (size_t k = 0; k < step.outputs.size(); ++k)
      names[static_cast<size_t>(step.outputs[k])] = output_name(*step.node, static_cast<int>(k));
    steps.push_back({{"op", step.node->op->name},
                     {"node", step.node->name},
                     {"pass", parts[static_cast<int>(step.part)]},
                     {"workspace_bytes", step.workspace_bytes},
                     {"workspace_offset", step.workspace_offset},
                     {"inputs", step.inputs},
                     {"outputs", step.outputs}});
    if (step.recomputed) steps.back()["recomputed"] = true;
    if (step.loop) steps.back()["fused"] = step.fused;
  }
  for (size_t v = 0; v < program.values.size(); ++v) values.push_back(json_of(program, program.values[v], names[v]));
  OrderedJson remarks = OrderedJson::array();
  for (const Remark &remark : program.remarks.list())
    remarks.push_back({{"pass", remark.pass}, {"text", remark.what}, {"count", remark.count}, {"nodes", remark.nodes}});
  OrderedJson out = {{"train", program.train},
                     {"arena_bytes", program.arena_bytes},
                     {"peak_live_bytes", program.peak_live_bytes},
                     {"derived_bytes", program.derived_bytes},
                     {"recomputed_steps", program.recomputed.num_steps},
                     {"recompute_time", program.recomputed.extra_time},
                     {"outputs", program.outputs},
                     {"remarks", remarks},
                     {"steps", steps},
                     {"values", values}};
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace cermet
