// SPDX-License-Identifier: Apache-2.0
// Reading zip archives (PKWARE's APPNOTE 6.3). The directory at the end says what there is; each member's own header
// must agree with it, and members may not overlap.
#include <algorithm>
#include <unordered_set>

#include <zlib.h>

#include "model/byte_reader.h"
#include "model/inflate.h"
#include "model/zip.h"
#include "model/zip_format.h"

namespace cermet {
namespace {

struct Entry {
  std::string name;
  uint16_t flags = 0, method = 0;
  uint32_t checksum = 0;
  uint64_t compressed = 0, size = 0, offset = 0;
};

class Reader : public ByteReader {
 public:
  Reader(std::string_view bytes, const std::string &source) : ByteReader(bytes, source, "zip"), source_(source) {}

  void read(const std::function<void(const std::string &, std::string_view)> &visit) {
    find_directory();
    std::vector<Entry> entries = read_directory();
    std::vector<std::pair<uint64_t, std::string_view>> places;  // where a member begins, and its data
    for (const Entry &entry : entries) places.emplace_back(entry.offset, find_data(entry));
    check_places(places);
    for (size_t k = 0; k < entries.size(); ++k) visit_member(entries[k], places[k].second, visit);
  }

 private:
  void find_directory() {
    size_t end = find_end();
    seek(end + 4);
    uint64_t disk = number<uint16_t>("disk"), first_disk = number<uint16_t>("directory disk");
    number<uint16_t>("entries on disk");
    count_ = number<uint16_t>("entries");
    directory_size_ = number<uint32_t>("directory size");
    directory_ = number<uint32_t>("directory offset");
    directory_end_ = end;
    if (count_ == zip::kSmallMax || directory_size_ == zip::kLargeMax || directory_ == zip::kLargeMax) read_end64(end);
    if (disk != first_disk) fail_at(end, Status::unsupported, "disk", "the archive is one of several parts");
    if (directory_ > directory_end_ || directory_size_ != directory_end_ - directory_)
      fail_at(end, Status::corrupt, "directory size", "got ", directory_size_, " bytes from byte ", directory_,
              "; want them to end at byte ", directory_end_);
    if (count_ > directory_size_ / zip::kDirectoryEntryBytes)
      fail_at(end, Status::corrupt, "entries", "got ", count_, ", for which the directory has no room");
  }

  // The record that ends the archive; a comment of up to 64 KiB may follow it.
  size_t find_end() const {
    constexpr size_t kRecord = 22, kMaxComment = 65535;
    for (size_t comment = 0; comment <= kMaxComment && kRecord + comment <= size(); ++comment) {
      size_t at = size() - kRecord - comment;
      if (load<uint32_t>(at) == zip::kEnd && load<uint16_t>(at + 20) == comment) return at;
    }
    fail_at(size(), Status::corrupt, "end record", "is missing: the archive is cut short");
  }

  void read_end64(size_t end) {
    constexpr size_t kLocator = 20;
    if (end < kLocator || load<uint32_t>(end - kLocator) != zip::kLocator64) return;  // sizes that just look like zip64
    seek(end - kLocator + 8);
    auto at = number<uint64_t>("zip64 end offset");
    if (at > end - kLocator) fail("zip64 end offset", "got ", at);
    seek(static_cast<size_t>(at));
    if (number<uint32_t>("zip64 end record") != zip::kEnd64) fail("zip64 end record", "is not there");
    take(8 + 2 + 2 + 4 + 4 + 8, "zip64 end record");
    count_ = number<uint64_t>("entries");
    directory_size_ = number<uint64_t>("directory size");
    directory_ = number<uint64_t>("directory offset");
    directory_end_ = static_cast<size_t>(at);
  }

  std::vector<Entry> read_directory() {
    seek(static_cast<size_t>(directory_));
    std::vector<Entry> entries;
    std::unordered_set<std::string> names;
    for (uint64_t k = 0; k < count_; ++k) {
      Entry entry;
      if (number<uint32_t>("directory entry") != zip::kDirectoryEntry) fail("directory entry", "is not there");
      take(4, "versions");
      entry.flags = number<uint16_t>("flags");
      entry.method = number<uint16_t>("method");
      take(4, "time");
      entry.checksum = number<uint32_t>("checksum");
      entry.compressed = number<uint32_t>("compressed size");
      entry.size = number<uint32_t>("size");
      auto name_length = number<uint16_t>("name length"), extra_length = number<uint16_t>("extra length"),
           comment_length = number<uint16_t>("comment length");
      take(8, "attributes");
      entry.offset = number<uint32_t>("offset");
      entry.name = take(name_length, "name");
      if (entry.name.find('\0') != entry.name.npos) fail("name", "got ", quoted(entry.name), "; want no NUL");
      if (!names.insert(entry.name).second) fail("name", "got ", quoted(entry.name), " twice");
      read_extra(take(extra_length, "extra"), {&entry.size, &entry.compressed, &entry.offset});
      take(comment_length, "comment");
      if (entry.flags & zip::kEncrypted)
        fail_at(offset(), Status::unsupported, "flags", quoted(entry.name), " is encrypted");
      if (entry.method != zip::kStored && entry.method != zip::kDeflated)
        fail_at(offset(), Status::unsupported, "method", "got ", int{entry.method}, " for ", quoted(entry.name),
                "; want stored or deflated");
      entries.push_back(std::move(entry));
    }
    if (offset() != directory_end_)
      fail_at(offset(), Status::corrupt, "directory", "has ", directory_end_ - offset(), " bytes too many");
    return entries;
  }

