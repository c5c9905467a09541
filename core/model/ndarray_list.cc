// SPDX-License-Identifier: Apache-2.0
#include "model/ndarray_list.h"

#include <memory>
#include <unordered_set>

#include "model/byte_reader.h"

namespace cermet {

namespace {

constexpr uint64_t kListMagic = 0x112;
// First word of an array record; any other value is the rank of a record of the oldest generation.
constexpr uint32_t kV1 = 0xF993FAC8, kV2 = 0xF993FAC9, kV3 = 0xF993FACA;
constexpr uint64_t kSmallestRecord = 4, kSmallestName = 8;
constexpr int32_t kDense = 0, kCpu = 1;

class Reader : public ByteReader {
 public:
  Reader(std::string_view bytes, const std::string &source, FileBytes *file)
      : ByteReader(bytes, source, "NDArray list"), file_(file) {}

  std::vector<NamedArray> read() {
    if (number<uint64_t>("magic") != kListMagic) fail("magic", "want 0x112");
    number<uint64_t>("reserved");
    auto count = number<uint64_t>("array count");
    check_count(count, kSmallestRecord, "array count");
    std::vector<NamedArray> out;  // grows with what is there: the count may promise what does not follow
    for (uint64_t k = 0; k < count; ++k) {
      out.push_back({"", read_array()});
      if (file_) file_->drop(offset());
    }
    read_names(out);
    if (left() > 0) fail_at(offset(), Status::corrupt, "end", "got ", left(), " more bytes");
    return out;
  }

 private:
  // Refuses counts that the rest of the file cannot hold, before anything is allocated for them.
  void check_count(uint64_t count, uint64_t smallest, const char *field) {
    if (count > left() / smallest)
      fail(field, "got ", count, "; the rest of the file has room for ", left() / smallest);
  }

  void read_names(std::vector<NamedArray> &arrays) {
    auto count = number<uint64_t>("name count");
    if (count != 0 && count != arrays.size()) fail("name count", "got ", count, " for ", arrays.size(), " arrays");
    check_count(count, kSmallestName, "name count");
    std::unordered_set<std::string_view> seen;
    for (size_t k = 0; k < count; ++k) {
      auto length = number<uint64_t>("name length");
      std::string_view name = take(length, "name");
      if (name.find('\0') != name.npos) fail("name", "got ", quoted(name), "; want no NUL");
      if (!seen.insert(name).second) fail("name", "got ", quoted(name), " twice");
      arrays[k].name = name;
    }
  }

  ArrayRef read_array() {
    auto first = number<uint32_t>("record magic");
    size_t start = offset() - 4;
    bool scalars = first == kV3;
    if (first == kV2 || first == kV3) {
      auto storage = number<int32_t>("storage type");
      if (storage == 1 || storage == 2)
        fail_at(offset() - 4, Status::unsupported, "storage type", "got a ", storage == 1 ? "row_sparse" : "csr",
                " array; want dense ones (convert it with tostype('default') before saving)");
      if (storage != kDense) fail("storage type", "got ", storage, "; want 0, 1 or 2");
    }
    Shape shape = read_shape(first);
    if (shape.ndim() == 0 && !scalars)
      fail_at(start, Status::unsupported, "shape", "got MXNet's \"none\" array; want arrays with values");
    auto device = number<int32_t>("device type");
    if (device < 0) fail("device type", "got ", device);
    number<int32_t>("device id");  // values stand in the file wherever they were
    auto code = number<int32_t>("dtype");
    if (code >= 8 && code <= 11)
      fail_at(offset() - 4, Status::unsupported, "dtype", "got ", code, ", a 16-bit or unsigned integer");
    if (!is_dtype(code)) fail("dtype", "got ", code, "; want a known code");
    auto dtype = static_cast<DType>(code);
    auto bytes = bytes_of(shape, dtype);
    if (!bytes) fail_at(start, Status::corrupt, "shape", "got ", shape, ", which is no array's");
    return array_from_bytes(shape, dtype, take(*bytes, "values"));
  }

  Shape read_shape(uint32_t first) {
    bool wide = first == kV1 || first == kV2 || first == kV3;
    auto ndim = wide ? number<uint32_t>("rank") : first;
    if (ndim > static_cast<uint32_t>(kMaxRank))
      fail(wide ? "rank" : "record magic", "got ", ndim, "; want at most ", kMaxRank);
    Shape shape;
    for (uint32_t axis = 0; axis < ndim; ++axis) {
      int64_t dim = wide ? number<int64_t>("dimension") : int64_t{number<uint32_t>("dimension")};
      if (dim < 0) fail("dimension", "got ", dim, "; want 0 or more");
      shape.push_back(dim);
    }
    return shape;
  }

  FileBytes *file_;
};

class Writer {
 public:
  template <class T>
  void number(T value) {
    header_.append(reinterpret_cast<const char *>(&value), sizeof value);
  }
  void text(std::string_view value) { header_ += value; }
  // Values are not copied; what was written before them becomes a part of its own.
  void values(std::string_view bytes) {
    flush();
    parts_.push_back(bytes);
  }
  const std::vector<std::string_view> &parts() {
    flush();
    return parts_;
  }

 private:
  void flush() {
    headers_.push_back(std::make_unique<std::string>(std::move(header_)));
    parts_.push_back(*headers_.back());
    header_.clear();
  }
  std::string header_;
  std::vector<std::unique_ptr<std::string>> headers_;
  std::vector<std::string_view> parts_;
};

}  // namespace

bool is_ndarray_list(std::string_view bytes) {
  uint64_t magic = 0;
  if (bytes.size() < sizeof magic) return false;
  std::memcpy(&magic, bytes.data(), sizeof magic);
  return magic == kListMagic;
}

std::vector<NamedArray> read_ndarray_list(std::string_view bytes, const std::string &source, FileBytes *file) {
  return Reader(bytes, source, file).read();
}

void write_ndarray_list(const std::string &path, const std::vector<NamedArray> &arrays) {
  Writer out;
  HeldValues values(arrays);
  out.number(kListMagic);
  out.number(uint64_t{0});
  out.number(uint64_t{arrays.size()});
  // old MXNet reads scalars and empty arrays only in the newer records, which it reads only in its numpy mode: so they
  // are used where they must be, and for the whole file then
  uint32_t magic = kV2;
  bool named = false;
  for (const NamedArray &entry : arrays) {
    if (entry.array->shape().ndim() == 0 || entry.array->numel() == 0) magic = kV3;
    named = named || !entry.name.empty();
  }
  for (size_t k = 0; k < arrays.size(); ++k) {
    const NamedArray &entry = arrays[k];
    const Shape &shape = entry.array->shape();
    out.number(magic);
    out.number(kDense);
    out.number(static_cast<int32_t>(shape.ndim()));
    for (int64_t dim : shape) out.number(dim);
    out.number(kCpu);
    out.number(int32_t{0});
    out.number(static_cast<int32_t>(entry.array->dtype()));
    out.values(values.bytes(k));
  }
  out.number(uint64_t{named ? arrays.size() : 0});
  for (const NamedArray &entry : arrays) {
    if (!named) break;
    out.number(uint64_t{entry.name.size()});
    out.text(entry.name);
  }
  write_file(path, out.parts());
}

}  // namespace cermet
