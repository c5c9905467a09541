// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <algorithm>

#include "base/error.h"

namespace cermet {
namespace {

constexpr size_t kMaxDepth = 64;

// Reads characters and lets others know how far it came.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char *;
  using reference = const char &;

  const char *at;
  const char **reached;

  reference operator*() const { return *at; }
  Cursor &operator++() {
    *reached = ++at;
    return *this;
  }
  bool operator==(const Cursor &other) const { return at == other.at; }
  bool operator!=(const Cursor &other) const { return at != other.at; }
};

// Builds the value; returning false stops the parser, with the reason in `problem`.
class Builder {
 public:
  explicit Builder(Json &root) : root_(root) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(Json::number_integer_t value) { return put(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return put(value); }
  bool number_float(Json::number_float_t value, const std::string &) { return put(value); }
  bool string(std::string &value) { return put(std::move(value)); }
  bool binary(Json::binary_t &) { return false; }  // not in texts
  bool start_object(size_t) { return open(Json::object()); }
  bool start_array(size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string &name) {
    auto &object = open_.back()->get_ref<Json::object_t &>();
    auto [place, fresh] = object.emplace(name, nullptr);
    if (!fresh) problem = cat("the key ", cermet::quoted(name), " appears twice");
    member_ = &place->second;
    return fresh;
  }
  bool parse_error(size_t, const std::string &, const nlohmann::detail::exception &error) {
    std::string_view text = error.what();
    size_t cut = text.find("syntax error");
    problem = printable(cut == text.npos ? text.substr(text.find(']') + 2) : text.substr(cut), 300);
    return false;
  }

  std::string problem;

 private:
  template <class Value>
  Json *place(Value &&value) {
    if (open_.empty()) {
      root_ = std::forward<Value>(value);
      return &root_;
    }
    if (!open_.back()->is_array()) {
      *member_ = std::forward<Value>(value);
      return member_;
    }
    auto &array = open_.back()->get_ref<Json::array_t &>();
    array.emplace_back(std::forward<Value>(value));
    return &array.back();
  }
  template <class Value>
  bool put(Value &&value) {
    place(std::forward<Value>(value));
    return true;
  }
  bool open(Json container) {
    if (open_.size() == kMaxDepth) {
      problem = cat("nested more than ", kMaxDepth, " deep");
      return false;
    }
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json &root_;
  std::vector<Json *> open_;  // containers around; an element stays in place while it is open
  Json *member_ = nullptr;
};

}  // namespace

Json parse_json(std::string_view text, const std::string &what) {
  const char *reached = text.data();
  Json root;
  Builder builder(root);
  Cursor begin{text.data(), &reached}, end{text.data() + text.size(), &reached};
  if (Json::sax_parse(begin, end, &builder)) return root;
  auto line = 1 + std::count(text.data(), reached, '\n');
  const char *start = reached;
  while (start != text.data() && start[-1] != '\n') --start;
  throw Error(Status::corrupt, cat(what, " at line ", line, ", column ", reached - start), builder.problem);
}

}  // namespace cermet
