// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include <vector>

namespace cermet {

namespace {
struct Row {
  DType dtype;
  const char *name;
  int64_t size;
};
const Row kRows[] = {
#define CERMET_ROW(name, value, type, group) {DType::name, #name, sizeof(type)},
    CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
};
const char *public_name(const Row &row) { return row.dtype == DType::bool_ ? "bool" : row.name; }
}  // namespace

const char *dtype_name(DType dtype) {
  for (const Row &row : kRows)
    if (row.dtype == dtype) return public_name(row);
  return "unknown";
}

bool is_dtype(int value) {
  for (const Row &row : kRows)
    if (static_cast<int>(row.dtype) == value) return true;
  return false;
}

int64_t dtype_size(DType dtype) {
  for (const Row &row : kRows)
    if (row.dtype == dtype) return row.size;
  return 0;
}

DType dtype_from_name(const std::string &name) {
  std::vector<std::string> names;
  for (const Row &row : kRows) {
    if (name == public_name(row)) return row.dtype;
    names.push_back(public_name(row));
  }
  throw Error(Status::invalid_argument, "dtype", "got ", quoted(name), "; want one of ", join(names, ", "));
}

void append_set(std::string &out, DTypeSet set) {
  bool first = true;
  for (const Row &row : kRows) {
    if (!contains(set, row.dtype)) continue;
    if (!first) out += ", ";
    out += public_name(row);
    first = false;
  }
}

void refuse_dtype(DType dtype, DTypeSet want) {
  std::string names;
  append_set(names, want);
  throw Error(Status::dtype, "", "got ", dtype, "; want one of ", names);
}

}  // namespace cermet
