// SPDX-License-Identifier: Apache-2.0
// Histograms are those of MXNet's calibration: 8001 bins over the first batch, of which more are added when values come
// that lie outside. When there are too many, three become one.
#include "model/value_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/quantization/calibrate_entropy.h"
#include "ops/quantization/integer_kernels.h"

namespace cermet {

namespace {
constexpr size_t kBins = 8001, kMostBins = 5 * kBins;
constexpr int kSignedLevels = 255;
constexpr int kUnsignedLevels = 2 * kSignedLevels + 1;  // half of them are for negative values, which do not occur
}  // namespace

void ValueRange::add(const float *values, int64_t count) {
  if (count == 0) return;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float least = kInfinity, most = -kInfinity;
  quantized::integer_kernels().extremes(values, count, &least, &most);
  if (least > most || std::isinf(least) || std::isinf(most))
    throw Error(Status::invalid_argument, name_, "got ", least > most ? "nothing but NaN" : "an infinite value",
                " in a batch; want numbers of which a range can be made");
  ends_ =
      empty_ ? quantized::Range{least, most} : quantized::Range{std::min(ends_.min, least), std::max(ends_.max, most)};
  empty_ = false;
  if (!counted_) return;
  double reach = std::max(std::abs(least), std::abs(most));
  if (counts_.empty() && reach == 0) {
    zeros_ += static_cast<double>(count);
    return;
  }
  widen(reach);
  double bins = static_cast<double>(counts_.size()), scale = bins / (2 * reach_);
  for (int64_t k = 0; k < count; ++k) {
    if (std::isnan(values[k])) continue;
    auto bin = static_cast<int64_t>((values[k] + reach_) * scale);
    ++counts_[static_cast<size_t>(std::clamp<int64_t>(bin, 0, static_cast<int64_t>(counts_.size()) - 1))];
  }
}

void ValueRange::widen(double reach) {
  if (counts_.empty()) {
    counts_.assign(kBins, 0);
    counts_[kBins / 2] = zeros_;
    reach_ = reach;
    return;
  }
  while (reach > reach_) {
    double step = 2 * reach_ / static_cast<double>(counts_.size());
    double more = std::floor((reach - reach_) / step) + 1;
    if (static_cast<double>(counts_.size()) + 2 * more > static_cast<double>(kMostBins)) {
      coarsen();
      continue;
    }
    auto added = static_cast<size_t>(more);
    counts_.insert(counts_.begin(), added, 0);
    counts_.insert(counts_.end(), added, 0);
    reach_ += more * step;
  }
}

// The bin in the middle stays there.
void ValueRange::coarsen() {
  double step = 2 * reach_ / static_cast<double>(counts_.size());
  size_t added = 0;
  while ((counts_.size() + 2 * added) % 3) ++added;
  counts_.insert(counts_.begin(), added, 0);
  counts_.insert(counts_.end(), added, 0);
  reach_ += static_cast<double>(added) * step;
  std::vector<double> merged(std::max(counts_.size() / 3, kBins));
  size_t first = (merged.size() - counts_.size() / 3) / 2;
  for (size_t k = 0; k < counts_.size(); ++k) merged[first + k / 3] += counts_[k];
  reach_ += 3 * step * static_cast<double>(first);
  counts_ = std::move(merged);
}

quantized::Range ValueRange::best() const {
  if (counts_.empty()) return ends_;
  bool negative = ends_.min < 0;
  std::vector<double> edges;
  double step = 2 * reach_ / static_cast<double>(counts_.size());
  for (size_t k = 0; k <= counts_.size(); ++k) edges.push_back(static_cast<double>(k) * step - reach_);
  auto cut =
      static_cast<float>(quantized::best_cut(counts_, edges, negative ? kSignedLevels : kUnsignedLevels).threshold);
  return {negative ? -cut : 0, cut};
}

}  // namespace cermet
