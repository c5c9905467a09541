// SPDX-License-Identifier: Apache-2.0
// Symbols as MXNet 1.9 writes them, to the byte: nodes with inputs first, attributes as texts, MXNet's operator names.
#include <unordered_map>

#include "graph/symbol.h"

namespace cermet {
namespace {

constexpr int kMxnetVersion = 10901;

// The layout of MXNet's writer: objects and long arrays one member a line, a comma and a blank after each.
class Writer {
 public:
  void open(char bracket, bool lines) {
    out_ += bracket;
    scopes_.push_back({lines, false});
  }
  void close(char bracket) {
    Scope scope = scopes_.back();
    scopes_.pop_back();
    if (scope.lines && scope.used) new_line();
    out_ += bracket;
  }
  // Before each member of an array; `key` is for members of objects.
  void next() {
    Scope &scope = scopes_.back();
    if (scope.used) out_ += ", ";
    if (scope.lines) new_line();
    scope.used = true;
  }
  void key(const char *name) {
    next();
    text(name);
    out_ += ": ";
  }
  void key(const std::string &name) { key(name.c_str()); }
  void text(std::string_view value) {
    static const char *digits = "0123456789abcdef";
    out_ += '"';
    for (char c : value) {
      auto byte = static_cast<unsigned char>(c);
      if (c == '\n')
        out_ += "\\n";
      else if (c == '\r')
        out_ += "\\r";
      else if (c == '\t')
        out_ += "\\t";
      else if (c == '"' || c == '\\')
        out_ += {'\\', c};
      else if (byte < 0x20)
        out_ += std::string("\\u00") + digits[byte >> 4] + digits[byte & 15];
      else
        out_ += c;
    }
    out_ += '"';
  }
  // Begins the pair [tag, value] of a graph's attribute.
  void tagged(const char *tag) {
    open('[', false);
    next();
    text(tag);
    next();
  }
  void number(int64_t value) { append(out_, value); }
  void numbers(const std::vector<int64_t> &values) {
    open('[', values.size() > 10);
    for (int64_t value : values) {
      next();
      number(value);
    }
    close(']');
  }
  void entries(const std::vector<std::vector<int64_t>> &values) {
    open('[', values.size() > 10);
    for (const auto &value : values) {
      next();
      numbers(value);
    }
    close(']');
  }
  std::string take() { return std::move(out_); }

 private:
  struct Scope {
    bool lines, used;
  };
  void new_line() { out_ += '\n' + std::string(scopes_.size() * 2, ' '); }

  std::string out_;
  std::vector<Scope> scopes_;
};

// The name by which MXNet knows the operator.
const std::string &op_name(const Definition &op) { return op.aliases.empty() ? op.name : op.aliases.front(); }

// Sorted by name. The number of variadic inputs is always there: MXNet has no default for it.
std::map<std::string, std::string> attributes(const Node &node, size_t num_inputs) {
  std::map<std::string, std::string> out = node.user_attrs;
  if (node.is_variable()) return out;
  for (const auto &[name, value] : node.attrs.given()) out[name] = value.text();
  if (!node.op->count_attr.empty()) out[node.op->count_attr] = cat(num_inputs);
  return out;
}

using Ids = std::unordered_map<const Node *, int64_t>;

std::vector<int64_t> reference(const Entry &entry, const Ids &ids) {
  return {ids.at(entry.node.get()), entry.index, 0};
}

// Inputs in calling order. Files cannot say that an input in the middle is absent.
std::vector<std::vector<int64_t>> references(const Node &node, const Ids &ids) {
  std::vector<std::vector<int64_t>> out;
  const InputDef *absent = nullptr;
  for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
    const InputDef &input = node.input_def(slot);
    if (!node.op->holds(input.when, node.attrs.get())) continue;
    if (!node.inputs[slot]) {
      absent = &input;
      continue;
    }
    if (absent)
      throw Error(Status::unsupported, absent->name, "is absent but ", input.name,
                  " is not, which MXNet's JSON cannot say")
          .at_op(node.op->name)
          .at_node(node.name);
    out.push_back(reference(node.inputs[slot], ids));
  }
  return out;
}

void write_node(Writer &json, const Node &node, const Ids &ids) {
  auto inputs = references(node, ids);
  json.open('{', true);
  json.key("op");
  json.text(node.is_variable() ? "null" : op_name(*node.op));
  json.key("name");
  json.text(node.name);
  auto attrs = attributes(node, inputs.size());
  if (!attrs.empty()) {
    json.key("attrs");
    json.open('{', attrs.size() > 1);
    for (const auto &[name, value] : attrs) {
      json.key(name);
      json.text(value);
    }
    json.close('}');
  }
  json.key("inputs");
  json.entries(inputs);
  json.close('}');
}

}  // namespace

std::string to_json(const std::vector<Entry> &outputs, const GraphTexts &texts) {
  std::vector<Node *> order = topological_order(outputs);
  Ids ids;
  std::vector<int64_t> variables, first_outputs{0};
  for (Node *node : order) {
    auto id = static_cast<int64_t>(ids.size());
    ids[node] = id;
    if (node->is_variable()) variables.push_back(id);
    first_outputs.push_back(first_outputs.back() + node->num_outputs());
  }
  Writer json;
  json.open('{', true);
  json.key("nodes");
  json.open('[', true);
  for (Node *node : order) {
    json.next();
    write_node(json, *node, ids);
  }
  json.close(']');
  json.key("arg_nodes");
  json.numbers(variables);
  json.key("node_row_ptr");
  json.numbers(first_outputs);
  json.key("heads");
  std::vector<std::vector<int64_t>> heads;
  for (const Entry &entry : outputs) heads.push_back(reference(entry, ids));
  json.entries(heads);
  json.key("attrs");
  json.open('{', !texts.empty());
  for (const auto &[key, value] : texts) {
    json.key(std::string(kTextPrefix) + key);
    json.tagged("str");
    json.text(value);
    json.close(']');
  }
  json.key("mxnet_version");
  json.tagged("int");
  json.number(kMxnetVersion);
  json.close(']');
  json.close('}');
  json.close('}');
  return json.take();
}

}  // namespace cermet
