/* SPDX-License-Identifier: Apache-2.0 */
/* Array files: what is saved is loaded again, files of MXNet and NumPy are read, and bad ones are refused in order. */
#include "files.h"

static const char *const kSuffixes[] = {"params", "npz", "safetensors"};

/* A matrix, a scalar, an empty array and bytes. */
static void make_arrays(cermet_ndarray *out[4]) {
  const double scalar = 2.5;
  const uint8_t bytes[3] = {0, 128, 255};
  out[0] = floats(SHAPE(2, 3), VALUES(1, 2, 3, -4, NAN, INFINITY));
  OK(cermet_ndarray_from_data(&scalar, sizeof scalar, NULL, 0, CERMET_FLOAT64, &out[1]));
  OK(cermet_ndarray_create(SHAPE(2, 0), CERMET_INT32, CERMET_CPU, 0, &out[2]));
  OK(cermet_ndarray_from_data(bytes, sizeof bytes, SHAPE(3), CERMET_UINT8, &out[3]));
}

static const char *const kNames[4] = {"arg:w", "scalar", "caf\xc3\xa9", "../bytes"};

static void release_all(cermet_ndarray **arrays, int count) {
  for (int k = 0; k < count; ++k) cermet_ndarray_release(arrays[k]);
}

static void expect_same(const cermet_ndarray *got, const cermet_ndarray *want, const char *what) {
  const int64_t *a = NULL, *b = NULL;
  int32_t na = 0, nb = 0;
  cermet_dtype da, db;
  int64_t bytes = 0;
  OK(cermet_ndarray_shape(got, &a, &na));
  OK(cermet_ndarray_shape(want, &b, &nb));
  OK(cermet_ndarray_dtype(got, &da));
  OK(cermet_ndarray_dtype(want, &db));
  cr_assert(na == nb && da == db, "%s: rank %d of %s, want %d of %s", what, na, cermet_dtype_name(da), nb,
            cermet_dtype_name(db));
  for (int k = 0; k < na; ++k) cr_assert(a[k] == b[k], "%s: dimension %d", what, k);
  OK(cermet_ndarray_nbytes(want, &bytes));
  char *x = malloc((size_t)bytes + 1), *y = malloc((size_t)bytes + 1);
  OK(cermet_ndarray_read(got, x, bytes));
  OK(cermet_ndarray_read(want, y, bytes));
  cr_assert(memcmp(x, y, (size_t)bytes) == 0, "%s: values differ", what);
  free(x);
  free(y);
}

/* The array called `name`, a new reference; NULL if there is none. */
static cermet_ndarray *named(const cermet_arrays *arrays, const char *name) {
  int32_t size = 0;
  OK(cermet_arrays_size(arrays, &size));
  for (int32_t k = 0; k < size; ++k) {
    const char *got = NULL;
    cermet_ndarray *out = NULL;
    OK(cermet_arrays_name(arrays, k, &got));
    if (strcmp(got, name) != 0) continue;
    OK(cermet_arrays_get(arrays, k, &out));
    return out;
  }
  return NULL;
}

Test(files, every_format_gives_back_what_was_saved) {
  for (int f = 0; f < 3; ++f) {
    char name[32];
    snprintf(name, sizeof name, "a.%s", kSuffixes[f]);
    const char *path = temp_path(name);
    cermet_ndarray *arrays[4];
    cermet_arrays *loaded = NULL;
    make_arrays(arrays);
    OK(cermet_arrays_save(path, kNames, arrays, 4));
    OK(cermet_arrays_load(path, &loaded));
    int32_t size = 0;
    OK(cermet_arrays_size(loaded, &size));
    cr_assert(size == 4);
    for (int k = 0; k < 4; ++k) {
      cermet_ndarray *got = named(loaded, kNames[k]);
      cr_assert(got != NULL, "%s lacks %s", path, kNames[k]);
      expect_same(got, arrays[k], kNames[k]);
      cermet_ndarray_release(got);
    }
    size_t first = 0, second = 0;
    unsigned char *before = read_bytes(path, &first);
    OK(cermet_arrays_save(path, kNames, arrays, 4));
    unsigned char *after = read_bytes(path, &second);
    cr_assert(first == second && memcmp(before, after, first) == 0, "%s: not the same bytes twice", path);
    cr_assert(files_beside(path) == f + 1, "temporary files are left");
    free(before);
    free(after);
    cermet_arrays_release(loaded);
    release_all(arrays, 4);
  }
}

