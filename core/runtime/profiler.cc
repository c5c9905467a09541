// SPDX-License-Identifier: Apache-2.0
#include "runtime/profiler.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/fork_mutex.h"
#include "base/json.h"
#include "base/per_thread.h"
#include "ops/common/flops.h"

namespace cermet {

namespace {

// What calls have in common that differ in nothing but their time.
struct Site {
  std::string op, part, node, inputs, outputs;
  int64_t read = 0, written = 0;
  double flops = 0;
  std::string key() const { return cat(op, '\n', part, '\n', inputs, '\n', outputs, '\n', node); }
};

struct Event {
  uint32_t site, thread;
  int64_t begin, duration;
};

constexpr size_t kMostEvents = 1000000;

struct Recorded {
  std::vector<Event> events;
  std::vector<Site> sites;
  std::unordered_map<std::string, uint32_t> known;
  int64_t dropped = 0, begin = 0, end = 0;  // end: 0 while recording
};

// Never destroyed: threads may record until the process ends.
Recorded *recorded = nullptr;
ForkMutex mutex;

class Locked {
 public:
  Locked() {
    if (mutex.lock()) return;
    recorded = nullptr;  // a thread of the forking process was in the middle of it
    profiling = false;
  }
  ~Locked() { mutex.unlock(); }
  Locked(const Locked &) = delete;
};

uint32_t thread_number() {
  static std::atomic<uint32_t> last{0};
  struct Number {
    uint32_t value = ++last;
  };
  return per_thread<Number>().value;
}

std::string name_of(const Definition &op, const std::vector<std::string> &fused) {
  return fused.empty() ? op.name : cat("fused ", join(fused, "+"));
}

int64_t bytes_of(const Tensor &tensor) { return tensor.format ? tensor.format->nbytes : tensor.nbytes(); }

void note(std::string &text, const Tensor &tensor) {
  if (!text.empty()) text += ' ';
  append(text, tensor.dtype);
  append(text, tensor.shape);
}

Site site_of(const Definition &op, const char *part, const std::string &node, const KernelContext &context,
             const std::vector<std::string> &fused) {
  Site site;
  site.op = name_of(op, fused);
  site.part = part;
  site.node = node;
  for (size_t k = 0; k < context.inputs.size(); ++k) {
    const Tensor &tensor = context.inputs[k];
    if (!tensor.data) continue;
    note(site.inputs, tensor);
    const InputDef *def = fused.empty() && !op.inputs.empty() ? &op.inputs[std::min(k, op.inputs.size() - 1)] : nullptr;
    if (def && def->shape_only) continue;
    site.read += bytes_of(tensor);
    if (def && def->role == Role::state) site.written += bytes_of(tensor);
  }
  for (const Tensor &tensor : context.outputs) {
    note(site.outputs, tensor);
    site.written += bytes_of(tensor);
  }
  if (fused.empty()) site.flops = flops(op, context);
  return site;
}

void keep(Site site, int64_t begin, int64_t end) {
  std::string key = site.key();
  Locked lock;
  // What began before the start, or ends after the stop, is nobody's.
  if (!recorded || recorded->end || begin < recorded->begin) return;
  if (recorded->events.size() >= kMostEvents) {
    ++recorded->dropped;
    return;
  }
  try {
    auto [found, fresh] = recorded->known.try_emplace(std::move(key), static_cast<uint32_t>(recorded->sites.size()));
    if (fresh) recorded->sites.push_back(std::move(site));
    recorded->events.push_back({found->second, thread_number(), begin, end - begin});
  } catch (...) {
    ++recorded->dropped;
  }
}

std::string microseconds(int64_t ns) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%03d", static_cast<long long>(ns / 1000), static_cast<int>(ns % 1000));
  return text;
}

// The part of an event's JSON that its site gives. Names that are no UTF-8 are mended.
std::string json_of(const Site &site) {
  OrderedJson out = {{"name", site.op},
                     {"cat", site.part},
                     {"ph", "X"},
                     {"pid", 1},
                     {"args",
                      {{"node", site.node},
                       {"inputs", site.inputs},
                       {"outputs", site.outputs},
                       {"bytes_read", site.read},
                       {"bytes_written", site.written},
                       {"flops", site.flops}}}};
  std::string text = out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  text.pop_back();
  return text;
}

struct Row {
  std::string op;
  int64_t calls = 0, ns = 0;
  double bytes = 0, flops = 0;
};

std::string line_of(const Row &row, int64_t all) {
  auto rate = [&](double amount) { return row.ns ? amount / static_cast<double>(row.ns) : 0; };  // in 10^9 a second
  double ms = static_cast<double>(row.ns) / 1e6, calls = static_cast<double>(row.calls);
  char numbers[200];
  std::snprintf(numbers, sizeof numbers, "%9lld %12.3f %12.3f %7.1f %9.2f %9.2f  ", static_cast<long long>(row.calls),
                ms, row.calls ? 1e3 * ms / calls : 0,
                all ? 100.0 * static_cast<double>(row.ns) / static_cast<double>(all) : 0, rate(row.bytes),
                rate(row.flops));
  return cat(numbers, row.op, '\n');
}

}  // namespace