  // Fields that hold the 32-bit maximum have their value in the zip64 extra field, in this order.
  void read_extra(std::string_view extra, const std::vector<uint64_t *> &fields) const {
    while (extra.size() >= 4) {
      uint16_t id, length;
      std::memcpy(&id, extra.data(), 2);
      std::memcpy(&length, extra.data() + 2, 2);
      std::string_view body = extra.substr(4, length);
      if (body.size() != length) fail("extra", "is cut short");
      if (id == zip::kExtra64)
        for (uint64_t *field : fields) {
          if (*field != zip::kLargeMax) continue;
          if (body.size() < 8) fail("extra", "want a 64-bit size");
          std::memcpy(field, body.data(), 8);
          body.remove_prefix(8);
        }
      extra.remove_prefix(4 + size_t{length});
    }
  }

  // The member's data, after its own header, which repeats what the directory says.
  std::string_view find_data(const Entry &entry) {
    if (entry.offset > directory_)
      fail_at(offset(), Status::corrupt, "offset", "got ", entry.offset, " for ", quoted(entry.name));
    seek(static_cast<size_t>(entry.offset));
    if (number<uint32_t>("member header") != zip::kMember)
      fail("member header", "is not there for ", quoted(entry.name));
    take(2, "version");
    auto flags = number<uint16_t>("flags"), method = number<uint16_t>("method");
    take(4, "time");
    auto checksum = number<uint32_t>("checksum");
    uint64_t compressed = number<uint32_t>("compressed size"), plain = number<uint32_t>("size");
    auto name_length = number<uint16_t>("name length"), extra_length = number<uint16_t>("extra length");
    if (take(name_length, "name") != entry.name) fail("name", "want ", quoted(entry.name), " as in the directory");
    read_extra(take(extra_length, "extra"), {&plain, &compressed});
    bool sizes_follow = flags & zip::kSizesFollow;
    if (method != entry.method || flags != entry.flags ||
        (!sizes_follow && (checksum != entry.checksum || compressed != entry.compressed || plain != entry.size)))
      fail("member header", "says otherwise than the directory about ", quoted(entry.name));
    return take(entry.compressed, "data");
  }

  void check_places(std::vector<std::pair<uint64_t, std::string_view>> places) const {
    std::sort(places.begin(), places.end());
    uint64_t end = 0;
    for (const auto &[begin, data] : places) {
      if (begin < end) fail_at(static_cast<size_t>(begin), Status::corrupt, "member", "overlaps another");
      end = static_cast<uint64_t>(data.data() - bytes().data()) + data.size();
    }
    if (end > directory_) fail_at(static_cast<size_t>(directory_), Status::corrupt, "directory", "overlaps a member");
  }

  void visit_member(const Entry &entry, std::string_view data,
                    const std::function<void(const std::string &, std::string_view)> &visit) {
    std::string what = cat(shown(source_), ": zip member ", quoted(entry.name));
    std::string inflated;
    if (entry.method == zip::kDeflated) {
      total_ += entry.size;
      if (entry.size > expansion_limit(data.size()) || total_ > expansion_limit(size()))
        throw Error(Status::limit, what, "expands to ", entry.size, " bytes; want at most ",
                    expansion_limit(data.size()));
      inflated = inflate_raw(data, entry.size, what);
      data = inflated;
    }
    if (data.size() != entry.size) throw Error(Status::corrupt, what, "got ", data.size(), " bytes; want ", entry.size);
    if (zip::checksum(0, data) != entry.checksum) throw Error(Status::corrupt, what, "the checksum does not match");
    visit(entry.name, data);
  }

  template <class T>
  T load(size_t at) const {
    T out;
    std::memcpy(&out, bytes().data() + at, sizeof out);
    return out;
  }

  std::string source_;
  uint64_t count_ = 0, directory_ = 0, directory_size_ = 0, total_ = 0;
  size_t directory_end_ = 0;
};

}  // namespace

bool is_zip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06"); }

void read_zip(std::string_view bytes, const std::string &source,
              const std::function<void(const std::string &, std::string_view)> &visit) {
  Reader(bytes, source).read(visit);
}

}  // namespace cermet
