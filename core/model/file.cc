// SPDX-License-Identifier: Apache-2.0
#include "model/file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cermet {
namespace {

[[noreturn]] void fail(const std::string &path, const char *what, int code) {
  throw Error(Status::io, shown(path), "cannot ", what, ": ", std::generic_category().message(code));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor &&other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int get() const { return number_; }
  int close() {
    int result = number_ >= 0 ? ::close(number_) : 0;
    number_ = -1;
    return result;
  }

 private:
  int number_;
};

void write_all(int descriptor, std::string_view bytes, const std::string &path) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write", errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

// The file that a chain of links ends at, so that saving keeps the links.
std::string target_of(const std::string &path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  char resolved[PATH_MAX];
  if (!::realpath(path.c_str(), resolved)) fail(path, "follow the link", errno);
  return resolved;
}

// Removes the temporary file unless it was renamed.
struct Cleanup {
  std::string path;
  ~Cleanup() {
    if (!path.empty()) ::unlink(path.c_str());
  }
};

// A file for reading, and its size.
std::pair<Descriptor, size_t> open_regular(const std::string &path) {
  // not blocking: opening a pipe without a writer would wait for ever
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) fail(path, "open", errno);
  struct stat info;
  if (::fstat(file.get(), &info) != 0) fail(path, "inspect", errno);
  if (S_ISDIR(info.st_mode)) fail(path, "read", EISDIR);
  if (!S_ISREG(info.st_mode)) throw Error(Status::io, shown(path), "is a pipe or device; want a regular file");
  return {std::move(file), static_cast<size_t>(info.st_size)};
}

// Bytes read: fewer than `size` if somebody cut the file short meanwhile.
size_t read_all(int descriptor, char *out, size_t size, const std::string &path) {
  size_t filled = 0;
  while (filled < size) {
    ssize_t got = ::read(descriptor, out + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read", errno);
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  return filled;
}

}  // namespace

std::string shown(const std::string &path) { return printable(path, 500); }

std::string read_file(const std::string &path) {
  auto [file, size] = open_regular(path);
  std::string bytes(size, '\0');
  bytes.resize(read_all(file.get(), bytes.data(), size, path));
  return bytes;
}

FileBytes::FileBytes(const std::string &path) {
  auto [file, size] = open_regular(path);
  if (size == 0) return;
  void *memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw Error(Status::out_of_memory, shown(path), "the system gave no ", size, " bytes");
  data_ = static_cast<char *>(memory);
  mapped_ = size;
  try {
    size_ = read_all(file.get(), data_, size, path);
  } catch (...) {
    ::munmap(data_, mapped_);
    throw;
  }
}

FileBytes::~FileBytes() {
  if (data_) ::munmap(data_, mapped_);
}

void FileBytes::drop(size_t count) {
  static const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  size_t end = std::min(count, size_) / page * page;
  if (end <= dropped_) return;
  ::madvise(data_ + dropped_, end - dropped_, MADV_DONTNEED);
  dropped_ = end;
}

void write_file(const std::string &path, const std::vector<std::string_view> &parts) {
  static std::atomic<unsigned> counter{0};
  std::string target = target_of(path);
  struct stat info;
  if (::stat(target.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    throw Error(Status::io, shown(path), "is a folder, pipe or device; want a regular file or a new name");
  size_t slash = target.rfind('/');
  std::string folder = slash == target.npos ? "." : target.substr(0, slash + 1);
  std::string name = slash == target.npos ? target : target.substr(slash + 1);
  // The name is short, so that a long one does not become too long; the number tells savers of one process apart. A
  // file that a killed process left behind may have the same name, where process ids are few (containers).
  std::string temporary;
  int number = -1;
  do {
    temporary = cat(slash == target.npos ? "" : folder, ".", name.substr(0, 64), ".", ::getpid(), ".", counter++);
    number = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (number < 0 && errno == EEXIST);
  if (number < 0) fail(path, "create a temporary file beside it", errno);
  Descriptor file(number);
  Cleanup cleanup{std::move(temporary)};
  for (std::string_view part : parts) write_all(file.get(), part, path);
  if (::fsync(file.get()) != 0) fail(path, "bring it to the disk", errno);
  if (file.close() != 0) fail(path, "close", errno);
  if (::rename(cleanup.path.c_str(), target.c_str()) != 0) fail(path, "rename the temporary file", errno);
  cleanup.path.clear();
  Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // some file systems cannot sync folders; the data is safe all the same
  if (directory.get() >= 0 && ::fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    fail(path, "bring its folder to the disk", errno);
}

}  // namespace cermet