Test(files, views_are_saved_as_they_look) {
  cermet_ndarray *a = floats(SHAPE(2, 2), VALUES(1, 2, 3, 4)), *view = NULL, *got = NULL;
  cermet_arrays *loaded = NULL;
  OK(cermet_ndarray_transpose(a, NULL, 0, &view));
  OK(cermet_arrays_save(temp_path("v.npz"), kNames, &view, 1));
  OK(cermet_arrays_load(temp_path("v.npz"), &loaded));
  OK(cermet_arrays_get(loaded, 0, &got));
  expect_floats(got, VALUES(1, 3, 2, 4), 0);
  cermet_ndarray_release(got);
  cermet_arrays_release(loaded);
  cermet_ndarray_release(view);
  cermet_ndarray_release(a);
}

Test(files, mxnet_list_without_names) {
  cermet_ndarray *a = floats(SHAPE(1), VALUES(5));
  cermet_arrays *loaded = NULL;
  const char *name = NULL;
  OK(cermet_arrays_save(temp_path("n.nd"), NULL, &a, 1));
  OK(cermet_arrays_load(temp_path("n.nd"), &loaded));
  OK(cermet_arrays_name(loaded, 0, &name));
  cr_assert_str_eq(name, "");
  FAILS(CERMET_INVALID_ARGUMENT, "index", cermet_arrays_name(loaded, 1, &name));
  FAILS(CERMET_INVALID_ARGUMENT, "names", cermet_arrays_save(temp_path("n.npz"), NULL, &a, 1));
  cermet_arrays_release(loaded);
  cermet_ndarray_release(a);
}

Test(files, a_refused_save_leaves_the_old_file) {
  const char *path = temp_path("keep.npz");
  cermet_ndarray *a = floats(SHAPE(1), VALUES(5)), *pair[2] = {a, NULL};
  const char *twice[2] = {"x", "x"};
  OK(cermet_arrays_save(path, kNames, &a, 1));
  size_t size = 0, again = 0;
  unsigned char *before = read_bytes(path, &size);
  OK(cermet_ndarray_create(SHAPE(2), CERMET_BFLOAT16, CERMET_CPU, 0, &pair[1]));
  FAILS(CERMET_UNSUPPORTED, "bfloat16", cermet_arrays_save(path, kNames, pair, 2));
  FAILS(CERMET_INVALID_ARGUMENT, "twice", cermet_arrays_save(path, twice, pair, 2));
  FAILS(CERMET_IO, "No such file", cermet_arrays_save(temp_path("missing/x.npz"), kNames, &a, 1));
  FAILS(CERMET_IO, "/dev/full", cermet_arrays_save("/dev/full", kNames, &a, 1));
  unsigned char *after = read_bytes(path, &again);
  cr_assert(size == again && memcmp(before, after, size) == 0 && files_beside(path) == 1);
  free(before);
  free(after);
  release_all(pair, 2);
}

/* Saves arrays full of ones and of twos in turn until it is killed. */
static void save_for_ever(const char *path) {
  enum { kCount = 200000 };
  static float values[2][kCount];
  cermet_ndarray *arrays[2];
  for (int k = 0; k < 2; ++k) {
    for (int n = 0; n < kCount; ++n) values[k][n] = (float)(k + 1);
    OK(cermet_ndarray_from_data(values[k], sizeof values[k], (const int64_t[]){kCount}, 1, CERMET_FLOAT32, &arrays[k]));
  }
  for (int k = 0;; k = 1 - k) OK(cermet_arrays_save(path, kNames, &arrays[k], 1));
}

