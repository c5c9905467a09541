/* SPDX-License-Identifier: Apache-2.0 */
/* A power cut while saving leaves the old file or the new: what the library asks of the system, and in which order. */
#define _GNU_SOURCE /* RTLD_NEXT, mkdtemp, strdup */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>

#include "nets.h"

/* What happened since the last `forget`, a letter each: C a file was created, w written, s brought to the disk, r
 * renamed; D a folder was brought to the disk. */
static char events[256], created[4096], renamed_from[4096], renamed_to[4096];

static void forget(void) { events[0] = created[0] = renamed_from[0] = renamed_to[0] = '\0'; }

static void happened(char event) {
  size_t length = strlen(events);
  if (length > 0 && events[length - 1] == event) return; /* many writes are one */
  cr_assert(length + 1 < sizeof events);
  events[length] = event;
  events[length + 1] = '\0';
}

/* ---- Stand before the system's: the library finds these. */
#define BEFORE(result, name, ...)     \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result(*)(__VA_ARGS__))(intptr_t)dlsym(RTLD_NEXT, name)

__attribute__((visibility("default"))) int open(const char *path, int flags, ...) {
  BEFORE(int, "open", const char *, int, ...);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? (mode_t)va_arg(rest, int) : 0;
  va_end(rest);
  if (flags & O_CREAT) {
    happened('C');
    snprintf(created, sizeof created, "%s", path);
  }
  return real(path, flags, mode);
}

__attribute__((visibility("default"))) ssize_t write(int file, const void *data, size_t size) {
  BEFORE(ssize_t, "write", int, const void *, size_t);
  struct stat info;
  if (file > 2 && fstat(file, &info) == 0 && S_ISREG(info.st_mode)) happened('w');
  return real(file, data, size);
}

__attribute__((visibility("default"))) int fsync(int file) {
  BEFORE(int, "fsync", int);
  struct stat info;
  happened(fstat(file, &info) == 0 && S_ISDIR(info.st_mode) ? 'D' : 's');
  return real(file);
}

__attribute__((visibility("default"))) int rename(const char *from, const char *to) {
  BEFORE(int, "rename", const char *, const char *);
  happened('r');
  snprintf(renamed_from, sizeof renamed_from, "%s", from);
  snprintf(renamed_to, sizeof renamed_to, "%s", to);
  return real(from, to);
}

/* `files` times: a temporary file beside the target is written, brought to the disk, and takes its place; then its
 * folder is brought to the disk. */
static void expect_safe(const char *target, int files) {
  char want[64] = "";
  for (int k = 0; k < files; ++k) strcat(want, "CwsrD");
  cr_assert_str_eq(events, want);
  cr_assert_str_eq(renamed_to, target);
  cr_assert_str_eq(renamed_from, created);
  size_t folder = (size_t)(strrchr(target, '/') - target) + 1;
  cr_assert(strncmp(created, target, folder) == 0 && !strchr(created + folder, '/'), "%s: not beside %s", created,
            target);
  cr_assert(strcmp(created, target) != 0);
  forget();
}

Test(saving, arrays) {
  cermet_ndarray *array = floats(SHAPE(2), VALUES(1, 2));
  static const char *const files[] = {"a.npz", "a.params", "a.safetensors"}, *const names[] = {"a"};
  for (size_t k = 0; k < sizeof files / sizeof *files; ++k) {
    const char *path = temp_path(files[k]);
    for (int again = 0; again < 2; ++again) {
      forget();
      OK(cermet_arrays_save(path, names, &array, 1));
      expect_safe(path, 1);
    }
  }
  cermet_ndarray_release(array);
}

Test(saving, models) {
  cermet_symbol *net = small_net();
  cermet_specs *specs = data_spec(2, 2);
  cermet_model *model = NULL;
  OK(cermet_model_create(net, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  forget();
  OK(cermet_model_save(model, temp_path("m.safetensors"), 0));
  expect_safe(temp_path("m.safetensors"), 1);
  OK(cermet_model_save(model, temp_path("m"), 3));
  expect_safe(temp_path("m-0003.params"), 2);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}
