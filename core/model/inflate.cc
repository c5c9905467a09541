// SPDX-License-Identifier: Apache-2.0
#include "model/inflate.h"

#include <algorithm>

#include <zlib.h>

#include "base/error.h"
#include "model/file.h"

namespace cermet {
namespace {

constexpr uint64_t kAlwaysAllowed = uint64_t{64} << 20, kMaxRatio = 256;
constexpr int kRawWindow = -15, kGzipWindow = 15 + 16;
constexpr size_t kPiece = size_t{1} << 20;

class Stream {
 public:
  Stream(std::string_view input, int window, std::string what) : input_(input), what_(std::move(what)) {
    if (inflateInit2(&z_, window) != Z_OK) throw Error(Status::out_of_memory, what_, "cannot start inflating");
  }
  ~Stream() { inflateEnd(&z_); }
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;

  // Appends up to `count` bytes to `out`; true at the end of the stream.
  bool read(std::string &out, size_t count) {
    size_t start = out.size();
    out.resize(start + count);
    z_.next_out = reinterpret_cast<Bytef *>(out.data() + start);
    z_.avail_out = static_cast<uInt>(count);
    int result = Z_OK;
    while (z_.avail_out > 0 && result != Z_STREAM_END) {
      if (z_.avail_in == 0) {
        std::string_view piece = input_.substr(taken_, kPiece);
        z_.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(piece.data()));
        z_.avail_in = static_cast<uInt>(piece.size());
        taken_ += piece.size();
        if (piece.empty()) throw Error(Status::corrupt, what_, "the deflated data is cut short at byte ", taken_);
      }
      result = inflate(&z_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END)
        throw Error(result == Z_MEM_ERROR ? Status::out_of_memory : Status::corrupt, what_,
                    "the deflated data is damaged near byte ", taken_ - z_.avail_in);
    }
    out.resize(start + count - z_.avail_out);
    return result == Z_STREAM_END;
  }
  // Input that the stream did not use.
  std::string_view rest() const { return input_.substr(taken_ - z_.avail_in); }

 private:
  std::string_view input_;
  std::string what_;
  z_stream z_{};
  size_t taken_ = 0;
};

bool is_gzip(std::string_view bytes) { return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b'; }

}  // namespace

uint64_t expansion_limit(uint64_t compressed) {
  return std::max(kAlwaysAllowed, compressed > UINT64_MAX / kMaxRatio ? UINT64_MAX : compressed * kMaxRatio);
}

std::string inflate_raw(std::string_view compressed, uint64_t size, const std::string &what) {
  Stream stream(compressed, kRawWindow, what);
  std::string out;
  bool end = false;
  while (!end && out.size() <= size)
    end = stream.read(out, static_cast<size_t>(std::min<uint64_t>(kPiece, size - out.size() + 1)));
  if (!end || out.size() != size)
    throw Error(Status::corrupt, what, "does not inflate to the ", size, " bytes it states");
  return out;
}

std::string read_plain_or_gzip(const std::string &path) {
  std::string bytes = read_file(path);
  if (!is_gzip(bytes)) return bytes;
  uint64_t limit = expansion_limit(bytes.size());
  std::string out;
  // a gzip file may have several members, one after the other
  for (std::string_view rest = bytes; is_gzip(rest);) {
    Stream stream(rest, kGzipWindow, shown(path) + ": gzip");
    while (!stream.read(out, kPiece))
      if (out.size() > limit) throw Error(Status::limit, shown(path), "expands to more than ", limit, " bytes");
    rest = stream.rest();
  }
  return out;
}

}  // namespace cermet
