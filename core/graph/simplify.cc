// SPDX-License-Identifier: Apache-2.0
#include "graph/simplify.h"

#include <algorithm>

#include "graph/rewrite.h"
#include "graph/simplify_rules.h"
#include "schema/exact.h"

namespace cermet {

namespace {

constexpr const char *kPass = "simplify";

// Whether a node is a function of its inputs alone, so that two equal ones are one.
bool is_function(const Node &node) {
  if (node.is_variable() || node.op->random) return false;
  return std::none_of(node.op->inputs.begin(), node.op->inputs.end(),
                      [](const InputDef &input) { return input.role == Role::state; });
}

size_t mix(size_t hash, size_t value) { return (hash ^ value) * size_t{0x9E3779B97F4A7C15} ^ hash >> 29; }

struct HashOf {
  size_t operator()(None) const { return 1; }
  size_t operator()(double value) const { return std::bit_cast<uint64_t>(value); }
  template <class T>
  size_t operator()(const T &value) const {
    return std::hash<T>()(value);
  }
  template <class T>
  size_t operator()(const std::vector<T> &values) const {
    size_t hash = values.size();
    for (const T &value : values) hash = mix(hash, (*this)(value));
    return hash;
  }
};

size_t hash_of(const Node &node) {
  size_t hash = mix(reinterpret_cast<size_t>(node.op), node.train);
  for (const Entry &entry : node.inputs)
    hash = mix(hash, reinterpret_cast<size_t>(entry.node.get()) + static_cast<size_t>(entry.index));
  for (const auto &given : node.attrs.given()) hash = mix(hash, std::visit(HashOf(), given.second.data()));
  return hash;
}

bool equal(const Node &a, const Node &b) {
  return a.op == b.op && a.train == b.train && a.inputs == b.inputs && exactly_equal(a.attrs.given(), b.attrs.given());
}

// Nodes by what they compute: one flat table.
class Known {
 public:
  explicit Known(size_t count) : places_(std::bit_ceil(2 * count + 2)) {}
  // The equal node that came before, or this one from now on.
  Node *find_or_add(Node *node) {
    size_t hash = hash_of(*node), mask = places_.size() - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      auto &[there, its_hash] = places_[at];
      if (!there) {
        places_[at] = {node, hash};
        return node;
      }
      if (its_hash == hash && equal(*there, *node)) return there;
    }
  }

 private:
  std::vector<std::pair<Node *, size_t>> places_;
};

class Simplifier {
 public:
  Simplifier(const Inferred &inferred, const std::vector<Entry> &fixed, bool train, Remarks &remarks)
      : specs_(inferred), train_(train), remarks_(remarks), known_(inferred.order.size()) {
    for (const Entry &entry : fixed) fixed_.insert(entry.node.get());
    NodeIndex states;
    for (const Node *node : inferred.order)
      for (size_t slot = 0; slot < node->inputs.size(); ++slot)
        if (is_state(*node, slot)) states.insert(node->inputs[slot].node.get());
    auto reads_state = [&](const Entry &entry) { return entry && states.contains(entry.node.get()); };
    for (const Node *node : inferred.order) {
      // A state may change between two readers: each reads it where it stands.
      if (std::any_of(node->inputs.begin(), node->inputs.end(), reads_state)) fixed_.insert(node);
      draws_ = draws_ || (!node->is_variable() && node->op->random && node->op->name != "dropout");
    }
  }

  std::optional<std::vector<Entry>> operator()(Node &node, std::vector<Entry> inputs) {
    if (node.is_variable()) return std::nullopt;
    for (size_t slot = 0; slot < inputs.size(); ++slot)
      if (is_state(node, slot)) inputs[slot] = node.inputs[slot];  // what is not a variable is refused later
    if (!fixed_.contains(&node)) {
      RewriteSite site{node, inputs, specs_, fixed_, train_};
      if (!(node.op->random && draws_))  // what others draw depends on how many draw before them
        for (const SimplifyRule *rule : simplify_rules(*node.op))
          if (std::vector<Entry> made = rule->replace(site); !made.empty()) {
            remarks_.add(kPass, rule->what, node.name);
            for (Entry &entry : made) entry = settled(entry, node);
            return made;
          }
    }
    bool changed = !(inputs == node.inputs);
    Ref<Node> now = changed ? on_inputs(node, inputs) : Ref<Node>::share(&node);
    if (fixed_.contains(&node)) {
      fixed_.insert(now.get());
    } else if (is_function(*now)) {
      Node *known = known_.find_or_add(now.get());
      if (known != now.get()) {
        remarks_.add(kPass, "equal to another node, left out", node.name);
        now = Ref<Node>::share(known);
        changed = true;
      }
    }
    if (!changed) return std::nullopt;
    if (!specs_.knows(now.get())) specs_.note(now.get(), node);
    std::vector<Entry> out;
    for (int k = 0; k < node.num_outputs(); ++k) out.push_back({now, k});
    return out;
  }

 private:
  static bool is_state(const Node &node, size_t slot) {
    return node.inputs[slot] && node.input_def(slot).role == Role::state;
  }

  // What a rule gave, or the equal node that was there before.
  Entry settled(const Entry &entry, const Node &like) {
    if (specs_.knows(entry.node.get())) return entry;
    Entry out = entry;
    if (is_function(*out.node)) out.node = Ref<Node>::share(known_.find_or_add(out.node.get()));
    specs_.note(out.node.get(), like);
    return out;
  }

  RewrittenSpecs specs_;
  NodeIndex fixed_;
  const bool train_;
  bool draws_ = false;  // some node besides dropout draws random numbers
  Remarks &remarks_;
  Known known_;
};

}  // namespace

std::vector<Entry> simplify(const std::vector<Entry> &outputs, const Inferred &inferred,
                            const std::vector<Entry> &fixed, bool train, Remarks &remarks) {
  Simplifier simplifier(inferred, fixed, train, remarks);
  return rewrite(outputs, inferred.order,
                 [&](Node &node, const std::vector<Entry> &inputs) { return simplifier(node, inputs); });
}

}  // namespace cermet
