// SPDX-License-Identifier: Apache-2.0
// What lies in a program's arena from when to when, as a table for people and tools.
#include "base/text.h"
#include "graph/symbol.h"
#include "runtime/program.h"

namespace cermet {

namespace {

// Tabs and line ends separate; names may hold anything.
std::string cell(std::string text) {
  for (char &c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  return text;
}

}  // namespace

std::string memory_table(const Program &program) {
  static const char *parts[] = {"derived", "forward", "backward"};
  std::string out = "operator\tnode\tpass\tvalue\tbytes\toffset\tfirst\tlast\n";
  auto add = [&](const Program::Step &step, const std::string &value, int64_t bytes, int64_t offset, int first,
                 int last) {
    std::string op = step.fused.empty() ? step.node->op->name : join(step.fused, "+");
    out += cat(cell(op), "\t", cell(step.node->name), "\t",
               step.recomputed ? "recomputed" : parts[static_cast<int>(step.part)], "\t", cell(value), "\t", bytes,
               "\t", offset, "\t", first, "\t", last, "\n");
  };
  for (size_t s = 0; s < program.steps.size(); ++s) {
    const Program::Step &step = program.steps[s];
    auto now = static_cast<int>(s);
    for (size_t k = 0; k < step.outputs.size(); ++k) {
      const Program::Value &value = program.values[static_cast<size_t>(step.outputs[k])];
      if (value.home != Program::Home::arena || value.nbytes() == 0) continue;
      int first = now + (value.in_place_of >= 0);  // until then the bytes count for the value before
      if (first > value.last) continue;
      add(step, output_name(*step.node, static_cast<int>(k)), value.nbytes(), value.offset, first, value.last);
    }
    if (step.workspace_bytes) add(step, "workspace", step.workspace_bytes, step.workspace_offset, now, now);
  }
  return out;
}

}  // namespace cermet
