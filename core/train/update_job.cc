// SPDX-License-Identifier: Apache-2.0
#include "train/update_job.h"

namespace cermet {
namespace {

Tensor tensor_of(const NDArray &array) { return {array.data(), array.shape(), array.dtype()}; }

// The array itself, or a dense copy of the dtype.
ArrayRef dense(const ArrayRef &array, DType dtype) {
  if (array->dense() && array->dtype() == dtype) return array;
  auto out = make_ref<NDArray>(array->shape(), dtype);
  copy_values(*array, *out);
  return out;
}

// Takes over what somebody else wrote into the weight since the last update: elements that are not the master's,
// rounded.
void refresh_master(const ArrayRef &weight, const NDArray &master) {
  ArrayRef values = dense(weight, weight->dtype());
  dispatch_floats(weight->dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *from = values->data_as<T>();
    auto *to = master.data_as<float>();
    for (int64_t k = 0; k < master.numel(); ++k) {
      auto value = static_cast<float>(from[k]);
      if (static_cast<float>(static_cast<T>(to[k])) != value) to[k] = value;
    }
  });
}

}  // namespace

void UpdateJob::run(const Definition &op) const {
  if (master) refresh_master(weight, *master);
  ArrayRef target = master ? master : dense(weight, weight->dtype());
  ArrayRef gradient = dense(grad, target->dtype());
  KernelContext context;
  context.inputs = {tensor_of(*target), tensor_of(*gradient)};
  for (const ArrayRef &state : states) context.inputs.push_back(tensor_of(*state));
  if (scale) context.inputs.push_back(tensor_of(*scale));
  context.outputs = {context.inputs[0]};
  op.kernel(DeviceType::cpu)(context, attrs.get());
  if (!(target == weight)) copy_values(*target, *weight);
}

}  // namespace cermet
