// SPDX-License-Identifier: Apache-2.0
// Numbers of the zip format.
#pragma once

#include <cstdint>
#include <string_view>

#include <zlib.h>

namespace cermet::zip {

// signatures
constexpr uint32_t kMember = 0x04034b50, kDirectoryEntry = 0x02014b50, kEnd = 0x06054b50, kEnd64 = 0x06064b50,
                   kLocator64 = 0x07064b50;
// flags
constexpr uint16_t kEncrypted = 1, kSizesFollow = 8, kUtf8 = 0x800;
// methods
constexpr uint16_t kStored = 0, kDeflated = 8;
constexpr uint16_t kExtra64 = 1;
// a field with its maximum stands elsewhere, in 64 bits
constexpr uint64_t kSmallMax = 0xffff, kLargeMax = 0xffffffff;
constexpr uint64_t kDirectoryEntryBytes = 46;

inline uint32_t checksum(uint32_t before, std::string_view bytes) {
  return static_cast<uint32_t>(crc32_z(before, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
}

}  // namespace cermet::zip
