// SPDX-License-Identifier: Apache-2.0
#include "data/idx.h"

#include <algorithm>

#include "model/byte_reader.h"
#include "model/inflate.h"

namespace cermet {
namespace {

struct Code {
  uint8_t code;
  DType dtype;
};
const Code kCodes[] = {
    {0x08, DType::uint8}, {0x09, DType::int8}, {0x0C, DType::int32}, {0x0D, DType::float32}, {0x0E, DType::float64}};
constexpr uint8_t kInt16 = 0x0B;

DType read_dtype(ByteReader &reader) {
  if (reader.number<uint16_t>("magic") != 0) reader.fail("magic", "want two zeros");
  auto code = reader.number<uint8_t>("dtype");
  for (const Code &row : kCodes)
    if (row.code == code) return row.dtype;
  if (code == kInt16) reader.fail_at(2, Status::unsupported, "dtype", "got 16-bit integers");
  reader.fail("dtype", "got ", int{code}, "; want a code from 8 to 14");
}

}  // namespace

ArrayRef read_idx(const std::string &path) {
  std::string bytes = read_plain_or_gzip(path);
  ByteReader reader(bytes, path, "idx");
  DType dtype = read_dtype(reader);
  auto ndim = reader.number<uint8_t>("rank");
  Shape shape;
  for (int axis = 0; axis < ndim; ++axis)
    shape.push_back(int64_t{__builtin_bswap32(reader.number<uint32_t>("dimension"))});
  auto count = bytes_of(shape, dtype);
  if (!count) reader.fail("dimension", "got ", shape, ", which is no array's");
  ArrayRef array = array_from_bytes(shape, dtype, reader.take(*count, "values"));
  if (reader.left() > 0) reader.fail_at(reader.offset(), Status::corrupt, "end", "got ", reader.left(), " more bytes");
  int64_t size = dtype_size(dtype);  // values are big-endian
  for (char *value = array->data_as<char>(), *end = value + *count; size > 1 && value < end; value += size)
    std::reverse(value, value + size);
  return array;
}

}  // namespace cermet
