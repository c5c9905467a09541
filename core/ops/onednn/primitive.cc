// SPDX-License-Identifier: Apache-2.0
#include "ops/onednn/primitive.h"

#include <cstdlib>
#include <list>
#include <map>
#include <new>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/fork_mutex.h"
#include "base/parallel.h"
#include "base/per_thread.h"
#include "tensor/shape.h"
#include "tensor/storage.h"

namespace cermet::onednn {

using dnnl::memory;

bool usable(DType dtype) {
  static const bool reference = [] {
    const char *value = std::getenv("CERMET_REFERENCE");
    return value && std::string_view(value) == "1";
  }();
  return dtype == DType::float32 && !reference;
}

namespace {

constexpr size_t kKept = 1024;  // primitives
constexpr size_t kAlignment = 64;

memory::dims dims_of(const Dims &dims) { return memory::dims(dims.begin(), dims.end()); }

[[noreturn]] void rethrow(const dnnl::error &error) {
  Status status = error.status == dnnl_out_of_memory   ? Status::out_of_memory
                  : error.status == dnnl_unimplemented ? Status::unsupported
                                                       : Status::internal;
  throw Error(status, "oneDNN", error.message ? error.message : "failed");
}

// Least recently used last. Never destroyed: kernels may run while the process exits.
struct Cache {
  using Entry = std::pair<Key, std::shared_ptr<const Prepared>>;
  ForkMutex mutex;
  std::list<Entry> entries;
  std::map<Key, std::list<Entry>::iterator> index;
};

// The lock, for the life of this object. What a forked child finds half changed is forgotten, not even destroyed.
class Locked {
 public:
  explicit Locked(Cache &cache) : cache_(cache) {
    if (cache.mutex.lock()) return;
    new (&cache.entries) std::list<Cache::Entry>;
    new (&cache.index) std::map<Key, std::list<Cache::Entry>::iterator>;
  }
  ~Locked() { cache_.mutex.unlock(); }
  Locked(const Locked &) = delete;
  Locked &operator=(const Locked &) = delete;

 private:
  Cache &cache_;
};

Cache &cache() {
  static auto *instance = new Cache;
  return *instance;
}

std::shared_ptr<const Prepared> find(const Key &key) {
  Cache &c = cache();
  Locked lock(c);
  auto found = c.index.find(key);
  if (found == c.index.end()) return nullptr;
  c.entries.splice(c.entries.begin(), c.entries, found->second);
  return found->second->second;
}

void keep(const Key &key, const std::shared_ptr<const Prepared> &made) {
  Cache &c = cache();
  Locked lock(c);
  if (c.index.count(key)) return;  // another thread was faster
  c.entries.emplace_front(key, made);
  c.index[key] = c.entries.begin();
  if (c.entries.size() <= kKept) return;
  c.index.erase(c.entries.back().first);
  c.entries.pop_back();
}

}  // namespace

const dnnl::engine &engine() {
  static const auto *instance = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *instance;
}

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

memory::desc plain(const Dims &dims) {
  return memory::desc(dims_of(dims), memory::data_type::f32, dims_of(dense_strides(dims)));
}

memory::desc any(const Dims &dims) {
  return memory::desc(dims_of(dims), memory::data_type::f32, memory::format_tag::any);
}

void append(Key &key, const Dims &dims) {
  key.push_back(static_cast<int64_t>(dims.size()));
  key.insert(key.end(), dims.begin(), dims.end());
}

std::shared_ptr<const Prepared> prepared(const Key &key, const std::function<Prepared()> &make) {
  if (auto found = find(key)) return found;
  try {
    LibraryThreads threads;  // for which a primitive is made
    auto made = std::make_shared<const Prepared>(make());
    keep(key, made);
    return made;
  } catch (const dnnl::error &error) {
    rethrow(error);
  }
}

namespace {
int64_t aligned(size_t bytes) { return static_cast<int64_t>((bytes + kAlignment - 1) / kAlignment * kAlignment); }
}  // namespace

Prepared::Prepared(dnnl::primitive primitive, const memory::desc &scratchpad)
    : primitive_(std::move(primitive)), scratchpad_(scratchpad) {}

void Prepared::add(int id, const memory::desc &caller, const memory::desc &wanted, bool output) {
  Argument argument{id, output, !(caller == wanted), caller, wanted, {}};
  if (argument.reordered) {
    const memory::desc &from = output ? wanted : caller, &to = output ? caller : wanted;
    argument.reorder = dnnl::reorder(dnnl::reorder::primitive_desc(engine(), from, engine(), to));
  }
  arguments_.push_back(std::move(argument));
}

FormatRef Prepared::format(size_t k) const {
  const Argument &argument = arguments_[k];
  return argument.reordered ? format_of(argument.wanted) : nullptr;
}

int64_t Prepared::workspace_bytes(const Bindings &bindings) const {
  int64_t bytes = aligned(scratchpad_.get_size());
  for (size_t k = 0; k < arguments_.size(); ++k)
    if (arguments_[k].reordered && !bindings[k].native) bytes += aligned(arguments_[k].wanted.get_size());
  return bytes;
}

void Prepared::run(const Bindings &bindings, Workspace workspace) const try {
  LibraryThreads threads;
  auto &stream = per_thread<dnnl::stream>(engine());
  std::optional<Storage> temporary;
  int64_t needed = workspace_bytes(bindings);
  if (workspace.nbytes < needed) workspace.data = temporary.emplace(Device{}, needed).data();
  auto *free = static_cast<char *>(workspace.data);
  auto take = [&](const memory::desc &desc) {
    memory out(desc, engine(), free);
    free += aligned(desc.get_size());
    return out;
  };

  std::unordered_map<int, memory> memories;
  if (scratchpad_.get_size()) memories.emplace(DNNL_ARG_SCRATCHPAD, take(scratchpad_));
  for (size_t k = 0; k < arguments_.size(); ++k) {
    const Argument &argument = arguments_[k];
    if (!argument.reordered || bindings[k].native) {
      memories.emplace(argument.id, memory(argument.wanted, engine(), bindings[k].data));
      continue;
    }
    memory caller(argument.caller, engine(), bindings[k].data), wanted = take(argument.wanted);
    if (!argument.output) argument.reorder.execute(stream, caller, wanted);
    memories.emplace(argument.id, std::move(wanted));
  }
  primitive_.execute(stream, memories);
  for (size_t k = 0; k < arguments_.size(); ++k) {
    const Argument &argument = arguments_[k];
    if (!argument.reordered || bindings[k].native || !argument.output) continue;
    memory target(argument.caller, engine(), bindings[k].data);
    argument.reorder.execute(stream, memories.at(argument.id), target);
  }
  stream.wait();
} catch (const dnnl::error &error) {
  rethrow(error);
}

int64_t Job::workspace_bytes() const { return primitive->workspace_bytes(bindings); }
void Job::run(Workspace workspace) const { primitive->run(bindings, workspace); }

}  // namespace cermet::onednn
