// SPDX-License-Identifier: Apache-2.0
// A program in a few lines, for people who want to know what the compiler made of their graph, and why not more.
#include <algorithm>

#include "runtime/program.h"

namespace cermet {

std::string report(const Program &program) {
  auto in_place = std::count_if(program.values.begin(), program.values.end(),
                                [](const Program::Value &value) { return value.in_place_of >= 0; });
  std::string out = cat("program for ", program.train ? "training" : "prediction", ": ", program.forward_begin,
                        " steps that parameters decide, ", program.backward_begin - program.forward_begin,
                        " forward and ", program.steps.size() - program.backward_begin, " backward; arena ",
                        program.arena_bytes, " bytes (at least ", program.peak_live_bytes, " live at once), ",
                        program.derived_bytes, " kept from run to run; ", in_place, " values in place");
  for (const Remark &remark : program.remarks.list()) out += "\n  " + line_of(remark);
  return out;
}

}  // namespace cermet