Test(files, a_killed_save_leaves_the_old_file_or_the_new, .timeout = 120) {
  const char *path = temp_path("killed.params");
  cermet_ndarray *first = floats(SHAPE(2), VALUES(1, 1));
  OK(cermet_arrays_save(path, kNames, &first, 1));
  for (int round = 0; round < 20; ++round) {
    pid_t child = fork();
    if (child == 0) save_for_ever(path);
    usleep((useconds_t)(1000 + 3000 * round));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cermet_arrays *loaded = NULL;
    cermet_ndarray *array = NULL;
    int64_t size = 0;
    OK(cermet_arrays_load(path, &loaded));
    OK(cermet_arrays_get(loaded, 0, &array));
    OK(cermet_ndarray_size(array, &size));
    float *values = malloc((size_t)size * sizeof *values);
    OK(cermet_ndarray_read(array, values, size * (int64_t)sizeof *values));
    cr_assert(size >= 2 && (values[0] == 1 || values[0] == 2));
    for (int64_t k = 0; k < size; ++k) cr_assert(values[k] == values[0], "two savings are mixed");
    free(values);
    cermet_ndarray_release(array);
    cermet_arrays_release(loaded);
  }
  cermet_ndarray_release(first);
}

Test(files, what_is_no_file_is_refused_without_waiting) {
  cermet_arrays *arrays = NULL;
  const char *fifo = temp_path("fifo");
  cr_assert(mkfifo(fifo, 0600) == 0);
  FAILS(CERMET_IO, "pipe", cermet_arrays_load(fifo, &arrays));
  FAILS(CERMET_IO, "pipe or device", cermet_arrays_load("/dev/zero", &arrays));
  FAILS(CERMET_IO, "directory", cermet_arrays_load("/tmp", &arrays));
  FAILS(CERMET_IO, "a\\n%s%n", cermet_arrays_load("/tmp/a\n%s%n", &arrays));
  cr_assert(load_bytes("", 0) == CERMET_CORRUPT);
  cr_assert(load_bytes("no arrays at all", 16) == CERMET_CORRUPT);
}

Test(files, cut_and_edited_files, .timeout = 240) {
  static const unsigned char deflated[] = {
      80,  75,  3,   4,   20,  0,   0,   0,   8,   0,   0,   0,   33,  0,   79,  233, 0,   42,  85,  0,  0,   0,
      152, 0,   0,   0,   5,   0,   20,  0,   97,  46,  110, 112, 121, 1,   0,   16,  0,   152, 0,   0,  0,   0,
      0,   0,   0,   85,  0,   0,   0,   0,   0,   0,   0,   155, 236, 23,  234, 27,  16,  201, 200, 80, 198, 80,
      173, 158, 146, 90,  156, 92,  164, 110, 165, 160, 110, 147, 102, 162, 174, 163, 160, 158, 150, 95, 84,  82,
      148, 152, 23,  159, 95,  148, 146, 10,  18,  119, 75,  204, 41,  78,  5,   138, 23,  103, 36,  22, 164, 2,
      249, 26,  70,  58,  10,  198, 154, 58,  10,  181, 10,  100, 3,   46,  6,   48,  104, 176, 7,   18, 14,  64,
      4,   196, 13,  64,  188, 192, 1,   0,   80,  75,  1,   2,   20,  3,   20,  0,   0,   0,   8,   0,  0,   0,
      33,  0,   79,  233, 0,   42,  85,  0,   0,   0,   152, 0,   0,   0,   5,   0,   0,   0,   0,   0,  0,   0,
      0,   0,   0,   0,   128, 1,   0,   0,   0,   0,   97,  46,  110, 112, 121, 80,  75,  5,   6,   0,  0,   0,
      0,   1,   0,   1,   0,   51,  0,   0,   0,   140, 0,   0,   0,   0,   0}; /* numpy.savez_compressed */
  refuse_truncations(deflated, sizeof deflated);
  survive_edits(deflated, sizeof deflated);
  cermet_ndarray *arrays[4];
  make_arrays(arrays);
  for (int f = 0; f < 3; ++f) {
    char name[32];
    snprintf(name, sizeof name, "cut.%s", kSuffixes[f]);
    const char *path = temp_path(name);
    OK(cermet_arrays_save(path, kNames, arrays, 2));
    size_t size = 0;
    unsigned char *data = read_bytes(path, &size);
    refuse_truncations(data, size);
    survive_edits(data, size);
    free(data);
  }
  release_all(arrays, 4);
}

