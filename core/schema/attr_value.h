// SPDX-License-Identifier: Apache-2.0
// One attribute value of the closed set of types that crosses the ABI: absent, bool, int, float, string, ints, floats.
// (A dtype and a choice travel as their names.)
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

#include "tensor/dtype.h"

namespace cermet {

enum class AttrType { boolean, integer, floating, string, dtype, choice, integers, floatings };
// "bool", "int", "float", "string", "dtype", "choice", "ints", "floats"
const char *attr_type_name(AttrType type);

struct None {
  bool operator==(const None &) const { return true; }
};

class AttrValue {
 public:
  using Data = std::variant<None, bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

  AttrValue() = default;
  // Spelled out, since GCC 12's std::variant is left without a state when copying one of these types throws.
  AttrValue(const AttrValue &other) {
    std::visit([this](const auto &value) { data_ = Data(value); }, other.data_);
  }
  AttrValue(AttrValue &&other) noexcept = default;
  AttrValue &operator=(AttrValue other) noexcept {
    data_ = std::move(other.data_);
    return *this;
  }
  AttrValue(None) {}
  AttrValue(bool value) : data_(value) {}
  AttrValue(int value) : data_(int64_t{value}) {}
  AttrValue(int64_t value) : data_(value) {}
  AttrValue(double value) : data_(value) {}
  AttrValue(const char *value) : data_(std::string(value)) {}
  AttrValue(std::string value) : data_(std::move(value)) {}
  AttrValue(DType value) : data_(std::string(dtype_name(value))) {}
  AttrValue(std::vector<int64_t> value) : data_(std::move(value)) {}
  AttrValue(const Dims &value) : data_(std::vector<int64_t>(value.begin(), value.end())) {}
  AttrValue(std::initializer_list<int64_t> value) : data_(std::vector<int64_t>(value)) {}
  AttrValue(std::vector<double> value) : data_(std::move(value)) {}

  const Data &data() const { return data_; }
  template <class T>
  const T *get_if() const {
    return std::get_if<T>(&data_);
  }
  bool none() const { return std::holds_alternative<None>(data_); }
  bool operator==(const AttrValue &other) const { return data_ == other.data_; }

  // As MXNet writes it into symbol files: "(3, 3)", "True", "None", "0.1", "relu".
  std::string text() const;

 private:
  Data data_;
};

// The value of `type` written in `text` as MXNet writes it. Throws invalid_argument saying what was wanted.
AttrValue parse_attr(AttrType type, const std::string &text);

// name -> value, in the order given.
using AttrList = std::vector<std::pair<std::string, AttrValue>>;

}  // namespace cermet
