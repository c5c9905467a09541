// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

namespace cermet {

void append(std::string &out, const Dims &dims) {
  out += '(';
  for (size_t k = 0; k < dims.size(); ++k) {
    if (k) out += ", ";
    if (dims[k] == -1)
      out += '?';
    else
      append(out, dims[k]);
  }
  if (dims.size() == 1) out += ',';
  out += ')';
}

Error &Error::at_op(const std::string &name) {
  if (op.empty()) op = name;
  return *this;
}

Error &Error::at_node(const std::string &name) {
  if (node.empty()) node = name;
  return *this;
}

std::string Error::compose(bool as_template) const {
  std::string out;
  if (!op.empty()) out += op + (node.empty() ? ": " : " " + quoted(node) + ": ");
  if (op.empty() && !node.empty()) out += "node " + quoted(node) + ": ";
  if (!argument.empty()) out += argument + ": ";
  size_t begin = 0;
  for (size_t k = 0; k < places_.size(); begin = places_[k++]) {
    out.append(text_, begin, places_[k] - begin);
    if (as_template)
      out += cat('{', k, '}');
    else
      append(out, shapes[k]);
  }
  out.append(text_, begin);
  return out;
}

const char *Error::what() const noexcept {
  try {
    what_ = message();
    return what_.c_str();
  } catch (...) {
    return "error";
  }
}

}  // namespace cermet
