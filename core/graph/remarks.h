// SPDX-License-Identifier: Apache-2.0
// What passes over a graph did and what they refused, said where it is decided. Cheap to make: two texts that the
// program holds anyway, and the node's name; sentences are put together when somebody asks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cermet {

// The same word about some nodes.
struct Remark {
  const char *pass;
  const char *what;
  int64_t count = 0;
  std::vector<std::string> nodes;  // the first of them
};

// "simplify: copy left out: n1, n2, n3, n4 and 12 more"
std::string line_of(const Remark &remark);

class Remarks {
 public:
  static constexpr size_t kNamed = 64;  // nodes that a remark names at most

  // `pass` and `what` live for ever.
  void add(const char *pass, const char *what, const std::string &node) {
    Remark &remark = find(pass, what);
    if (static_cast<size_t>(remark.count++) < kNamed) remark.nodes.push_back(node);
  }
  const std::vector<Remark> &list() const { return list_; }

 private:
  Remark &find(const char *pass, const char *what) {
    for (Remark &remark : list_)
      if (remark.what == what && remark.pass == pass) return remark;
    return list_.emplace_back(Remark{pass, what, 0, {}});
  }

  std::vector<Remark> list_;  // short: one for each word that a pass can say
};

}  // namespace cermet
