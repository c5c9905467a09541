// SPDX-License-Identifier: Apache-2.0
// A file and the arrays that are made of it never stand in memory together.
#include <fstream>

#include <unistd.h>

#include "check.h"
#include "model/arrays_file.h"

namespace cermet::test {
namespace {

constexpr int kArrays = 16;
constexpr int64_t kElements = 1 << 20;  // 64 MiB in all

// A figure of /proc/self/status, in bytes.
int64_t status_bytes(const std::string &name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1)) * 1024;
  return -1;
}

// The same array many times over, so that writing it takes little memory.
std::string write_large_file(const std::string &suffix) {
  std::string path = cat("/tmp/cermet-load-memory-", getpid(), suffix);
  auto array = make_ref<NDArray>(Shape{kElements}, DType::float32);
  for (int64_t k = 0; k < kElements; ++k) array->data_as<float>()[k] = static_cast<float>(k % 1000);
  std::vector<NamedArray> arrays;
  for (int k = 0; k < kArrays; ++k) arrays.push_back({cat("w", k), array});
  save_arrays(path, arrays);
  return path;
}

void expect_little_more_than_the_arrays(const std::string &suffix) {
  std::string path = write_large_file(suffix);
  constexpr int64_t whole = kArrays * kElements * 4;
  int64_t before = status_bytes("VmHWM");
  std::vector<NamedArray> arrays = load_arrays(path);
  int64_t growth = status_bytes("VmHWM") - before;
  unlink(path.c_str());
  cr_assert_eq(arrays.size(), static_cast<size_t>(kArrays));
  for (const NamedArray &entry : arrays)
    for (int64_t k : {int64_t{0}, int64_t{999}, kElements - 1})
      cr_assert_eq(entry.array->data_as<float>()[k], static_cast<float>(k % 1000));
  cr_assert(growth > whole / 2 && growth < whole + whole / 4, "%s: loading %ld bytes took %ld", suffix.c_str(),
            static_cast<long>(whole), static_cast<long>(growth));
}

}  // namespace

Test(load_memory, safetensors) { expect_little_more_than_the_arrays(".safetensors"); }
Test(load_memory, ndarray_list) { expect_little_more_than_the_arrays(".params"); }

}  // namespace cermet::test
