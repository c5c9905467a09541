// SPDX-License-Identifier: Apache-2.0
#include "model/safetensors.h"

#include <algorithm>

#include "base/json.h"
#include "model/byte_reader.h"

namespace cermet {
namespace {

constexpr uint64_t kMaxHeader = 100'000'000;  // the format's own limit
const char *const kMetadataKey = "__metadata__";

struct DTypeWord {
  DType dtype;
  const char *word;
};
const DTypeWord kWords[] = {{DType::float32, "F32"},   {DType::float64, "F64"}, {DType::float16, "F16"},
                            {DType::bfloat16, "BF16"}, {DType::uint8, "U8"},    {DType::int8, "I8"},
                            {DType::int32, "I32"},     {DType::int64, "I64"},   {DType::bool_, "BOOL"}};

// Words of the format that name dtypes which arrays here cannot have.
const char *const kForeignWords[] = {"I16",     "U16",     "U32",     "U64", "F8_E4M3", "F8_E5M2",
                                     "F8_E8M0", "F6_E2M3", "F6_E3M2", "F4",  "C64"};

struct Slot {
  std::string name;
  Shape shape;
  DType dtype = DType::float32;
  uint64_t begin = 0, end = 0;
};

class Reader {
 public:
  Reader(std::string_view bytes, const std::string &source, FileBytes *file)
      : bytes_(bytes, source, "safetensors"), source_(source), file_(file) {}

