// SPDX-License-Identifier: Apache-2.0
// Little-endian fields of a binary file in memory, taken one after the other. What is missing or wrong is `corrupt`,
// and the message says where: "<path>: <format> at byte 24, field dtype: got 77; want ...".
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "model/file.h"
#include "tensor/ndarray.h"

namespace cermet {

class ByteReader {
 public:
  // `source` is the path or what stands for it.
  ByteReader(std::string_view bytes, const std::string &source, const char *format)
      : bytes_(bytes), source_(source), format_(format) {}

  size_t offset() const { return offset_; }
  size_t left() const { return bytes_.size() - offset_; }
  size_t size() const { return bytes_.size(); }
  std::string_view bytes() const { return bytes_; }
  void seek(size_t offset) { offset_ = offset; }

  std::string_view take(uint64_t count, const char *field) {
    if (count > left())
      fail_at(offset_, Status::corrupt, field, "want ", count, " bytes; ", count - left(), " are missing");
    std::string_view out = bytes_.substr(offset_, static_cast<size_t>(count));
    offset_ += static_cast<size_t>(count);
    start_ = offset_ - static_cast<size_t>(count);
    return out;
  }
  template <class T>
  T number(const char *field) {
    T out;
    std::memcpy(&out, take(sizeof(T), field).data(), sizeof(T));
    return out;
  }

  // Complains of the field taken last.
  template <class... Parts>
  [[noreturn]] void fail(const char *field, const Parts &...parts) const {
    fail_at(start_, Status::corrupt, field, parts...);
  }
  template <class... Parts>
  [[noreturn]] void fail_at(size_t offset, Status status, const char *field, const Parts &...parts) const {
    throw Error(status, cat(shown(source_), ": ", format_, " at byte ", offset, ", field ", field), parts...);
  }

 private:
  std::string_view bytes_;
  std::string source_;
  const char *format_;
  size_t offset_ = 0, start_ = 0;
};

// Bytes of an array of this shape, or nullopt if that is no array: negative dimensions, rank above kMaxRank, overflow.
std::optional<uint64_t> bytes_of(const Shape &shape, DType dtype);

// A dense array with a copy of row-major bytes.
ArrayRef array_from_bytes(const Shape &shape, DType dtype, std::string_view bytes);

}  // namespace cermet
