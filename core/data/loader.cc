// SPDX-License-Identifier: Apache-2.0
#include "data/loader.h"

#include <cstring>
#include <numeric>

#include "base/parallel.h"
#include "runtime/engine.h"

namespace cermet {

Loader::Loader(std::vector<ArrayRef> arrays, int64_t batch_size, bool shuffle, LastBatch last_batch, Ref<Rng> rng)
    : arrays_(std::move(arrays)),
      batch_size_(batch_size),
      shuffle_(shuffle),
      last_batch_(last_batch),
      rng_(std::move(rng)) {
  if (arrays_.empty()) throw Error(Status::invalid_argument, "arrays", "got none; want at least 1");
  if (batch_size_ < 1) throw Error(Status::invalid_argument, "batch_size", "got ", batch_size_, "; want at least 1");
  for (size_t k = 0; k < arrays_.size(); ++k) {
    const Shape &shape = arrays_[k]->shape();
    if (shape.ndim() < 1)
      throw Error(Status::shape, cat("arrays[", k, "]"), "got a scalar; want a first dimension that counts rows");
    if (k == 0) num_rows_ = shape[0];
    if (shape[0] != num_rows_)
      throw Error(Status::shape, cat("arrays[", k, "]"), "got ", shape, "; want ", num_rows_, " rows as arrays[0]");
  }
  reset();
}

int64_t Loader::num_batches() const {
  return last_batch_ == LastBatch::discard ? num_rows_ / batch_size_
                                           : num_rows_ / batch_size_ + (num_rows_ % batch_size_ != 0);
}

void Loader::reset() {
  current_.clear();
  position_ = 0;
  if (!shuffle_) return;
  order_.resize(static_cast<size_t>(num_rows_));
  std::iota(order_.begin(), order_.end(), int64_t{0});
  // Fisher and Yates's shuffle
  Philox random = (rng_ ? *rng_ : default_rng()).next_stream();
  for (uint64_t k = order_.size(); k > 1; --k) std::swap(order_[k - 1], order_[random.below(k, k)]);
}

ArrayRef Loader::rows(const ArrayRef &array, int64_t begin, int64_t end) const {
  if (!shuffle_) {
    wait_to_read(*array->storage());
    return slice_view(*array, {begin}, {end}, {1});
  }
  Shape shape = array->shape();
  shape[0] = end - begin;
  auto out = make_ref<NDArray>(shape, array->dtype(), array->device());
  int64_t row_bytes = shape.product(1, shape.ndim()) * dtype_size(array->dtype());
  if (row_bytes == 0) return out;
  constexpr int64_t kGrainBytes = 1 << 16;
  Uses uses;
  uses.read(*array);
  run_now(uses, [&] {
    parallel_for(end - begin, std::max<int64_t>(1, kGrainBytes / row_bytes), [&](int64_t first, int64_t last) {
      for (int64_t k = first; k < last; ++k) {
        int64_t row = order_[static_cast<size_t>(begin + k)];
        if (array->dense())
          std::memcpy(out->data_as<char>() + k * row_bytes, array->data_as<char>() + row * row_bytes,
                      static_cast<size_t>(row_bytes));
        else
          copy_values(*slice_view(*array, {row}, {row + 1}, {1}), *slice_view(*out, {k}, {k + 1}, {1}));
      }
    });
  });
  return out;
}

bool Loader::next() {
  current_.clear();
  if (position_ >= num_batches()) return false;
  int64_t begin = position_ * batch_size_, end = num_rows_ - begin < batch_size_ ? num_rows_ : begin + batch_size_;
  for (const ArrayRef &array : arrays_) current_.push_back(rows(array, begin, end));
  ++position_;
  return true;
}

ArrayRef Loader::batch(int index) const {
  if (index < 0 || index >= num_arrays())
    throw Error(Status::invalid_argument, "index", "got ", index, "; want 0 to ", num_arrays() - 1);
  if (current_.empty())
    throw Error(Status::invalid_argument, "loader", "has no current batch; want a successful next first");
  return current_[static_cast<size_t>(index)];
}

}  // namespace cermet
