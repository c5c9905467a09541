// SPDX-License-Identifier: Apache-2.0
// Batches over arrays in memory whose first dimension counts observations.
#pragma once

#include <vector>

#include "runtime/rng.h"
#include "tensor/ndarray.h"

namespace cermet {

// Values are those of cermet_last_batch.
enum class LastBatch : int { keep = 0, discard = 1 };

class Loader : public RefCounted {
 public:
  // The arrays are kept, not copied. `rng` draws the order of each pass; null: the process's own.
  Loader(std::vector<ArrayRef> arrays, int64_t batch_size, bool shuffle, LastBatch last_batch, Ref<Rng> rng);

  int64_t num_batches() const;
  int num_arrays() const { return static_cast<int>(arrays_.size()); }
  // Starts a new pass.
  void reset();
  // Moves to the next batch; false at the end of the pass.
  bool next();
  // Array `index` of the current batch; it stays as it is when the loader moves on.
  ArrayRef batch(int index) const;

 private:
  ArrayRef rows(const ArrayRef &array, int64_t begin, int64_t end) const;

  const std::vector<ArrayRef> arrays_;
  const int64_t batch_size_;
  const bool shuffle_;
  const LastBatch last_batch_;
  const Ref<Rng> rng_;
  int64_t num_rows_ = 0, position_ = 0;  // position: batches handed out in this pass
  std::vector<int64_t> order_;           // of rows; empty: as they stand
  std::vector<ArrayRef> current_;
};

}  // namespace cermet