/* One V2 float32 array (1, 2) called "arg:w": the bytes that MXNet 1.9 writes. Fields may be overridden. */
typedef struct {
  uint64_t magic, count, names, name_length;
  uint32_t record, storage, rank, device, dtype;
  int64_t dim;
} list_fields;

static const list_fields kGood = {0x112, 1, 1, 5, 0xF993FAC9, 0, 1, 1, 0, 2};

static builder make_list(list_fields f) {
  builder b = {.size = 0};
  const float values[2] = {1, 2};
  put_u64(&b, f.magic);
  put_u64(&b, 0);
  put_u64(&b, f.count);
  put_u32(&b, f.record);
  put_u32(&b, f.storage);
  put_u32(&b, f.rank);
  put_u64(&b, (uint64_t)f.dim);
  put_u32(&b, f.device);
  put_u32(&b, 7); /* device id: MXNet may have had more devices than this machine */
  put_u32(&b, f.dtype);
  put_bytes(&b, values, sizeof values);
  put_u64(&b, f.names);
  put_u64(&b, f.name_length);
  put_text(&b, "arg:w");
  return b;
}

#define LIST_REFUSES(status, text, ...)    \
  do {                                     \
    list_fields fields = kGood;            \
    __VA_ARGS__;                           \
    builder b = make_list(fields);         \
    REFUSES(status, text, b.data, b.size); \
  } while (0)

Test(files, mxnet_list_fields_are_checked) {
  builder good = make_list(kGood);
  cr_assert(load_bytes(good.data, good.size) == CERMET_OK, "%s", cermet_error_last_message());
  list_fields gpu = kGood;
  gpu.device = 2;
  builder from_gpu = make_list(gpu);
  cr_assert(load_bytes(from_gpu.data, from_gpu.size) == CERMET_OK);
  LIST_REFUSES(CERMET_CORRUPT, "room for", fields.count = (uint64_t)1 << 60);
  LIST_REFUSES(CERMET_CORRUPT, "byte 28, field storage type: got 9", fields.storage = 9);
  LIST_REFUSES(CERMET_UNSUPPORTED, "csr", fields.storage = 2);
  LIST_REFUSES(CERMET_CORRUPT, "field rank: got 4294967295", fields.rank = 0xFFFFFFFF);
  LIST_REFUSES(CERMET_CORRUPT, "dimension: got -1", fields.dim = -1);
  LIST_REFUSES(CERMET_CORRUPT, "which is no array's", fields.dim = (int64_t)1 << 62);
  LIST_REFUSES(CERMET_CORRUPT, "are missing", fields.dim = (int64_t)1 << 40);
  LIST_REFUSES(CERMET_CORRUPT, "field dtype: got 77", fields.dtype = 77);
  LIST_REFUSES(CERMET_UNSUPPORTED, "field dtype: got 10", fields.dtype = 10);
  LIST_REFUSES(CERMET_CORRUPT, "name count: got 3 for 1 arrays", fields.names = 3);
  LIST_REFUSES(CERMET_CORRUPT, "field name: want 9223372036854775808 bytes", fields.name_length = (uint64_t)1 << 63);
  LIST_REFUSES(CERMET_CORRUPT, "1 more bytes", fields.name_length = 4);
}