  Safetensors read() {
    auto length = bytes_.number<uint64_t>("header length");
    if (length > kMaxHeader) bytes_.fail("header length", "got ", length, "; want at most ", kMaxHeader);
    std::string_view text = bytes_.take(length, "header");
    if (text.empty() || text[0] != '{') bytes_.fail("header", "want an object");
    Json header = parse_json(text, cat(shown(source_), ": safetensors header"));
    Safetensors out;
    std::vector<Slot> slots;
    for (const auto &[name, value] : header.items()) {
      if (!value.is_object()) corrupt(name, "got ", value.type_name(), "; want an object");
      if (name.find('\0') != name.npos) corrupt(name, "want a name without NUL");
      if (name == kMetadataKey)
        read_metadata(value, out.metadata);
      else
        slots.push_back(read_slot(name, value));
    }
    std::stable_sort(slots.begin(), slots.end(), [](const Slot &a, const Slot &b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    check_places(slots);
    for (const Slot &slot : slots) {
      out.arrays.push_back(
          {slot.name, array_from_bytes(slot.shape, slot.dtype, bytes_.take(slot.end - slot.begin, "values"))});
      if (file_) file_->drop(bytes_.offset());
    }
    return out;
  }

 private:
  template <class... Parts>
  [[noreturn]] void corrupt(const std::string &name, const Parts &...parts) const {
    fail(Status::corrupt, name, parts...);
  }
  template <class... Parts>
  [[noreturn]] void fail(Status status, const std::string &name, const Parts &...parts) const {
    throw Error(status, cat(shown(source_), ": safetensors header, entry ", cermet::quoted(name)), parts...);
  }

  void read_metadata(const Json &value, Metadata &metadata) const {
    for (const auto &[key, text] : value.items()) {
      if (!text.is_string()) corrupt(kMetadataKey, cermet::quoted(key), ": got ", text.type_name(), "; want a string");
      metadata[key] = text.get<std::string>();
    }
  }

  uint64_t unsigned_of(const std::string &name, const char *field, const Json &value) const {
    if (!value.is_number_unsigned()) corrupt(name, field, ": want whole numbers of 0 or more");
    return value.get<uint64_t>();
  }

  Slot read_slot(const std::string &name, const Json &value) const {
    Slot slot;
    slot.name = name;
    for (const char *field : {"dtype", "shape", "data_offsets"})
      if (!value.contains(field)) corrupt(name, field, " is missing");
    if (value.size() != 3) corrupt(name, "want dtype, shape and data_offsets only");
    slot.dtype = read_dtype(name, value["dtype"]);
    const Json &shape = value["shape"], &offsets = value["data_offsets"];
    if (!shape.is_array() || shape.size() > static_cast<size_t>(kMaxRank))
      corrupt(name, "shape: want an array of at most ", kMaxRank, " numbers");
    for (const Json &dim : shape) {
      uint64_t size = unsigned_of(name, "shape", dim);
      if (size > uint64_t{INT64_MAX}) corrupt(name, "shape: got ", size);
      slot.shape.push_back(static_cast<int64_t>(size));
    }
    if (!offsets.is_array() || offsets.size() != 2) corrupt(name, "data_offsets: want two numbers");
    slot.begin = unsigned_of(name, "data_offsets", offsets[0]);
    slot.end = unsigned_of(name, "data_offsets", offsets[1]);
    auto bytes = bytes_of(slot.shape, slot.dtype);
    if (!bytes) corrupt(name, "shape: got ", slot.shape, ", which is no array's");
    if (slot.begin > slot.end || slot.end - slot.begin != *bytes)
      corrupt(name, "data_offsets: got ", slot.begin, " to ", slot.end, "; want ", *bytes, " bytes for shape ",
              slot.shape, " of ", slot.dtype);
    return slot;
  }

  DType read_dtype(const std::string &name, const Json &value) const {
    if (!value.is_string()) corrupt(name, "dtype: want a string");
    const auto &word = value.get_ref<const std::string &>();
    for (const DTypeWord &row : kWords)
      if (word == row.word) return row.dtype;
    for (const char *foreign : kForeignWords)
      if (word == foreign) fail(Status::unsupported, name, "dtype: got ", word);
    corrupt(name, "dtype: got ", cermet::quoted(word));
  }

  // Values lie one after the other and fill the file: no holes, no overlaps.
  void check_places(const std::vector<Slot> &slots) const {
    uint64_t at = 0;
    for (const Slot &slot : slots) {
      if (slot.begin != at)
        corrupt(slot.name, "data_offsets: begin at ", slot.begin, "; want ", at, " (no holes, no overlaps)");
      at = slot.end;
    }
    if (at != bytes_.left())
      bytes_.fail_at(bytes_.offset(), Status::corrupt, "values", "got ", bytes_.left(), " bytes; want ", at);
  }

  ByteReader bytes_;
  std::string source_;
  FileBytes *file_;
};

const char *word_of(DType dtype) {
  for (const DTypeWord &row : kWords)
    if (row.dtype == dtype) return row.word;
  throw Error(Status::internal, "dtype", "got ", dtype, ", which safetensors cannot hold");
}

// The header; puts the arrays in the order in which their values follow: wide elements first, so that all are aligned.
std::string make_header(std::vector<NamedArray> &arrays, const Metadata &metadata) {
  std::stable_sort(arrays.begin(), arrays.end(), [](const NamedArray &a, const NamedArray &b) {
    return dtype_size(a.array->dtype()) > dtype_size(b.array->dtype());
  });
  Json header = Json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  int64_t at = 0;
  for (const auto &[name, array] : arrays) {
    if (name == kMetadataKey)
      throw Error(Status::invalid_argument, "names", "got ", cermet::quoted(name), ", which is reserved");
    int64_t end = at + array->nbytes();
    Json &entry = header[name] = Json::object();  // one by one: a list of members leaks when memory runs out
    entry["dtype"] = word_of(array->dtype());
    entry["shape"] = std::vector<int64_t>(array->shape().begin(), array->shape().end());
    entry["data_offsets"] = std::vector<int64_t>{at, end};
    at = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception &) {
    throw Error(Status::invalid_argument, "names", "want names and texts in UTF-8");
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > kMaxHeader)
    throw Error(Status::limit, "names", "need a header of ", text.size(), " bytes; want at most ", kMaxHeader);
  uint64_t length = text.size();
  return std::string(reinterpret_cast<const char *>(&length), sizeof length) + text;
}

}  // namespace

bool is_safetensors(std::string_view bytes) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length + 2) return false;
  std::memcpy(&length, bytes.data(), sizeof length);
  return length <= kMaxHeader && bytes[sizeof length] == '{';
}

Safetensors read_safetensors(std::string_view bytes, const std::string &source, FileBytes *file) {
  return Reader(bytes, source, file).read();
}

void write_safetensors(const std::string &path, const std::vector<NamedArray> &arrays, const Metadata &metadata) {
  std::vector<NamedArray> sorted = arrays;
  std::string header = make_header(sorted, metadata);
  HeldValues values(sorted);
  std::vector<std::string_view> parts{header};
  for (size_t k = 0; k < sorted.size(); ++k) parts.push_back(values.bytes(k));
  write_file(path, parts);
}

std::string safetensors_bytes(const std::vector<NamedArray> &arrays, const Metadata &metadata) {
  std::vector<NamedArray> sorted = arrays;
  std::string out = make_header(sorted, metadata);
  HeldValues values(sorted);
  for (size_t k = 0; k < sorted.size(); ++k) out += values.bytes(k);
  return out;
}

}  // namespace cermet
