// SPDX-License-Identifier: Apache-2.0
// Zip archives as NumPy's .npz uses them: members stored or deflated, zip64 where sizes need it. Member names are
// labels, never paths.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cermet {

bool is_zip(std::string_view bytes);

// visit(name, contents) for all members, whole and with their checksums right, in the order of the archive's directory.
// Bounded as model/inflate.h says, for each member and for all together.
void read_zip(std::string_view bytes, const std::string &source,
              const std::function<void(const std::string &name, std::string_view contents)> &visit);

// A member to write: its contents in parts, not copied.
struct ZipSource {
  std::string name;
  std::vector<std::string_view> parts;
};

// Writes an archive of stored members; the same members give the same bytes.
void write_zip(const std::string &path, const std::vector<ZipSource> &members);

}  // namespace cermet
