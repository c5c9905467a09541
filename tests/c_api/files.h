/* SPDX-License-Identifier: Apache-2.0 */
/* Files for the tests: a folder of one's own, whole files read and written without the engine. */
#ifndef CERMET_TESTS_FILES_H
#define CERMET_TESTS_FILES_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* mkdtemp, mkfifo, usleep */
#endif

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* Path of `name` in a fresh folder of this process. */
static inline const char *temp_path(const char *name) {
  static char folder[] = "/tmp/cermet-test-XXXXXX", paths[8][256];
  static int made = 0, next = 0;
  if (!made) made = mkdtemp(folder) != NULL;
  cr_assert(made);
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static inline void write_bytes(const char *path, const void *data, size_t size) {
  FILE *file = fopen(path, "wb");
  cr_assert(file != NULL && fwrite(data, 1, size, file) == size);
  fclose(file);
}

/* The file's bytes, to be freed. */
static inline unsigned char *read_bytes(const char *path, size_t *out_size) {
  FILE *file = fopen(path, "rb");
  cr_assert(file != NULL, "no %s", path);
  fseek(file, 0, SEEK_END);
  *out_size = (size_t)ftell(file);
  rewind(file);
  unsigned char *data = malloc(*out_size + 1);
  cr_assert(fread(data, 1, *out_size, file) == *out_size);
  fclose(file);
  return data;
}

/* Number of files in the folder of `path`. */
static inline int files_beside(const char *path) {
  char folder[256];
  snprintf(folder, sizeof folder, "%s", path);
  *strrchr(folder, '/') = '\0';
  DIR *entries = opendir(folder);
  int count = 0;
  while (readdir(entries)) ++count;
  closedir(entries);
  return count - 2;
}

/* Builds binary files field by field, little-endian. */
typedef struct {
  unsigned char data[4096];
  size_t size;
} builder;

static inline void put_bytes(builder *b, const void *data, size_t size) {
  memcpy(b->data + b->size, data, size);
  b->size += size;
}
static inline void put_u32(builder *b, uint32_t value) { put_bytes(b, &value, sizeof value); }
static inline void put_u64(builder *b, uint64_t value) { put_bytes(b, &value, sizeof value); }
static inline void put_text(builder *b, const char *text) { put_bytes(b, text, strlen(text)); }

/* The status of loading these bytes as array file. */
static inline cermet_status load_bytes(const void *data, size_t size) {
  const char *path = temp_path("bytes");
  write_bytes(path, data, size);
  cermet_arrays *arrays = NULL;
  cermet_status status = cermet_arrays_load(path, &arrays);
  cr_assert((status == CERMET_OK) == (arrays != NULL));
  cermet_arrays_release(arrays);
  return status;
}

/* Loading is refused with this status and a message that contains `text`. */
#define REFUSES(wanted, text, data, size)                                                              \
  do {                                                                                                 \
    cermet_status got_ = load_bytes(data, size);                                                       \
    cr_assert(got_ == (wanted), "got %s (%s)", cermet_status_name(got_), cermet_error_last_message()); \
    cr_assert(strstr(cermet_error_last_message(), text) != NULL, "message \"%s\" lacks \"%s\"",        \
              cermet_error_last_message(), text);                                                      \
  } while (0)

/* Every shorter version of the bytes is corrupt; the whole loads. */
static inline void refuse_truncations(const unsigned char *data, size_t size) {
  cr_assert(load_bytes(data, size) == CERMET_OK, "%s", cermet_error_last_message());
  for (size_t length = 0; length < size; ++length) {
    cermet_status status = load_bytes(data, length);
    cr_assert(status == CERMET_CORRUPT, "cut at %zu: %s (%s)", length, cermet_status_name(status),
              cermet_error_last_message());
  }
}

/* Whatever single byte is changed: it loads, or it is refused in an orderly way. */
static inline void survive_edits(const unsigned char *data, size_t size) {
  static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  unsigned char *copy = malloc(size);
  for (size_t at = 0; at < size; ++at)
    for (size_t v = 0; v < sizeof values; ++v) {
      memcpy(copy, data, size);
      copy[at] = values[v];
      cermet_status status = load_bytes(copy, size);
      cr_assert(
          status == CERMET_OK || status == CERMET_CORRUPT || status == CERMET_UNSUPPORTED || status == CERMET_LIMIT,
          "byte %zu as %d: %s (%s)", at, values[v], cermet_status_name(status), cermet_error_last_message());
    }
  free(copy);
}

#endif
