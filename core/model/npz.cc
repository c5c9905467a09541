// SPDX-License-Identifier: Apache-2.0
#include "model/npz.h"

#include "model/file.h"
#include "model/npy.h"
#include "model/zip.h"

namespace cermet {

namespace {
constexpr std::string_view kSuffix = ".npy";
}

bool is_npz(std::string_view bytes) { return is_zip(bytes); }

std::vector<NamedArray> read_npz(std::string_view bytes, const std::string &source) {
  std::vector<NamedArray> out;
  read_zip(bytes, source, [&](const std::string &name, std::string_view contents) {
    std::string place = cat(source, " member ", quoted(name));
    if (!name.ends_with(kSuffix)) throw Error(Status::unsupported, shown(place), "want members called NAME.npy only");
    out.push_back({name.substr(0, name.size() - kSuffix.size()), read_npy(contents, place)});
  });
  return out;
}

void write_npz(const std::string &path, const std::vector<NamedArray> &arrays) {
  std::vector<std::string> headers;
  HeldValues values(arrays);
  std::vector<ZipSource> members;
  headers.reserve(arrays.size());  // members refer to them
  for (size_t k = 0; k < arrays.size(); ++k) {
    headers.push_back(npy_header(*arrays[k].array));
    members.push_back({arrays[k].name + std::string(kSuffix), {headers.back(), values.bytes(k)}});
  }
  write_zip(path, members);
}

}  // namespace cermet
