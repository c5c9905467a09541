// SPDX-License-Identifier: Apache-2.0
// Whole files: reading one into memory, and replacing one so that a crash leaves the old or the new.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cermet {

// A path as messages show it.
std::string shown(const std::string &path);

// Contents of a regular file; io for what cannot be read, is a folder, or is a pipe or device (which might never end).
std::string read_file(const std::string &path);

// The same for large files, in memory whose beginning goes back to the system while the rest is still being read: so a
// file and the arrays that are made of it never stand in memory together.
class FileBytes {
 public:
  explicit FileBytes(const std::string &path);
  ~FileBytes();
  FileBytes(const FileBytes &) = delete;
  FileBytes &operator=(const FileBytes &) = delete;
  std::string_view view() const { return {data_, size_}; }
  // The first `count` bytes will not be read again.
  void drop(size_t count);

 private:
  char *data_ = nullptr;
  size_t size_ = 0, mapped_ = 0, dropped_ = 0;
};

// Writes the parts, one after the other, to a temporary file in the same folder, brings it to the disk, and renames it
// to `path`. On an error nothing is left behind and the old file is as it was.
void write_file(const std::string &path, const std::vector<std::string_view> &parts);

}  // namespace cermet
