// SPDX-License-Identifier: Apache-2.0
#include "runtime/recompute_schedule.h"

#include <algorithm>

namespace cermet {

RecomputeSchedule::RecomputeSchedule(const RecomputeGraph &graph, const std::vector<char> &keep)
    : kept(keep), again(graph.values.size()), graph_(&graph) {
  for (size_t v = 0; v < kept.size(); ++v) kept[v] = kept[v] || !graph.repeatable(static_cast<int>(v));
  turns.reserve(graph.steps.size());
  for (size_t s = 0; s < graph.steps.size(); ++s) {
    if (s >= graph.forward_end)
      for (int value : graph.steps[s].reads) need(value);
    turns.push_back({static_cast<int>(s)});
  }
  find_lives();
}

// Depth first, on a list of our own: chains may be as long as the graph.
void RecomputeSchedule::need(int wanted) {
  auto there = [this](int value) { return kept[static_cast<size_t>(value)] || again[static_cast<size_t>(value)]; };
  if (there(wanted)) return;
  waiting_.assign(1, {wanted, 0});
  while (!waiting_.empty()) {
    auto [value, ready] = waiting_.back();
    const RecomputeGraph::Way &way = graph_->way_of(value);
    while (ready < way.reads.size() && there(way.reads[ready])) ++ready;
    if (ready < way.reads.size() && !there(value)) {
      waiting_.back().second = ready;
      waiting_.emplace_back(way.reads[ready], 0);
      continue;
    }
    waiting_.pop_back();
    if (there(value)) continue;
    const RecomputeGraph::Value &made = graph_->values[static_cast<size_t>(value)];
    turns.push_back({made.maker, made.way});
    extra_cost += way.cost;
    for (int output : way.makes) again[static_cast<size_t>(output)] = 1;
  }
}

void RecomputeSchedule::find_lives() {
  size_t num_values = graph_->values.size();
  auto end = static_cast<int>(turns.size());
  lives.assign(2 * num_values, {});
  auto place = [&](int value, bool second) { return static_cast<size_t>(value) + (second ? num_values : 0); };
  auto reads_of = [&](const Turn &turn) -> const std::vector<int> & {
    const RecomputeGraph::Step &step = graph_->steps[static_cast<size_t>(turn.step)];
    return turn.way < 0 ? step.reads : step.ways[turn.way].reads;
  };
  auto makes_of = [&](const Turn &turn) -> const std::vector<int> & {
    const RecomputeGraph::Step &step = graph_->steps[static_cast<size_t>(turn.step)];
    return turn.way < 0 ? step.makes : step.ways[turn.way].makes;
  };
  auto is_late = [&](const Turn &turn) {
    return turn.way >= 0 || static_cast<size_t>(turn.step) >= graph_->forward_end;
  };
  for (int t = 0; t < end; ++t) {
    const Turn &turn = turns[static_cast<size_t>(t)];
    for (int value : reads_of(turn)) lives[place(value, is_late(turn) && reads_again(value))].last = t;
    for (int value : makes_of(turn)) lives[place(value, turn.way >= 0)] = {t, t};
  }
  for (size_t v = 0; v < num_values; ++v)
    if (graph_->values[v].output) lives[v].last = end;
  live.assign(static_cast<size_t>(end) + 2, 0);
  std::vector<Life> held = lives;
  for (int t = 0; t < end; ++t) {
    const Turn &turn = turns[static_cast<size_t>(t)];
    const RecomputeGraph::Step &step = graph_->steps[static_cast<size_t>(turn.step)];
    bool late = is_late(turn);
    if (turn.way != RecomputeGraph::kInstead) {
      live[static_cast<size_t>(t)] += step.workspace;
      live[static_cast<size_t>(t) + 1] -= step.workspace;
      for (auto [input, output] : step.successors) {
        size_t from = place(input, late && reads_again(input)), to = place(output, turn.way >= 0);
        if (held[from].last != t || held[to].first != t) continue;
        held[to].first = t + 1;  // it takes over the bytes of what dies here
        break;
      }
    }
  }
  for (size_t k = 0; k < held.size(); ++k) {
    if (held[k].first < 0 || held[k].first > held[k].last) continue;
    int64_t nbytes = graph_->values[k % num_values].nbytes;
    live[static_cast<size_t>(held[k].first)] += nbytes;
    live[static_cast<size_t>(held[k].last) + 1] -= nbytes;
  }
  for (size_t t = 1; t < live.size(); ++t) live[t] += live[t - 1];
  live.resize(static_cast<size_t>(end));
  peak = live.empty() ? 0 : *std::max_element(live.begin(), live.end());
}

}  // namespace cermet
