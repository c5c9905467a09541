// SPDX-License-Identifier: Apache-2.0
// The one exception of the engine. Its text follows `<operator>: <argument>: got <value>; want <range>`; who throws
// names the argument and the rest, who catches on the way up adds the operator and the graph node.
//
//   throw Error(Status::shape, "weight", "got ", weight, "; want ", Shape{n, k});
//
// Shapes stay apart from the text ({0}, {1} ...), so that each language shows them in its own order.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "base/small_vector.h"
#include "base/text.h"

namespace cermet {

// Values are those of cermet_status (checked in c_api/src).
enum class Status : int {
  ok = 0,
  invalid_argument = 1,
  shape = 2,
  dtype = 3,
  not_found = 4,
  unsupported = 5,
  out_of_memory = 6,
  limit = 7,
  corrupt = 8,
  io = 9,
  device = 10,
  cancelled = 11,
  timeout = 12,
  peer_lost = 13,
  closed = 14,
  internal = 15,
};

using Dims = SmallVector<int64_t, 6>;

// "(2, 3)"; one dimension as "(2,)"; -1 as "?".
void append(std::string &out, const Dims &dims);

class Error : public std::exception {
 public:
  template <class... Parts>
  Error(Status status, std::string argument, const Parts &...parts) : status(status), argument(std::move(argument)) {
    (add(parts), ...);
  }

  // Adds the operator or function, and the node, unless an inner frame did.
  Error &at_op(const std::string &name);
  Error &at_node(const std::string &name);

  // The whole text, with the shapes in row-major order, and with {0} ... in their place.
  std::string message() const { return compose(false); }
  std::string message_template() const { return compose(true); }
  const char *what() const noexcept override;

  Status status;
  std::string op, argument, node;
  std::vector<Dims> shapes;

 private:
  void add(const Dims &dims) {
    places_.push_back(text_.size());
    shapes.push_back(dims);
  }
  template <class Part>
  void add(const Part &part) {
    if constexpr (std::is_base_of_v<Dims, Part>)
      add(static_cast<const Dims &>(part));
    else
      append(text_, part);
  }
  std::string compose(bool as_template) const;

  std::string text_;            // without the shapes
  std::vector<size_t> places_;  // of the shapes in it
  mutable std::string what_;
};

}  // namespace cermet
