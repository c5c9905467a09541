// SPDX-License-Identifier: Apache-2.0
#include "ops/common/as_float.h"

#include <algorithm>

#include "base/parallel.h"
#include "ops/common/half_lanes.h"
#include "ops/common/walk.h"

namespace cermet {

namespace {

constexpr int64_t kPartBytes = int64_t{4} << 20;  // of rows as float

bool is_half(const Tensor &tensor) { return tensor.data && dtype_size(tensor.dtype) == 2; }

int64_t float_bytes(int64_t numel) { return (numel * static_cast<int64_t>(sizeof(float)) + 63) / 64 * 64; }

template <class F>
void with_halves(DType dtype, F &&f) {
  dispatch_in<dtype_bit(DType::float16) | dtype_bit(DType::bfloat16)>(dtype, f);
}

}  // namespace

AsFloat::AsFloat(const KernelContext &context, FloatPart part, const Workspace &memory) : given_(context), part_(part) {
  floats_.train = context.train;
  floats_.random = context.random;
  if (part == FloatPart::rows) {
    total_ = context.in(0).shape[0];
    int64_t bytes = 1;
    for (const auto *tensors : {&context.inputs, &context.outputs})
      for (const Tensor &tensor : *tensors)
        if (is_half(tensor)) bytes += float_bytes(tensor.numel());
    rows_ = std::clamp<int64_t>(kPartBytes * total_ / bytes, 1, std::max<int64_t>(1, total_));
  }
  for (const Tensor &tensor : context.inputs) place(tensor, floats_.inputs, memory.data);
  for (const Tensor &tensor : context.outputs) place(tensor, floats_.outputs, memory.data);
  floats_.workspace = {static_cast<char *>(memory.data) + nbytes_, std::max<int64_t>(0, memory.nbytes - nbytes_)};
}

void AsFloat::place(const Tensor &tensor, std::vector<Tensor> &tensors, void *memory) {
  Tensor out = tensor;
  if (part_ == FloatPart::rows && tensor.data) out.shape[0] = std::min(rows_, total_);
  if (is_half(tensor)) {
    alignas(64) static char nowhere[64];
    out.dtype = DType::float32;
    out.data = memory ? static_cast<char *>(memory) + nbytes_ : nowhere;
    nbytes_ += float_bytes(out.numel());
  }
  tensors.push_back(std::move(out));
}

bool AsFloat::load() {
  if (next_ >= total_) return false;
  row_ = next_;
  next_ = std::min(total_, row_ + rows_);
  move(true);
  return true;
}

void AsFloat::store() { move(false); }

void AsFloat::move(bool in) {
  for (bool inputs : {true, false}) {
    const auto &given = inputs ? given_.inputs : given_.outputs;
    auto &floats = inputs ? floats_.inputs : floats_.outputs;
    for (size_t k = 0; k < given.size(); ++k) {
      const Tensor &tensor = given[k];
      if (!tensor.data) continue;
      Tensor &part = floats[k];
      int64_t offset = 0;
      if (part_ == FloatPart::rows) {
        part.shape[0] = next_ - row_;
        offset = tensor.numel() / std::max<int64_t>(1, total_) * row_;
      }
      if (!is_half(tensor)) {
        part.data = tensor.as<char>() + offset * dtype_size(tensor.dtype);
        continue;
      }
      if (in != inputs) continue;
      with_halves(tensor.dtype, [&](auto tag) {
        using T = typename decltype(tag)::type;
        parallel_for(part.numel(), kGrain, [&](int64_t begin, int64_t end) {
          if (in)
            to_floats(tensor.as<T>() + offset + begin, end - begin, part.as<float>() + begin);
          else
            from_floats(part.as<float>() + begin, end - begin, tensor.as<T>() + offset + begin);
        });
      });
    }
  }
}

}  // namespace cermet
