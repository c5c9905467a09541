// SPDX-License-Identifier: Apache-2.0
#include "runtime/recompute_segments.h"

#include <algorithm>
#include <deque>
#include <limits>

namespace cermet {

namespace {
constexpr double kNever = std::numeric_limits<double>::infinity();
}

std::vector<double> unit_costs(const RecomputeGraph &graph) {
  std::vector<double> total(graph.values.size(), 0), out(graph.values.size(), kNever);
  for (size_t s = 0; s < graph.forward_end; ++s)
    for (int made : graph.steps[s].makes) {
      auto v = static_cast<size_t>(made);
      const RecomputeGraph::Value &value = graph.values[v];
      if (!graph.repeatable(made)) continue;
      const RecomputeGraph::Way &way = graph.way_of(made);
      total[v] = way.cost;
      for (int read : way.reads)
        if (!graph.values[static_cast<size_t>(read)].saved) total[v] += total[static_cast<size_t>(read)];
      if (value.saved && value.nbytes > 0) out[v] = value.forced ? 0 : total[v] / static_cast<double>(value.nbytes);
    }
  return out;
}

RecomputeSegments::RecomputeSegments(const RecomputeGraph &graph, const std::vector<double> &costs, double bound)
    : graph_(graph),
      kept_(graph.values.size()),
      reach_(graph.values.size(), -1),
      dropped_(graph.forward_end + 1),
      crossing_(graph.forward_end + 1) {
  std::vector<char> needed(graph.values.size());
  for (size_t v = 0; v < kept_.size(); ++v) {
    const RecomputeGraph::Value &value = graph.values[v];
    kept_[v] = !graph.repeatable(static_cast<int>(v)) || (value.saved && costs[v] > bound);
    needed[v] = value.saved && !kept_[v];
  }
  for (size_t s = graph.forward_end; s-- > 0;)
    for (int made : graph.steps[s].makes) {
      if (!needed[static_cast<size_t>(made)]) continue;
      const RecomputeGraph::Value &value = graph.values[static_cast<size_t>(made)];
      if (value.saved) dropped_[s + 1] += value.nbytes;
      for (int read : graph.way_of(made).reads) {
        auto v = static_cast<size_t>(read);
        if (kept_[v] || graph.values[v].maker == static_cast<int>(s)) continue;
        needed[v] = true;
        reach_[v] = std::max(reach_[v], static_cast<int>(s));
      }
    }
  for (size_t v = 0; v < reach_.size(); ++v) {
    if (reach_[v] < 0) continue;
    crossing_[static_cast<size_t>(graph.values[v].maker) + 1] += graph.values[v].nbytes;
    crossing_[static_cast<size_t>(reach_[v]) + 1] -= graph.values[v].nbytes;
  }
  for (size_t s = 0; s < graph.forward_end; ++s) {
    dropped_[s + 1] += dropped_[s];
    crossing_[s + 1] += crossing_[s];
  }
}

std::vector<char> RecomputeSegments::keep(int64_t segment_bytes) const {
  std::vector<char> kept = kept_;
  std::vector<size_t> next_cut(graph_.forward_end, graph_.forward_end);
  size_t s = 0;
  for (size_t cut : cuts(segment_bytes))
    while (s < cut) next_cut[s++] = cut;
  for (size_t v = 0; v < reach_.size(); ++v)
    if (reach_[v] >= 0 && next_cut[static_cast<size_t>(graph_.values[v].maker)] <= static_cast<size_t>(reach_[v]))
      kept[v] = true;
  return kept;
}

// Places before steps, so that the fewest bytes cross: the best way to each place follows from the best ways to the
// places a segment before it, of which a queue holds those that may still win.
std::vector<size_t> RecomputeSegments::cuts(int64_t segment_bytes) const {
  size_t end = graph_.forward_end;
  std::vector<int64_t> best(end + 1);
  std::vector<size_t> before(end + 1);
  std::deque<size_t> open{0};
  for (size_t s = 1; s <= end; ++s) {
    while (open.size() > 1 && dropped_[s] - dropped_[open.front()] > segment_bytes) open.pop_front();
    before[s] = open.front();
    best[s] = best[before[s]] + (s < end ? crossing_[s] : 0);
    while (!open.empty() && best[open.back()] >= best[s]) open.pop_back();
    open.push_back(s);
  }
  std::vector<size_t> out;
  for (size_t s = before[end]; s > 0; s = before[s]) out.push_back(s);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace cermet
