// SPDX-License-Identifier: Apache-2.0
#include "model/npy.h"

#include <algorithm>
#include <charconv>

#include "model/byte_reader.h"

namespace cermet {
namespace {

constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr size_t kAlignment = 64;

struct Word {
  DType dtype;
  const char *kind;
};
const Word kWords[] = {{DType::float32, "f4"}, {DType::float64, "f8"}, {DType::float16, "f2"}, {DType::uint8, "u1"},
                       {DType::int8, "i1"},    {DType::int32, "i4"},   {DType::int64, "i8"},   {DType::bool_, "b1"}};

struct Header {
  std::string descr;
  bool fortran = false;
  Shape shape;
};

// The header is a Python dictionary with three keys: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  // nullptr, or what is wrong.
  const char *parse(Header &out) {
    bool descr = false, fortran = false, shape = false;
    if (!eat('{')) return "want a dictionary";
    while (!eat('}')) {
      std::string key;
      if (!string(key) || !eat(':')) return "want a key";
      if (key == "descr" && !descr) {
        if (!(descr = string(out.descr))) return "descr: want a simple dtype";
      } else if (key == "fortran_order" && !fortran) {
        if (!(fortran = boolean(out.fortran))) return "fortran_order: want True or False";
      } else if (key == "shape" && !shape) {
        if (!(shape = tuple(out.shape))) return "shape: want a tuple of dimensions";
      } else {
        return "got an unknown key, or one twice";
      }
      if (!eat(',') && !next_is('}')) return "want a comma";
    }
    skip_blanks();
    if (!text_.empty()) return "got something after the dictionary";
    return descr && fortran && shape ? nullptr : "want descr, fortran_order and shape";
  }

 private:
  void skip_blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }
  bool next_is(char c) {
    skip_blanks();
    return !text_.empty() && text_[0] == c;
  }
  bool eat(char c) {
    if (!next_is(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view expected) {
    skip_blanks();
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }
  bool string(std::string &out) {
    char quote = next_is('"') ? '"' : '\'';
    if (!eat(quote)) return false;
    size_t end = text_.find(quote);
    if (end == text_.npos) return false;
    out = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return true;
  }
  bool boolean(bool &out) {
    out = word("True");
    return out || word("False");
  }
  bool tuple(Shape &out) {
    if (!eat('(')) return false;
    while (!eat(')')) {
      int64_t dim = 0;
      skip_blanks();
      auto [end, problem] = std::from_chars(text_.data(), text_.data() + text_.size(), dim);
      if (problem != std::errc() || dim < 0 || out.ndim() == kMaxRank) return false;
      text_.remove_prefix(static_cast<size_t>(end - text_.data()));
      word("L");  // Python 2
      out.push_back(dim);
      if (!eat(',') && !next_is(')')) return false;
    }
    return true;
  }

  std::string_view text_;
};

// The dtype, and whether its bytes stand in the other order.
DType read_descr(const ByteReader &reader, const std::string &descr, bool &swapped) {
  if (descr.size() < 2) reader.fail("descr", "got ", quoted(descr));
  swapped = descr[0] == '>';
  bool ordered = std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
  std::string kind = ordered ? descr.substr(1) : descr;
  if (kind == "?") return DType::bool_;
  for (const Word &word : kWords)
    if (kind == word.kind) return word.dtype;
  reader.fail_at(0, Status::unsupported, "descr", "got ", quoted(descr), "; want numbers that arrays here can hold");
}

void swap_bytes(char *data, int64_t count, int64_t size) {
  for (int64_t k = 0; k < count; ++k) std::reverse(data + k * size, data + (k + 1) * size);
}

}  // namespace

bool is_npy(std::string_view bytes) { return bytes.starts_with(kMagic); }

ArrayRef read_npy(std::string_view bytes, const std::string &source) {
  ByteReader reader(bytes, source, "npy");
  if (reader.take(kMagic.size(), "magic") != kMagic) reader.fail("magic", "want \\x93NUMPY");
  auto major = reader.number<uint8_t>("version");
  if (major < 1 || major > 3) reader.fail_at(6, Status::unsupported, "version", "got ", int{major}, "; want 1, 2 or 3");
  reader.number<uint8_t>("minor version");
  uint64_t length = major == 1 ? reader.number<uint16_t>("header length") : reader.number<uint32_t>("header length");
  Header header;
  if (const char *problem = HeaderParser(reader.take(length, "header")).parse(header)) reader.fail("header", problem);
  bool swapped = false;
  DType dtype = read_descr(reader, header.descr, swapped);
  auto count = bytes_of(header.shape, dtype);
  if (!count) reader.fail("shape", "got ", header.shape, ", which is no array's");
  Shape stored = header.shape;
  if (header.fortran) std::reverse(stored.begin(), stored.end());
  ArrayRef array = array_from_bytes(stored, dtype, reader.take(*count, "values"));
  if (reader.left() > 0) reader.fail_at(reader.offset(), Status::corrupt, "end", "got ", reader.left(), " more bytes");
  if (swapped) swap_bytes(array->data_as<char>(), array->numel(), dtype_size(dtype));
  if (!header.fortran || stored.ndim() < 2) return array;
  auto out = make_ref<NDArray>(header.shape, dtype);
  copy_values(*transpose_view(*array, {}), *out);
  return out;
}

std::string npy_header(const NDArray &array) {
  const char *kind = nullptr;
  for (const Word &word : kWords)
    if (word.dtype == array.dtype()) kind = word.kind;
  if (!kind)
    throw Error(Status::unsupported, "arrays", "got ", array.dtype(),
                ", for which NumPy has no dtype; want another file format");
  std::string shape = "(";
  for (int64_t dim : array.shape()) shape += cat(dim, array.shape().ndim() == 1 ? "," : ", ");
  if (array.shape().ndim() > 1) shape.resize(shape.size() - 2);
  std::string text = cat("{'descr': '", dtype_size(array.dtype()) == 1 ? '|' : '<', kind,
                         "', 'fortran_order': False, 'shape': ", shape, "), }");
  constexpr size_t kFixed = 10;  // magic, version, length
  text.resize((kFixed + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - kFixed, ' ');
  text.back() = '\n';
  auto length = static_cast<uint16_t>(text.size());  // rank is at most kMaxRank: far below 64 KiB
  std::string out(kMagic);
  out += {'\x01', '\x00', static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  return out + text;
}

}  // namespace cermet
