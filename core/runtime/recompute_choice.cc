// SPDX-License-Identifier: Apache-2.0
#include "runtime/recompute_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/recompute_segments.h"

namespace cermet {

namespace {

constexpr double kNextBound = 1.4;  // ratio of one bound to the next
constexpr int kSegments[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
constexpr int kMostBounds = 24, kHalvings = 4;
// Of schedules this much too expensive, no part that can be paid for saves enough.
constexpr double kHopeless = 4;
// Schedules cost time in proportion to the graph: of very long ones fewer are tried.
constexpr size_t kTurnsToTry = 4000000;

// Bytes in use by turn, of which ranges are raised and asked for their highest point: a tree of ranges, each of which
// knows what was added to the whole of it.
class Profile {
 public:
  explicit Profile(const std::vector<int64_t> &bytes) {
    while (size_ < bytes.size()) size_ *= 2;
    highest_.assign(2 * size_, 0);
    added_.assign(2 * size_, 0);
    std::copy(bytes.begin(), bytes.end(), highest_.begin() + static_cast<ptrdiff_t>(size_));
    for (size_t k = size_; k-- > 1;) highest_[k] = std::max(highest_[2 * k], highest_[2 * k + 1]);
  }
  // Of turns first to last, both included.
  int64_t highest(size_t first, size_t last) const { return highest(1, 0, size_ - 1, first, last); }
  void raise(size_t first, size_t last, int64_t bytes) { raise(1, 0, size_ - 1, first, last, bytes); }

 private:
  int64_t highest(size_t k, size_t begin, size_t end, size_t first, size_t last) const {
    if (last < begin || end < first) return 0;
    if (first <= begin && end <= last) return highest_[k];
    size_t middle = (begin + end) / 2;
    return added_[k] +
           std::max(highest(2 * k, begin, middle, first, last), highest(2 * k + 1, middle + 1, end, first, last));
  }
  void raise(size_t k, size_t begin, size_t end, size_t first, size_t last, int64_t bytes) {
    if (last < begin || end < first) return;
    if (first <= begin && end <= last) {
      highest_[k] += bytes;
      added_[k] += bytes;
      return;
    }
    size_t middle = (begin + end) / 2;
    raise(2 * k, begin, middle, first, last, bytes);
    raise(2 * k + 1, middle + 1, end, first, last, bytes);
    highest_[k] = added_[k] + std::max(highest_[2 * k], highest_[2 * k + 1]);
  }

  size_t size_ = 1;
  std::vector<int64_t> highest_, added_;
};

class Chooser {
 public:
  Chooser(const RecomputeGraph &graph, const RecomputeOptions &options)
      : graph_(graph),
        costs_(unit_costs(graph)),
        budget_(options.arena_budget),
        most_cost_(budget_ > 0 && !options.limited ? std::numeric_limits<double>::infinity()
                                                   : options.extra_time * graph.cost) {}

  RecomputeChoice run() {
    std::vector<char> all(graph_.values.size(), true);
    for (size_t v = 0; v < all.size(); ++v) all[v] = !graph_.values[v].forced;
    best_ = choice_of(RecomputeSchedule(graph_, all));
    for (double bound : bounds()) try_bound(bound);
    return best_;
  }

 private:
  static RecomputeChoice choice_of(const RecomputeSchedule &schedule) {
    return {schedule.kept, schedule.peak, schedule.extra_cost};
  }

  std::vector<double> bounds() const {
    std::vector<double> sorted, out;
    for (double cost : costs_)
      if (std::isfinite(cost)) sorted.push_back(cost);
    if (sorted.empty()) return out;
    std::sort(sorted.begin(), sorted.end());
    double low = std::max(sorted.front(), 1e-3), high = std::max(sorted.back(), low);
    double ratio = std::max(kNextBound, std::pow(high / low, 1.0 / kMostBounds));
    double start = 0;  // of the costs that one bound stands for
    for (double cost : sorted) {
      if (!out.empty() && cost <= start * ratio) {
        out.back() = cost;
        continue;
      }
      start = std::max(cost, low);
      out.push_back(cost);
    }
    size_t most = std::max<size_t>(1, kTurnsToTry / (2 * std::size(kSegments) * graph_.steps.size() + 1));
    while (out.size() > most) out.erase(out.begin() + static_cast<ptrdiff_t>(out.size() / 2));
    return out;
  }

  void try_bound(double bound) {
    RecomputeSegments segments(graph_, costs_, bound);
    int64_t last_bytes = -1;
    for (int count : kSegments) {
      int64_t bytes = segments.dropped_bytes() / count;
      if (bytes == last_bytes) break;
      last_bytes = bytes;
      try_schedule(RecomputeSchedule(graph_, segments.keep(bytes)));
    }
  }

  bool fits(int64_t peak) const { return budget_ == 0 || peak <= budget_; }

  void try_schedule(const RecomputeSchedule &schedule) {
    if (budget_ > 0 && schedule.peak <= budget_) return offer(filled(schedule, budget_));
    if (schedule.peak >= best_.peak || (budget_ > 0 && fits(best_.peak))) return;
    if (schedule.extra_cost > kHopeless * most_cost_) return;
    RecomputeChoice least = filled(schedule, schedule.peak);
    if (least.extra_cost <= most_cost_) return offer(least);
    int64_t low = schedule.peak, high = best_.peak;
    for (int k = 0; k < kHalvings; ++k) {
      int64_t middle = low + (high - low) / 2;
      RecomputeChoice choice = filled(schedule, middle);
      (choice.extra_cost <= most_cost_ ? high : low) = middle;
      offer(choice);
    }
  }

  void offer(const RecomputeChoice &choice) {
    if (choice.extra_cost > most_cost_) return;
    bool both = budget_ > 0 && fits(choice.peak) && fits(best_.peak);
    if (both ? choice.extra_cost < best_.extra_cost : choice.peak < best_.peak) best_ = choice;
  }

  // With more of the values kept, the most expensive first, as long as the peak stays below `most`.
  RecomputeChoice filled(RecomputeSchedule schedule, int64_t most) const {
    for (int round = 0; round < 2; ++round) {
      std::vector<std::pair<double, int>> candidates;
      for (size_t v = 0; v < schedule.kept.size(); ++v) {
        const RecomputeGraph::Value &value = graph_.values[v];
        if (!schedule.reads_again(static_cast<int>(v)) || value.forced || value.nbytes == 0) continue;
        candidates.emplace_back(graph_.way_of(static_cast<int>(v)).cost / static_cast<double>(value.nbytes),
                                static_cast<int>(v));
      }
      std::sort(candidates.begin(), candidates.end(), std::greater<>());
      Profile profile(schedule.live);
      std::vector<char> kept = schedule.kept;
      bool more = false;
      for (auto [cost, value] : candidates) {
        auto v = static_cast<size_t>(value);
        auto first = static_cast<size_t>(schedule.lives[v].last);
        auto last = static_cast<size_t>(schedule.lives[v + graph_.values.size()].first);
        if (profile.highest(first, last) + graph_.values[v].nbytes > most) continue;
        profile.raise(first, last, graph_.values[v].nbytes);
        kept[v] = more = true;
      }
      if (!more) break;
      RecomputeSchedule next(graph_, kept);
      if (next.peak > most) break;
      schedule = std::move(next);
    }
    return choice_of(schedule);
  }

  const RecomputeGraph &graph_;
  const std::vector<double> costs_;
  const int64_t budget_;
  const double most_cost_;
  RecomputeChoice best_;
};

}  // namespace

RecomputeChoice choose_recomputed(const RecomputeGraph &graph, const RecomputeOptions &options) {
  return Chooser(graph, options).run();
}

}  // namespace cermet
