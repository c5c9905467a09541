// SPDX-License-Identifier: Apache-2.0
// Several elementwise operators as one loop: block by block, so that what passes between them stays in the first-level
// cache. Each operator keeps its own function, so results are those of the operators one by one, to the bit.
#pragma once

#include <optional>
#include <vector>

#include "ops/common/walk.h"
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

  // How an input is read that is smaller than the output and no single number, such as a bias: as a strided view of the
  // output's elements in their order in memory. Empty: it has the output's size, or is one number.
  using Stretch = std::optional<Walk<1>>;

  // The last instruction's result is the output. A fold has two operands.
  FusedLoop(std::vector<Stretch> inputs, std::vector<Instruction> instructions);

  // All inputs are float32, or all float64.
  void run(KernelContext &context) const;

 private:
  template <class L>
  void run_typed(KernelContext &context) const;

  int num_inputs() const { return static_cast<int>(inputs_.size()); }

  std::vector<Stretch> inputs_;
  std::vector<Instruction> instructions_;
  std::vector<int> buffers_;  // of each instruction; -1: the output
  int num_buffers_ = 0;
};

}  // namespace cermet
