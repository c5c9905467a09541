// SPDX-License-Identifier: Apache-2.0
// Two strategies, and the smaller result wins. `in_time` replays the lives and puts each buffer into the smallest hole
// that is free at its first step (n log n). `largest_first` fits big buffers first, small ones between them (Pisarchyk
// and Lee, "Efficient memory management for deep neural net inference", 2020), which is quadratic and left out for long
// schedules.
#include "runtime/memory_plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <set>

#include "base/checked.h"
#include "base/error.h"

namespace cermet {

namespace {

constexpr size_t kQuadraticLimit = 4096;

// No offset is above the sum of all sizes, so that nothing overflows after this.
void check_total(const std::vector<Buffer> &buffers) {
  int64_t total = 0;
  for (const Buffer &buffer : buffers) total = add_bytes(add_bytes(total, buffer.nbytes), kArenaAlignment);
}

// Free bytes below the arena's present end, findable by place and by size.
class Holes {
 public:
  int64_t take(int64_t size) {
    auto fit = by_size_.lower_bound({size, 0});
    if (fit != by_size_.end()) {
      auto [length, offset] = *fit;
      erase(offset, length);
      if (length > size) insert(offset + size, length - size);
      return offset;
    }
    int64_t offset = end_;
    if (!by_offset_.empty()) {  // a hole at the end grows
      auto [start, length] = *by_offset_.rbegin();
      if (start + length == end_) {
        erase(start, length);
        offset = start;
      }
    }
    end_ = offset + size;
    return offset;
  }

  void give(int64_t offset, int64_t size) {
    auto next = by_offset_.lower_bound(offset);
    if (next != by_offset_.end() && offset + size == next->first) {
      auto [start, length] = *next;
      erase(start, length);
      size += length;
    }
    auto after = by_offset_.lower_bound(offset);
    if (after != by_offset_.begin()) {
      auto [start, length] = *std::prev(after);
      if (start + length == offset) {
        erase(start, length);
        offset = start;
        size += length;
      }
    }
    insert(offset, size);
  }

  int64_t end() const { return end_; }

 private:
  void insert(int64_t offset, int64_t length) {
    by_offset_[offset] = length;
    by_size_.emplace(length, offset);
  }
  void erase(int64_t offset, int64_t length) {
    by_offset_.erase(offset);
    by_size_.erase({length, offset});
  }

  std::map<int64_t, int64_t> by_offset_;
  std::set<std::pair<int64_t, int64_t>> by_size_;
  int64_t end_ = 0;
};

std::vector<size_t> not_empty(const std::vector<Buffer> &buffers) {
  std::vector<size_t> out;
  for (size_t k = 0; k < buffers.size(); ++k)
    if (buffers[k].nbytes > 0) out.push_back(k);
  return out;
}

int64_t in_time(std::vector<Buffer> &buffers) {
  std::vector<size_t> order = not_empty(buffers);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Buffer &x = buffers[a], &y = buffers[b];
    return x.first != y.first ? x.first < y.first : x.nbytes > y.nbytes;
  });
  auto ends_later = [&](size_t a, size_t b) { return buffers[a].last > buffers[b].last; };
  std::priority_queue<size_t, std::vector<size_t>, decltype(ends_later)> alive(ends_later);
  Holes holes;
  for (size_t k : order) {
    while (!alive.empty() && buffers[alive.top()].last < buffers[k].first) {
      const Buffer &dead = buffers[alive.top()];
      holes.give(dead.offset, aligned_bytes(dead.nbytes));
      alive.pop();
    }
    buffers[k].offset = holes.take(aligned_bytes(buffers[k].nbytes));
    alive.push(k);
  }
  return holes.end();
}

int64_t largest_first(std::vector<Buffer> &buffers) {
  std::vector<size_t> order = not_empty(buffers);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Buffer &x = buffers[a], &y = buffers[b];
    return x.nbytes != y.nbytes ? x.nbytes > y.nbytes : x.last - x.first > y.last - y.first;
  });
  std::vector<size_t> placed;  // by offset
  int64_t end = 0;
  for (size_t k : order) {
    Buffer &buffer = buffers[k];
    int64_t size = aligned_bytes(buffer.nbytes), free_from = 0, best = -1,
            best_gap = std::numeric_limits<int64_t>::max();
    for (size_t other : placed) {
      const Buffer &there = buffers[other];
      if (there.last < buffer.first || there.first > buffer.last) continue;
      int64_t gap = there.offset - free_from;
      if (gap >= size && gap < best_gap) {
        best = free_from;
        best_gap = gap;
      }
      free_from = std::max(free_from, there.offset + aligned_bytes(there.nbytes));
    }
    buffer.offset = best >= 0 ? best : free_from;
    end = std::max(end, buffer.offset + size);
    auto after = std::upper_bound(placed.begin(), placed.end(), buffer.offset,
                                  [&](int64_t offset, size_t other) { return offset < buffers[other].offset; });
    placed.insert(after, k);
  }
  return end;
}

}  // namespace

int64_t add_bytes(int64_t a, int64_t b) {
  auto sum = checked_add(a, b);
  if (!sum) throw Error(Status::limit, "memory", "got ", a, " and ", b, " bytes; want fewer than 2^63 in all");
  return *sum;
}

int64_t plan_memory(std::vector<Buffer> &buffers) {
  check_total(buffers);
  int64_t bytes = in_time(buffers);
  if (buffers.size() > kQuadraticLimit || bytes == peak_live_bytes(buffers)) return bytes;
  std::vector<Buffer> others = buffers;
  int64_t other_bytes = largest_first(others);
  if (other_bytes >= bytes) return bytes;
  buffers = std::move(others);
  return other_bytes;
}

int64_t peak_live_bytes(const std::vector<Buffer> &buffers) {
  std::map<int, int64_t> change;  // step -> bytes more than at the step before
  for (const Buffer &buffer : buffers) {
    change[buffer.first] += aligned_bytes(buffer.nbytes);
    change[buffer.last + 1] -= aligned_bytes(buffer.nbytes);
  }
  int64_t live = 0, peak = 0;
  for (auto [step, bytes] : change) peak = std::max(peak, live += bytes);
  return peak;
}

}  // namespace cermet
