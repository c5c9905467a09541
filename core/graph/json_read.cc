// SPDX-License-Identifier: Apache-2.0
// Symbols from MXNet's JSON, of every generation. The file is data that nobody vouches for: each number is checked
// before it is used, nodes may only use earlier ones (so there are no cycles), and messages name the place.
//
// Generations differ in where a node's attributes stand ("param" and "attr" up to 0.8, "attr" up to 0.12, "attrs"
// since) and in what `upgrade_*` below puts right. A file without a version is of 0.8.
#include <unordered_map>

#include "base/json.h"
#include "graph/symbol.h"
#include "schema/placement.h"
#include "schema/registry.h"

namespace cermet {
namespace {

constexpr int64_t kUnstatedVersion = 800;  // 0.8.0
constexpr int64_t kNewestVersion = 29999;  // what MXNet 2.x could have written
constexpr size_t kMaxNameBytes = 4096;
constexpr int kMaxNodeOutputs = 1 << 20;

using Texts = std::map<std::string, std::string>;

template <class... Parts>
[[noreturn]] void corrupt(const std::string &place, const Parts &...parts) {
  throw Error(Status::corrupt, "symbol JSON at " + place, parts...);
}

// Member of an object, or null.
const Json *member(const Json &object, const char *key) {
  auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

const Json &array_at(const Json &object, const char *key, const std::string &place) {
  const Json *value = member(object, key);
  if (!value) corrupt(place, "is missing");
  if (!value->is_array()) corrupt(place, "got ", value->type_name(), "; want an array");
  return *value;
}

const std::string &text_at(const Json &object, const char *key, const std::string &place) {
  const Json *value = member(object, key);
  if (!value) corrupt(place, "is missing");
  if (!value->is_string()) corrupt(place, "got ", value->type_name(), "; want a string");
  return value->get_ref<const std::string &>();
}

// An integer of [0, limit).
int64_t index_at(const Json &value, int64_t limit, const std::string &place, const char *what) {
  if (!value.is_number_integer()) corrupt(place, "got ", printable(value.dump(-1, ' ', true), 100), "; want ", what);
  bool huge = value.is_number_unsigned() && value.get<uint64_t>() > uint64_t{INT64_MAX};
  if (huge || value.get<int64_t>() < 0 || value.get<int64_t>() >= limit)
    corrupt(place, "got ", value.dump(), "; want ", what, " from 0 to ", limit - 1);
  return value.get<int64_t>();
}

bool is_user_key(std::string_view key) {
  return key.size() > 4 && key.substr(0, 2) == "__" && key.substr(key.size() - 2) == "__";
}

// Keys that old files kept among the attributes of operators; they are about the node, not the operator.
const char *const kHiddenKeys[] = {"ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage"};

class Reader {
 public:
  explicit Reader(const Json &graph) : graph_(graph) {}

  std::vector<Entry> read(GraphTexts *texts) {
    if (!graph_.is_object()) corrupt("top", "got ", graph_.type_name(), "; want an object");
    read_version();
    if (texts) read_texts(*texts);
    const Json &nodes = array_at(graph_, "nodes", "nodes");
    nodes_.reserve(nodes.size());
    for (const Json &node : nodes) read_node(node);
    check_variables();
    const Json &heads = array_at(graph_, "heads", "heads");
    if (heads.empty()) corrupt("heads", "got none; want at least 1");
    std::vector<Entry> outputs;
    for (size_t k = 0; k < heads.size(); ++k)
      outputs.push_back(read_entry(heads[k], cat("heads[", k, "]"), nodes.size()));
    return outputs;
  }

 private:
  void read_version() {
    const Json *attrs = member(graph_, "attrs");
    if (!attrs) return;
    if (!attrs->is_object()) corrupt("attrs", "got ", attrs->type_name(), "; want an object");
    const Json *version = member(*attrs, "mxnet_version");
    if (!version) return;
    if (!version->is_array() || version->size() != 2) corrupt("attrs.mxnet_version", "want a tag and a number");
    version_ = index_at((*version)[1], INT64_MAX, "attrs.mxnet_version", "a number");
    if (version_ > kNewestVersion)
      throw Error(Status::unsupported, "symbol JSON at attrs.mxnet_version", "got ", version_, "; want at most ",
                  kNewestVersion);
  }

  void read_texts(GraphTexts &texts) const {
    const Json *attrs = member(graph_, "attrs");
    if (!attrs) return;
    for (const auto &[key, value] : attrs->items()) {
      if (!key.starts_with(kTextPrefix)) continue;
      bool pair = value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string();
      if (!pair || value[0].get_ref<const std::string &>() != "str")
        corrupt("attrs." + key, "got ", printable(value.dump(-1, ' ', true), 100), "; want [\"str\", text]");
      texts[key.substr(kTextPrefix.size())] = value[1].get<std::string>();
    }
  }

  // "arg_nodes" repeats what the nodes say; it must not contradict them.
  void check_variables() {
    const Json *listed = member(graph_, "arg_nodes");
    if (!listed) return;
    if (!listed->is_array()) corrupt("arg_nodes", "got ", listed->type_name(), "; want an array");
    for (size_t k = 0; k < listed->size(); ++k) {
      auto place = cat("arg_nodes[", k, "]");
      auto id = static_cast<size_t>(index_at((*listed)[k], static_cast<int64_t>(nodes_.size()), place, "a node id"));
      if (!nodes_[id]->is_variable())
        corrupt(place, "got node ", cermet::quoted(nodes_[id]->name), ", which is no variable");
    }
  }

  std::string place(const char *field) const { return cat("nodes[", nodes_.size(), "].", field); }

  // [node, output] or [node, output, version]; nodes up to the one being read exist.
  Entry read_entry(const Json &value, const std::string &where, size_t num_nodes) const {
    if (!value.is_array() || value.size() < 2 || value.size() > 3)
      corrupt(where, "got ", printable(value.dump(-1, ' ', true), 100), "; want [node, output, version]");
    auto id = static_cast<size_t>(index_at(value[0], static_cast<int64_t>(num_nodes), where, "a node id"));
    if (id >= nodes_.size()) corrupt(where, "got node ", id, "; want an earlier one (no cycles, inputs come first)");
    const Ref<Node> &node = nodes_[id];
    int64_t index = index_at(value[1], INT64_MAX, where, "an output");
    if (index >= node->num_outputs())
      corrupt(where, "got output ", index, " of node ", cermet::quoted(node->name), ", which has ",
              node->num_outputs());
    return {node, static_cast<int>(index)};
  }

  // All generations' attributes of a node, the newer spelling winning.
  Texts read_attributes(const Json &node) const {
    Texts out;
    for (const char *key : {"param", "attr", "attrs"}) {
      const Json *attrs = member(node, key);
      if (!attrs) continue;
      if (!attrs->is_object()) corrupt(place(key), "got ", attrs->type_name(), "; want an object");
      for (const auto &[name, value] : attrs->items()) {
        if (!value.is_string())
          corrupt(place(key) + "." + cermet::quoted(name), "got ", value.type_name(), "; want a string");
        out[name] = value.get_ref<const std::string &>();
      }
    }
    return out;
  }

  void check_keys(const Json &node) const {
    static const char *const known[] = {
        "op", "name", "param", "attr", "attrs", "inputs", "control_deps", "subgraphs", "backward_source_id"};
    for (const auto &[key, value] : node.items())
      if (std::find(std::begin(known), std::end(known), key) == std::end(known))
        corrupt(cat("nodes[", nodes_.size(), "]"), "got the unknown key ", cermet::quoted(key));
    for (const char *key : {"control_deps", "subgraphs"})
      if (const Json *value = member(node, key); value && !value->empty())
        throw Error(Status::unsupported, "symbol JSON at " + place(key), "is not supported");
  }

  void read_node(const Json &value) {
    if (!value.is_object()) corrupt(cat("nodes[", nodes_.size(), "]"), "got ", value.type_name(), "; want an object");
    check_keys(value);
    const std::string &name = text_at(value, "name", place("name")), &op = text_at(value, "op", place("op"));
    if (name.size() > kMaxNameBytes || name.find('\0') != name.npos)
      corrupt(place("name"), "got ", cermet::quoted(name), "; want at most ", kMaxNameBytes, " bytes without NUL");
    Texts texts = read_attributes(value);
    nodes_.push_back(op == "null" ? read_variable(name, texts) : read_operator(value, op, name, texts));
  }

  Ref<Node> read_variable(const std::string &name, const Texts &texts) {
    if (name.empty()) corrupt(place("name"), "is empty");
    auto [found, fresh] = variables_.emplace(name, nodes_.size());
    if (!fresh) corrupt(place("name"), "got ", cermet::quoted(name), ", the name of nodes[", found->second, "]");
    auto node = make_ref<Node>(name);
    for (const auto &[key, text] : texts) {
      if (is_user_key(key)) node->user_attrs[key] = text;
      // others are copies of the attributes of the operator that the variable was made for
      for (const char *hidden : kHiddenKeys)
        if (key == hidden) node->user_attrs["__" + key + "__"] = text;
    }
    return node;
  }

  Ref<Node> read_operator(const Json &value, const std::string &op, const std::string &name, const Texts &texts) {
    const Definition *def = registry().find_or_null(Kind::op, op);
    if (!def) refuse_op(op, name);
    std::vector<Entry> given;
    const Json &inputs = array_at(value, "inputs", place("inputs"));
    for (size_t k = 0; k < inputs.size(); ++k)
      given.push_back(read_entry(inputs[k], cat(place("inputs"), "[", k, "]"), graph_["nodes"].size()));
    Texts user_attrs;
    std::vector<std::pair<std::string, std::string>> own;
    Moved moved;
    for (const auto &[key, text] : texts) {
      if (def->find_attr(key) || !upgrade_hidden(*def, key, text, user_attrs, moved)) own.emplace_back(key, text);
    }
    upgrade_attributes(*def, own);
    check_count(*def, own, given.size());
    std::vector<Entry> slots;
    Attrs attrs;
    try {
      attrs = Attrs::from_text(*def, own);
      slots = place(*def, attrs, given, name);
    } catch (Error &error) {
      error.at_node(name);
      throw;
    }
    for (const auto &[slot, key, text] : moved)
      if (slots[slot] && slots[slot].node->is_variable()) slots[slot].node->user_attrs.emplace(key, text);
    auto node = make_ref<Node>(*def, std::move(attrs), std::move(slots), name);
    node->user_attrs = std::move(user_attrs);
    if (node->num_outputs() < 1 || node->num_outputs() > kMaxNodeOutputs)
      throw Error(Status::limit, "symbol JSON at " + place("attrs"), "makes ", node->num_outputs(),
                  " outputs; want 1 to ", kMaxNodeOutputs);
    return node;
  }

  [[noreturn]] void refuse_op(const std::string &op, const std::string &name) const {
    std::vector<std::string> names;
    for (const Definition *def : registry().all(Kind::op)) {
      if (def->internal) continue;
      names.push_back(def->name);
      names.insert(names.end(), def->aliases.begin(), def->aliases.end());
    }
    throw Error(Status::unsupported, "symbol JSON at " + place("op"), "got the unknown operator ", cermet::quoted(op),
                suggestion(op, names))
        .at_node(name);
  }

  // Attributes that go to the variable at an input: "weight_lr_mult" of a convolution.
  struct MovedAttr {
    size_t slot;
    std::string key, text;
  };
  using Moved = std::vector<MovedAttr>;

  // Takes what is about the node out of the operator's attributes. False: it is the operator's.
  static bool upgrade_hidden(const Definition &def, const std::string &key, const std::string &text, Texts &user_attrs,
                             Moved &moved) {
    if (is_user_key(key)) {
      user_attrs[key] = text;
      return true;
    }
    for (std::string hidden : kHiddenKeys) {
      if (key == hidden) {
        user_attrs["__" + hidden + "__"] = text;
        return true;
      }
      for (size_t slot = 0; slot < def.inputs.size(); ++slot)
        if (key == def.inputs[slot].name + "_" + hidden) {
          moved.push_back({slot, "__" + hidden + "__", text});
          return true;
        }
    }
    return false;
  }

  void upgrade_attributes(const Definition &def, std::vector<std::pair<std::string, std::string>> &own) const {
    // before 0.9.5 an axis of -1 meant that there is none
    if (version_ < 905 && (def.name == "argmax" || def.name == "argmin"))
      std::erase(own, std::pair<std::string, std::string>("axis", "-1"));
  }

  void check_count(const Definition &def, std::vector<std::pair<std::string, std::string>> &own, size_t count) const {
    if (def.count_attr.empty()) return;
    for (const auto &[key, text] : own) {
      if (key != def.count_attr) continue;
      if (text != cat(count)) corrupt(place("inputs"), "got ", count, "; want ", cermet::quoted(text), " by ", key);
      return;
    }
    own.emplace_back(def.count_attr, cat(count));
  }

  std::vector<Entry> place(const Definition &def, const Attrs &attrs, const std::vector<Entry> &given,
                           const std::string &name) {
    std::vector<size_t> missing;
    std::vector<Entry> slots;
    try {
      slots = place_inputs(def, attrs, given, missing);
    } catch (Error &error) {
      error.status = Status::corrupt;
      error.argument = "symbol JSON at " + place("inputs");
      throw;
    }
    for (size_t slot : missing) {
      const InputDef &input = def.inputs[slot];
      // before 0.9 auxiliary states were not written
      if (version_ >= 900 || input.role != Role::state)
        corrupt(place("inputs"), "got ", given.size(), "; ", cermet::quoted(input.name), " is missing");
      std::string state = name + "_" + input.name;
      if (!variables_.emplace(state, nodes_.size()).second)
        corrupt(place("name"), "its state ", cermet::quoted(state), " is the name of another variable");
      slots[slot] = {make_ref<Node>(state), 0};
    }
    return slots;
  }

  const Json &graph_;
  int64_t version_ = kUnstatedVersion;
  std::vector<Ref<Node>> nodes_;
  std::unordered_map<std::string, size_t> variables_;  // name -> node
};

}  // namespace

std::vector<Entry> from_json(const std::string &text, GraphTexts *texts) {
  return Reader(parse_json(text, "symbol JSON")).read(texts);
}

}  // namespace cermet