Test(files, mxnet_files_of_all_generations) {
  cermet_arrays *expected = NULL;
  OK(cermet_arrays_load(shared_path("reference/ndarray-files/expected.npz"), &expected));
  char folder[4096], path[8192], key[512];
  snprintf(folder, sizeof folder, "%s", shared_path("reference/ndarray-files/expected.npz"));
  *strrchr(folder, '/') = '\0';
  DIR *entries = opendir(folder);
  int checked = 0;
  for (struct dirent *entry; (entry = readdir(entries));) {
    const char *name = entry->d_name;
    if (!strstr(name, ".nd")) continue;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cermet_arrays *arrays = NULL;
    cermet_status status = cermet_arrays_load(path, &arrays);
    if (!strncmp(name, "bad_", 4)) {
      cr_assert(status == CERMET_CORRUPT || status == CERMET_UNSUPPORTED, "%s: %s", name, cermet_status_name(status));
    } else if (strstr(name, "sparse") || strstr(name, "csr") || strstr(name, "mixed")) {
      cr_assert(status == CERMET_UNSUPPORTED, "%s: %s", name, cermet_status_name(status));
    } else {
      cr_assert(status == CERMET_OK, "%s: %s", name, cermet_error_last_message());
      int32_t size = 0;
      OK(cermet_arrays_size(arrays, &size));
      for (int32_t k = 0; k < size; ++k, ++checked) {
        snprintf(key, sizeof key, "%s/%d", name, k);
        cermet_ndarray *got = NULL, *want = named(expected, key);
        OK(cermet_arrays_get(arrays, k, &got));
        cr_assert(want != NULL, "no %s", key);
        expect_same(got, want, key);
        cermet_ndarray_release(got);
        cermet_ndarray_release(want);
      }
    }
    cermet_arrays_release(arrays);
  }
  closedir(entries);
  cermet_arrays_release(expected);
  cr_assert(checked > 20, "only %d arrays", checked);
}

/* A .npy file with this header dictionary, in version `major`, before `size` bytes. */
static builder make_npy(int major, const char *header, const void *data, size_t size) {
  builder b = {.size = 0};
  put_bytes(&b, "\x93NUMPY", 6);
  const unsigned char version[2] = {(unsigned char)major, 0};
  put_bytes(&b, version, 2);
  uint32_t length = (uint32_t)strlen(header);
  put_bytes(&b, &length, major == 1 ? 2 : 4);
  put_text(&b, header);
  put_bytes(&b, data, size);
  return b;
}

static void expect_npy(int major, const char *header, const float *want, int32_t num_want, const void *data,
                       size_t size) {
  builder b = make_npy(major, header, data, size);
  write_bytes(temp_path("x.npy"), b.data, b.size);
  cermet_arrays *arrays = NULL;
  cermet_ndarray *array = NULL;
  OK(cermet_arrays_load(temp_path("x.npy"), &arrays));
  OK(cermet_arrays_get(arrays, 0, &array));
  expect_floats(array, want, num_want, 0);
  cermet_ndarray_release(array);
  cermet_arrays_release(arrays);
}

Test(files, npy_headers) {
  const float values[6] = {1, 2, 3, 4, 5, 6};
  const unsigned char big_endian[8] = {0x3f, 0x80, 0, 0, 0x40, 0, 0, 0};
  expect_npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", values, 6, values, sizeof values);
  expect_npy(2, "{'shape': (6,), 'fortran_order': False, 'descr': '<f4'}", values, 6, values, sizeof values);
  expect_npy(3, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", VALUES(1, 3, 5, 2, 4, 6), values,
             sizeof values);
  expect_npy(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (2L,), }", VALUES(1, 2), big_endian,
             sizeof big_endian);
  struct {
    cermet_status status;
    const char *text, *header;
  } cases[] = {
      {CERMET_UNSUPPORTED, "descr", "{'descr': '|O', 'fortran_order': False, 'shape': (6,), }"},
      {CERMET_UNSUPPORTED, "descr", "{'descr': '<u2', 'fortran_order': False, 'shape': (12,), }"},
      {CERMET_CORRUPT, "simple dtype", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }"},
      {CERMET_CORRUPT, "shape: want", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"},
      {CERMET_CORRUPT, "missing", "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }"},
      {CERMET_CORRUPT, "no array's", "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"},
      {CERMET_CORRUPT, "more bytes", "{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }"},
      {CERMET_CORRUPT, "twice", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,), }"},
      {CERMET_CORRUPT, "after the dictionary", "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), } x"},
      {CERMET_CORRUPT, "want a dictionary", ""},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
    builder b = make_npy(1, cases[k].header, values, sizeof values);
    REFUSES(cases[k].status, cases[k].text, b.data, b.size);
  }
  builder future = make_npy(4, "{}", values, 0);
  REFUSES(CERMET_UNSUPPORTED, "version", future.data, future.size);
}

