// SPDX-License-Identifier: Apache-2.0
// Writing zip archives of stored members. Sizes are always in the zip64 fields, as NumPy does it: one form for all.
#include <memory>

#include "base/error.h"
#include "model/file.h"
#include "model/zip.h"
#include "model/zip_format.h"

namespace cermet {
namespace {

constexpr uint16_t kVersion = 45;            // the first with zip64
constexpr uint16_t kTime = 0, kDate = 0x21;  // 1 January 1980: no clock, so equal contents give equal files
constexpr uint16_t kSmall = 0xffff;
constexpr uint32_t kLarge = 0xffffffff;

template <class... Numbers>
void put(std::string &out, Numbers... numbers) {
  (out.append(reinterpret_cast<const char *>(&numbers), sizeof numbers), ...);
}

struct Placed {
  const ZipSource *source;
  uint64_t size = 0, offset = 0;
  uint32_t checksum = 0;
};

std::string member_header(const Placed &member) {
  std::string out;
  put(out, zip::kMember, kVersion, zip::kUtf8, zip::kStored, kTime, kDate, member.checksum, kLarge, kLarge);
  put(out, static_cast<uint16_t>(member.source->name.size()), uint16_t{20});
  out += member.source->name;
  put(out, zip::kExtra64, uint16_t{16}, member.size, member.size);
  return out;
}

std::string directory_entry(const Placed &member) {
  std::string out;
  put(out, zip::kDirectoryEntry, kVersion, kVersion, zip::kUtf8, zip::kStored, kTime, kDate, member.checksum, kLarge,
      kLarge);
  put(out, static_cast<uint16_t>(member.source->name.size()), uint16_t{28}, uint16_t{0}, uint16_t{0}, uint16_t{0},
      uint32_t{0}, kLarge);
  out += member.source->name;
  put(out, zip::kExtra64, uint16_t{24}, member.size, member.size, member.offset);
  return out;
}

std::string end_records(uint64_t count, uint64_t offset, uint64_t size) {
  constexpr uint64_t kRest = 44;  // of the zip64 end record, after this field
  std::string out;
  put(out, zip::kEnd64, kRest, kVersion, kVersion, uint32_t{0}, uint32_t{0}, count, count, size, offset);
  put(out, zip::kLocator64, uint32_t{0}, offset + size, uint32_t{1});
  put(out, zip::kEnd, uint16_t{0}, uint16_t{0}, kSmall, kSmall, kLarge, kLarge, uint16_t{0});
  return out;
}

}  // namespace

void write_zip(const std::string &path, const std::vector<ZipSource> &members) {
  std::vector<std::unique_ptr<std::string>> headers;
  std::vector<std::string_view> parts;
  std::string directory;
  uint64_t offset = 0;
  for (const ZipSource &source : members) {
    if (source.name.size() > 0xffff)
      throw Error(Status::invalid_argument, "names", "got a name of ", source.name.size(),
                  " bytes; want at most 65535");
    Placed member{.source = &source, .offset = offset};
    for (std::string_view part : source.parts) {
      member.size += part.size();
      member.checksum = zip::checksum(member.checksum, part);
    }
    headers.push_back(std::make_unique<std::string>(member_header(member)));
    parts.push_back(*headers.back());
    parts.insert(parts.end(), source.parts.begin(), source.parts.end());
    offset += headers.back()->size() + member.size;
    directory += directory_entry(member);
  }
  std::string end = end_records(members.size(), offset, directory.size());
  parts.push_back(directory);
  parts.push_back(end);
  write_file(path, parts);
}

}  // namespace cermet