int64_t profile_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void profile_end(int64_t begin, const Definition &op, const char *part, const std::string &node,
                 const KernelContext &context, const std::vector<std::string> &fused) noexcept {
  int64_t end = profile_now();
  try {
    keep(site_of(op, part, node, context, fused), begin, end);
  } catch (...) {
    Locked lock;
    if (recorded && !recorded->end) ++recorded->dropped;
  }
}

void start_profiler() {
  Locked lock;
  if (recorded && !recorded->end) throw Error(Status::invalid_argument, "profiler", "is on already; want it stopped");
  if (!recorded) recorded = new Recorded;
  *recorded = {};
  recorded->begin = profile_now();
  profiling = true;
}

void stop_profiler() {
  Locked lock;
  if (!recorded || recorded->end) throw Error(Status::invalid_argument, "profiler", "is off; want it started");
  profiling = false;
  recorded->end = profile_now();
}

std::string profile_trace() {
  Locked lock;
  Recorded none;
  const Recorded &from = recorded ? *recorded : none;
  std::vector<std::string> sites;
  for (const Site &site : from.sites) sites.push_back(json_of(site));
  std::string out = "{\"traceEvents\":[";
  for (const Event &event : from.events) {
    if (out.back() == '}') out += ',';
    append(out, sites[event.site]);
    append(out, cat(",\"tid\":", event.thread, ",\"ts\":", microseconds(event.begin - from.begin),
                    ",\"dur\":", microseconds(event.duration), '}'));
  }
  return out + cat("],\"displayTimeUnit\":\"ms\",\"otherData\":{\"dropped\":\"", from.dropped, "\"}}");
}

std::string profile_table() {
  Locked lock;
  Recorded none;
  const Recorded &from = recorded ? *recorded : none;
  std::map<std::string, Row> by_op;
  Row all;
  all.op = "total";
  for (const Event &event : from.events) {
    const Site &site = from.sites[event.site];
    Row &one = by_op[site.op];
    one.op = site.op;
    for (Row *row : {&one, &all}) {
      ++row->calls;
      row->ns += event.duration;
      row->bytes += static_cast<double>(site.read + site.written);
      row->flops += site.flops;
    }
  }
  std::vector<Row> rows;
  for (auto &[name, row] : by_op) rows.push_back(row);
  std::stable_sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) { return a.ns > b.ns; });
  rows.push_back(all);
  std::string out = "    calls     total ms      mean us share %      GB/s   GFLOP/s  operator\n";
  for (const Row &row : rows) out += line_of(row, all.ns);
  if (from.dropped) out += cat(from.dropped, " more calls were not kept\n");
  return out;
}

}  // namespace cermet