Test(files, npz_that_would_fill_the_memory) {
  cermet_ndarray *a = floats(SHAPE(2), VALUES(1, 2));
  OK(cermet_arrays_save(temp_path("bomb.npz"), kNames, &a, 1));
  size_t size = 0;
  unsigned char *data = read_bytes(temp_path("bomb.npz"), &size);
  /* deflated, says the method in both headers; expands to 1 TiB, say both zip64 fields */
  const uint64_t plain = 136, huge = (uint64_t)1 << 40;
  size_t directory = 0;
  for (size_t at = 4; at + 4 < size; ++at)
    if (!memcmp(data + at, "PK\1\2", 4)) directory = at;
  data[8] = 8;
  data[directory + 10] = 8;
  int found = 0;
  for (size_t at = 0; at + 16 < size; ++at)
    if (!memcmp(data + at, &plain, 8) && !memcmp(data + at + 8, &plain, 8)) memcpy(data + at, &huge, 8), ++found;
  cr_assert(found == 2, "found %d size fields", found);
  REFUSES(CERMET_LIMIT, "expands to 1099511627776 bytes", data, size);
  data[directory + 10] = 99;
  REFUSES(CERMET_UNSUPPORTED, "method: got 99", data, size);
  free(data);
  cermet_ndarray_release(a);
}

static builder make_safetensors(uint64_t length, const char *header, size_t data_size) {
  builder b = {.size = 0};
  put_u64(&b, length ? length : strlen(header));
  put_text(&b, header);
  memset(b.data + b.size, 0, data_size);
  b.size += data_size;
  return b;
}

Test(files, safetensors_headers_are_checked) {
  builder good = make_safetensors(
      0, "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}   ", 8);
  cr_assert(load_bytes(good.data, good.size) == CERMET_OK, "%s", cermet_error_last_message());
  struct {
    cermet_status status;
    const char *text, *header;
  } cases[] = {
      {CERMET_CORRUPT, "no holes", "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}"},
      {CERMET_CORRUPT, "no holes",
       "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
       "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}"},
      {CERMET_CORRUPT, "got 8 to 0", "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8,0]}}"},
      {CERMET_CORRUPT, "want 12 bytes", "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}"},
      {CERMET_CORRUPT, "got 8 bytes; want 4", "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"},
      {CERMET_CORRUPT, "appears twice", "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},\"a\":{}}"},
      {CERMET_CORRUPT, "whole numbers", "{\"a\":{\"dtype\":\"U8\",\"shape\":[-8],\"data_offsets\":[0,8]}}"},
      {CERMET_CORRUPT, "no array's",
       "{\"a\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}"},
      {CERMET_CORRUPT, "dtype: got 'F99'", "{\"a\":{\"dtype\":\"F99\",\"shape\":[8],\"data_offsets\":[0,8]}}"},
      {CERMET_UNSUPPORTED, "dtype: got U16", "{\"a\":{\"dtype\":\"U16\",\"shape\":[4],\"data_offsets\":[0,8]}}"},
      {CERMET_CORRUPT, "shape is missing", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,8]}}"},
      {CERMET_CORRUPT, "want a string", "{\"__metadata__\":{\"k\":1}}"},
      {CERMET_CORRUPT, "line 1, column", "{\"a\":{\"dtype\"}"},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
    builder b = make_safetensors(0, cases[k].header, 8);
    REFUSES(cases[k].status, cases[k].text, b.data, b.size);
  }
  builder cut = make_safetensors(100, "{}", 8);
  REFUSES(CERMET_CORRUPT, "field header: want 100 bytes", cut.data, cut.size);
  builder huge = make_safetensors(100000001, "{}", 8);
  cr_assert(load_bytes(huge.data, huge.size) == CERMET_CORRUPT);
  builder absurd = make_safetensors((uint64_t)1 << 63, "{}", 8);
  cr_assert(load_bytes(absurd.data, absurd.size) == CERMET_CORRUPT);
}
