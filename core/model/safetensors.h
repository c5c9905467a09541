// SPDX-License-Identifier: Apache-2.0
// safetensors files: a JSON header with dtype, shape and place of each array, texts beside it, then the values.
#pragma once

#include "model/file.h"
#include "model/named_array.h"

namespace cermet {

struct Safetensors {
  std::vector<NamedArray> arrays;  // in the order of their values in the file
  Metadata metadata;
};

bool is_safetensors(std::string_view bytes);
// `file`: what the bytes lie in, if it may go while they are read.
Safetensors read_safetensors(std::string_view bytes, const std::string &source, FileBytes *file = nullptr);

void write_safetensors(const std::string &path, const std::vector<NamedArray> &arrays, const Metadata &metadata);
std::string safetensors_bytes(const std::vector<NamedArray> &arrays, const Metadata &metadata);

}  // namespace cermet
