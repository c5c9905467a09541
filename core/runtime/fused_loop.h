// SPDX-License-Identifier: Apache-2.0
// Several elementwise operators as one loop: block by block, so that what passes between them stays in the first-level
// cache. Each operator keeps its own function, so results are those of the operators one by one, to the bit.
#pragma once

#include <vector>

#include "schema/contexts.h"
#include "schema/elementwise.h"

namespace cermet {

class FusedLoop {
 public:
  // Operands are numbered: first the inputs of the loop, then the results of the instructions.
  struct Instruction {
    Elementwise function;
    std::vector<int> operands;
  };

  // Of instructions: so that buffers fit on the stack of any thread.
  static constexpr size_t kLongest = 16;

  // The last instruction's result is the output. A fold has two operands.
  FusedLoop(int num_inputs, std::vector<Instruction> instructions);

  // Inputs have the output's size, or are single numbers. All of them are float32, or all float64.
  void run(KernelContext &context) const;

 private:
  template <class L>
  void run_typed(KernelContext &context) const;

  int num_inputs_;
  std::vector<Instruction> instructions_;
  std::vector<int> buffers_;  // of each instruction; -1: the output
  int num_buffers_ = 0;
};

}  // namespace cermet
