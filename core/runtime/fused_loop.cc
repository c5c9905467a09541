// SPDX-License-Identifier: Apache-2.0
#include "runtime/fused_loop.h"

#include <algorithm>

#include "base/parallel.h"

namespace cermet {

namespace {

constexpr int64_t kBlock = 512;  // numbers in a buffer
constexpr int64_t kLoopGrain = int64_t{1} << 14;

template <class L>
struct Rows;
template <>
struct Rows<float> {
  static auto unary(const Elementwise &e) { return e.unary.float32; }
  static auto binary(const Elementwise &e, BinaryMode mode) { return e.binary.float32[mode]; }
};
template <>
struct Rows<double> {
  static auto unary(const Elementwise &e) { return e.unary.float64; }
  static auto binary(const Elementwise &e, BinaryMode mode) { return e.binary.float64[mode]; }
};

// A run of numbers, or one number for all.
template <class L>
struct Run {
  const L *data;
  bool fixed;
};

template <class L>
void binary(const Elementwise &e, const Run<L> &a, const Run<L> &b, L *out, int64_t count) {
  if (a.fixed && b.fixed) {
    L value;
    Rows<L>::binary(e, kBothVary)(a.data, b.data, &value, 1);
    std::fill(out, out + count, value);
    return;
  }
  BinaryMode mode = a.fixed ? kLeftFixed : b.fixed ? kRightFixed : kBothVary;
  Rows<L>::binary(e, mode)(a.data, b.data, out, count);
}

template <class L>
void apply(const Elementwise &e, const Run<L> &a, const Run<L> &b, L *out, int64_t count) {
  auto number = static_cast<L>(e.number);
  switch (e.form) {
    case Elementwise::kUnary:
      if (!a.fixed) return Rows<L>::unary(e)(a.data, out, count);
      Rows<L>::unary(e)(a.data, out, 1);
      return std::fill(out + 1, out + count, *out);
    case Elementwise::kBinary:
    case Elementwise::kFold:
      return binary(e, a, b, out, count);
    case Elementwise::kNumberRight:
      return binary(e, a, {&number, true}, out, count);
    case Elementwise::kNumberLeft:
      return binary(e, {&number, true}, a, out, count);
  }
}

// Numbers [at, at + count) of a stretched input: where they are if they lie in a row or are one number, else put
// together in `buffer`.
template <class L>
Run<L> stretched(const Walk<1> &walk, const L *data, int64_t at, int64_t count, L *buffer) {
  Run<L> out{buffer, false};
  int64_t step = walk.step(0);
  auto row = [&](const Offsets<1> &offset, int64_t length) {
    const L *from = data + offset[0];
    if (length == count && step <= 1)
      out = {from, step == 0};
    else if (step == 0)
      std::fill_n(buffer, length, *from);
    else if (step == 1)
      std::copy_n(from, length, buffer);
    else
      for (int64_t k = 0; k < length; ++k) buffer[k] = from[k * step];
    buffer += length;
  };
  walk.run_range(at, at + count, row);
  return out;
}

}  // namespace

FusedLoop::FusedLoop(std::vector<Stretch> inputs, std::vector<Instruction> instructions)
    : inputs_(std::move(inputs)), instructions_(std::move(instructions)), buffers_(instructions_.size(), -1) {
  std::vector<size_t> last_use(instructions_.size(), 0);
  for (size_t k = 0; k < instructions_.size(); ++k)
    for (int operand : instructions_[k].operands)
      if (operand >= num_inputs()) last_use[static_cast<size_t>(operand - num_inputs())] = k;
  std::vector<int> free;
  for (size_t k = 0; k + 1 < instructions_.size(); ++k) {
    if (free.empty()) free.push_back(num_buffers_++);
    buffers_[k] = free.back();
    free.pop_back();
    for (size_t before = 0; before < k; ++before)
      if (last_use[before] == k) free.push_back(buffers_[before]);
  }
}

void FusedLoop::run(KernelContext &context) const {
  context.out(0).dtype == DType::float64 ? run_typed<double>(context) : run_typed<float>(context);
}

template <class L>
void FusedLoop::run_typed(KernelContext &context) const {
  int64_t total = context.out(0).numel();
  L *out = context.out_as<L>(0);
  parallel_for(total, kLoopGrain, [&](int64_t begin, int64_t end) {
    L memory[kLongest * kBlock], left[kBlock], right[kBlock];
    for (int64_t at = begin; at < end; at += kBlock) {
      int64_t count = std::min(kBlock, end - at);
      auto target = [&](size_t instruction) {
        return buffers_[instruction] < 0 ? out + at : memory + buffers_[instruction] * kBlock;
      };
      auto operand = [&](int index, L *buffer) -> Run<L> {
        if (index >= num_inputs()) return {target(static_cast<size_t>(index - num_inputs())), false};
        const L *data = context.in_as<L>(index);
        if (const Stretch &stretch = inputs_[static_cast<size_t>(index)])
          return stretched(*stretch, data, at, count, buffer);
        bool fixed = context.in(index).numel() != total;
        return {data + (fixed ? 0 : at), fixed};
      };
      for (size_t k = 0; k < instructions_.size(); ++k) {
        const Instruction &step = instructions_[k];
        Run<L> first = operand(step.operands.front(), left);
        Run<L> second = step.operands.size() == 1 ? first : operand(step.operands.back(), right);
        apply(step.function, first, second, target(k), count);
      }
    }
  });
}

}  // namespace cermet
