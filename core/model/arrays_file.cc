// SPDX-License-Identifier: Apache-2.0
#include "model/arrays_file.h"

#include <unordered_set>

#include "model/file.h"
#include "model/ndarray_list.h"
#include "model/npy.h"
#include "model/npz.h"
#include "model/safetensors.h"

namespace cermet {
namespace {

struct FileFormat {
  const char *suffix;  // "" for none
  bool (*recognizes)(std::string_view bytes);
  std::vector<NamedArray> (*read)(FileBytes &file, const std::string &source);
  void (*write)(const std::string &path, const std::vector<NamedArray> &arrays);
  bool names_needed;
};

const FileFormat kFormats[] = {
    {".npz", is_npz, [](FileBytes &file, const std::string &source) { return read_npz(file.view(), source); },
     write_npz, true},
    {".safetensors", is_safetensors,
     [](FileBytes &file, const std::string &source) { return read_safetensors(file.view(), source, &file).arrays; },
     [](const std::string &path, const std::vector<NamedArray> &arrays) { write_safetensors(path, arrays, {}); }, true},
    {nullptr, is_npy,
     [](FileBytes &file, const std::string &source) {
       return std::vector<NamedArray>{{"", read_npy(file.view(), source)}};
     },
     nullptr, false},
    {"", is_ndarray_list,
     [](FileBytes &file, const std::string &source) { return read_ndarray_list(file.view(), source, &file); },
     write_ndarray_list, false},
};

void check_names(const std::vector<NamedArray> &arrays, bool needed) {
  bool named = needed;
  for (const NamedArray &entry : arrays) named = named || !entry.name.empty();
  if (!named) return;
  std::unordered_set<std::string_view> seen;
  for (const NamedArray &entry : arrays) {
    const std::string &name = entry.name;
    if (name.empty() || name.find('\0') != name.npos)
      throw Error(Status::invalid_argument, "names", "got ", quoted(name), "; want names without NUL for all arrays");
    if (!seen.insert(name).second) throw Error(Status::invalid_argument, "names", "got ", quoted(name), " twice");
  }
}

}  // namespace

void save_arrays(const std::string &path, const std::vector<NamedArray> &arrays) {
  for (const FileFormat &format : kFormats) {
    if (!format.suffix || !path.ends_with(format.suffix)) continue;
    check_names(arrays, format.names_needed);
    return format.write(path, arrays);
  }
}

std::vector<NamedArray> load_arrays(const std::string &path) {
  FileBytes file(path);
  for (const FileFormat &format : kFormats)
    if (format.recognizes(file.view())) return format.read(file, path);
  throw Error(Status::corrupt, shown(path), "is none of NDArray list, npz, npy and safetensors (", file.view().size(),
              " bytes)");
}

}  // namespace cermet
