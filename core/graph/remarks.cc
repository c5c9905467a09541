// SPDX-License-Identifier: Apache-2.0
#include "graph/remarks.h"

#include "base/text.h"

namespace cermet {

namespace {
constexpr size_t kShown = 4;
}

std::string line_of(const Remark &remark) {
  size_t shown = remark.nodes.size() <= kShown + 1 ? remark.nodes.size() : kShown;
  std::vector<std::string> nodes(remark.nodes.begin(), remark.nodes.begin() + static_cast<long>(shown));
  std::string out = cat(remark.pass, ": ", remark.what, ": ", join(nodes, ", "));
  auto more = remark.count - static_cast<int64_t>(shown);
  return more ? cat(out, " and ", more, " more") : out;
}

}  // namespace cermet
