// SPDX-License-Identifier: Apache-2.0
#include "train/update_batch.h"

#include <algorithm>

#include "base/parallel.h"
#include "runtime/profiler.h"

namespace cermet {
namespace {

// Weights below which a second thread does not pay.
constexpr int64_t kGrain = 16384;

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

// Elements [begin, begin + count) of a dense array, as a row.
void set_part(Tensor &tensor, const NDArray &array, int64_t begin, int64_t count) {
  tensor.data = static_cast<char *>(array.data()) + begin * dtype_size(array.dtype());
  tensor.shape[0] = count;
  tensor.dtype = array.dtype();
}

}  // namespace

UpdateBatch::UpdateBatch(const Definition &op, ArrayRef scale, std::vector<Job> jobs, std::vector<Attrs> attrs)
    : op_(op), scale_(std::move(scale)), jobs_(std::move(jobs)), attrs_(std::move(attrs)) {
  find_uses();
}

void UpdateBatch::find_uses() {
  struct Use {
    Storage *storage;
    UseMode mode;
    bool callers;
    bool operator<(const Use &other) const { return storage < other.storage; }
  };
  std::vector<Use> all;
  all.reserve(3 * jobs_.size());
  for (const Job &job : jobs_) {
    all.push_back({job.weight->storage().get(), UseMode::modify, true});
    all.push_back({job.grad->storage().get(), UseMode::read, true});
    auto add_own = [&, last = static_cast<Storage *>(nullptr)](const ArrayRef &array) mutable {
      Storage *storage = array->storage().get();
      if (storage != last) all.push_back({storage, UseMode::modify, false});
      last = storage;
    };
    for (const ArrayRef &state : job.state->states) add_own(state);
    if (job.state->master) add_own(job.state->master);
  }
  std::sort(all.begin(), all.end());  // so that each is added at the end
  for (size_t k = 0; k < all.size(); ++k) {
    uses_.add(all[k].storage, all[k].mode);
    bool again = k > 0 && all[k].callers && all[k].storage == all[k - 1].storage;
    shared_ = shared_ || (again && (all[k].mode == UseMode::modify || all[k - 1].mode == UseMode::modify));
  }
}

bool UpdateBatch::direct(const Job &job) const {
  return !job.state->master && job.weight->dense() && job.grad->dense();
}

void UpdateBatch::run() const {
  std::vector<const Job *> together;
  together.reserve(jobs_.size());
  for (const Job &job : jobs_) shared_ || !direct(job) ? run_alone(job) : together.push_back(&job);
  run_together(together);
}

void UpdateBatch::run_together(const std::vector<const Job *> &jobs) const {
  std::vector<int64_t> ends;  // of each job in the row of all weights
  ends.reserve(jobs.size());
  int64_t total = 0;
  for (const Job *job : jobs) ends.push_back(total += job->weight->numel());
  parallel_for(total, kGrain, [&](int64_t begin, int64_t end) {
    auto k = static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), begin) - ends.begin());
    KernelContext context;
    context.inputs.resize(2 + jobs[k]->state->states.size());
    for (Tensor &input : context.inputs) input.shape = {0};
    if (scale_) context.inputs.push_back(tensor_of(*scale_));
    context.outputs = {context.inputs[0]};
    for (; begin < end; ++k) {
      const Job &job = *jobs[k];
      int64_t first = begin - (ends[k] - job.weight->numel()), count = std::min(end, ends[k]) - begin;
      set_part(context.inputs[0], *job.weight, first, count);
      set_part(context.inputs[1], *job.grad, first, count);
      for (size_t s = 0; s < job.state->states.size(); ++s)
        set_part(context.inputs[2 + s], *job.state->states[s], first, count);
      set_part(context.outputs[0], *job.weight, first, count);
      run_kernel(context, job);
      begin += count;
    }
  });
}

void UpdateBatch::run_kernel(KernelContext &context, const Job &job) const {
  int64_t begin = profile_begin();
  op_.kernel(DeviceType::cpu)(context, attrs_[job.attrs].get());
  if (begin) profile_end(begin, op_, "update", "", context);
}

void UpdateBatch::run_alone(const Job &job) const {
  const ArrayRef &master = job.state->master;
  if (master) refresh_master(job.weight, *master);
  ArrayRef target = master ? master : dense(job.weight, job.weight->dtype());
  ArrayRef gradient = dense(job.grad, target->dtype());
  KernelContext context;
  context.inputs = {tensor_of(*target), tensor_of(*gradient)};
  for (const ArrayRef &state : job.state->states) context.inputs.push_back(tensor_of(*state));
  if (scale_) context.inputs.push_back(tensor_of(*scale_));
  context.outputs = {context.inputs[0]};
  run_kernel(context, job);
  if (!(target == job.weight)) copy_values(*target, *job.weight);
}

}  // namespace cermet
