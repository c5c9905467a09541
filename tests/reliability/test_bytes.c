/* SPDX-License-Identifier: Apache-2.0 */
/* Files from nowhere (rows 47 to 66 of catalogue.md): for every format each cut, each byte changed, and every place
 * taken for a length or count and set to what breaks readers. A reader loads the file or refuses it in order; it is
 * quick, and takes no memory that the file does not pay for. */
#define _DEFAULT_SOURCE /* clock_gettime, mkdtemp */
#include <sys/resource.h>
#include <time.h>

#include "../c_api/nets.h"

static cermet_status load_arrays(const char *path) {
  cermet_arrays *out = NULL;
  cermet_status status = cermet_arrays_load(path, &out);
  cermet_arrays_release(out);
  return status;
}
static cermet_status load_idx(const char *path) {
  cermet_ndarray *out = NULL;
  cermet_status status = cermet_read_idx(path, &out);
  cermet_ndarray_release(out);
  return status;
}
static cermet_status load_csv(const char *path) {
  cermet_ndarray *out = NULL;
  cermet_status status = cermet_read_csv(path, ',', 1, &out);
  cermet_ndarray_release(out);
  return status;
}
static cermet_status load_model(const char *path) {
  cermet_model *out = NULL;
  cermet_status status = cermet_model_load(path, 0, &out);
  cermet_model_release(out);
  return status;
}
static cermet_status load_states(const char *path) {
  static cermet_optimizer *adam;
  size_t size = 0;
  unsigned char *data = read_bytes(path, &size);
  if (!adam) OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "adam"), NULL, &adam));
  cermet_status status = cermet_optimizer_restore(adam, data, (int64_t)size);
  free(data);
  return status;
}

/* --- valid files --------------------------------------------------------- */
static void save_arrays(const char *path) {
  cermet_ndarray *arrays[2] = {floats(SHAPE(2, 2), VALUES(1, 2, 3, 4)), floats(SHAPE(3), VALUES(5, 6, 7))};
  OK(cermet_arrays_save(path, (const char *const[]){"first", "b"}, arrays, 2));
  cermet_ndarray_release(arrays[0]);
  cermet_ndarray_release(arrays[1]);
}
static void save_npy(const char *path) {
  static const char header[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n";
  const uint16_t length = sizeof header - 1;
  builder b = {.size = 0};
  put_bytes(&b, "\x93NUMPY\1", 8);
  put_bytes(&b, &length, 2);
  put_text(&b, header);
  put_u64(&b, 0);
  write_bytes(path, b.data, b.size);
}
static void save_idx(const char *path) {
  static const unsigned char bytes[] = {0, 0, 12, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8};
  write_bytes(path, bytes, sizeof bytes);
}
static void save_csv(const char *path) {
  static const char text[] = "a,b\n1,-2.5e3\n\"3\",NA\n";
  write_bytes(path, text, sizeof text - 1);
}
static void save_gzip(const char *path) {
  static const unsigned char gz[] = {31, 139, 8, 0, 0,  0,  0,  0,  2, 255, 51, 212,
                                     49, 226, 2, 0, 51, 66, 33, 85, 4, 0,   0,  0}; /* "1,2\n" */
  write_bytes(path, gz, sizeof gz);
}
static void save_model(const char *path) {
  cermet_symbol *symbol = small_net();
  cermet_specs *specs = data_spec(2, 2);
  cermet_model *model = NULL;
  OK(cermet_model_create(symbol, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  OK(cermet_model_save(model, path, 0));
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(symbol);
}
static void save_states(const char *path) {
  cermet_optimizer *adam = NULL;
  cermet_ndarray *weight = floats(SHAPE(2), VALUES(1, 2));
  cermet_bytes *bytes = NULL;
  const void *data = NULL;
  int64_t size = 0;
  OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "adam"), NULL, &adam));
  OK(cermet_optimizer_update(adam, (const char *const[]){"w"}, &weight, &weight, 1));
  OK(cermet_optimizer_to_bytes(adam, &bytes));
  OK(cermet_bytes_data(bytes, &data, &size));
  write_bytes(path, data, (size_t)size);
  cermet_bytes_release(bytes);
  cermet_ndarray_release(weight);
  cermet_optimizer_release(adam);
}

static const struct format {
  const char *name;
  void (*save)(const char *path);
  cermet_status (*load)(const char *path);
  size_t shortest; /* cuts of at least this length must be refused; others may be as valid as the whole */
} kFormats[] = {{"a.params", save_arrays, load_arrays, 0},
                {"a.npz", save_arrays, load_arrays, 0},
                {"a.safetensors", save_arrays, load_arrays, 0},
                {"a.npy", save_npy, load_arrays, 0},
                {"a.idx", save_idx, load_idx, 0},
                {"a.csv", save_csv, load_csv, SIZE_MAX},
                {"a.csv.gz", save_gzip, load_csv, 2},
                {"m.safetensors", save_model, load_model, 0},
                {"adam.states", save_states, load_states, 0}};
enum { kNumFormats = sizeof kFormats / sizeof *kFormats };

/* --- what is tried -------------------------------------------------------- */
static double seconds_used(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
static long peak_kilobytes(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Statuses that a file's content can earn. */
static int in_order(cermet_status status) {
  return status == CERMET_OK || status == CERMET_CORRUPT || status == CERMET_UNSUPPORTED || status == CERMET_LIMIT ||
         status == CERMET_INVALID_ARGUMENT || status == CERMET_NOT_FOUND || status == CERMET_SHAPE ||
         status == CERMET_DTYPE;
}

static void try_bytes(const struct format *format, const unsigned char *data, size_t size, size_t at) {
  const char *path = temp_path(format->name);
  write_bytes(path, data, size);
  double begin = seconds_used();
  cermet_status status = format->load(path);
  cr_assert(in_order(status), "%s, byte %zu: %s (%s)", format->name, at, cermet_status_name(status),
            cermet_error_last_message());
  cr_assert(seconds_used() - begin < 1, "%s, byte %zu: takes too long", format->name, at);
}

static void put(unsigned char *place, uint64_t value, size_t width) { memcpy(place, &value, width); }

/* Every place as a field of 2, 4 or 8 bytes. */
static void try_fields(const struct format *format, const unsigned char *data, size_t size) {
  const uint64_t values[] = {
      0, 1, size - 1, size + 1, 1u << 31, 0xFFFFFFFF, (uint64_t)1 << 60, (uint64_t)1 << 63, UINT64_MAX};
  unsigned char *copy = malloc(size);
  for (size_t width = 2; width <= 8; width *= 2)
    for (size_t at = 0; at + width <= size; ++at)
      for (size_t k = 0; k < sizeof values / sizeof *values; ++k) {
        if (width < 8 && values[k] >> (8 * width)) continue;
        memcpy(copy, data, size);
        put(copy + at, values[k], width);
        try_bytes(format, copy, size, at);
      }
  free(copy);
}

static void try_bits(const struct format *format, const unsigned char *data, size_t size) {
  unsigned char *copy = malloc(size);
  for (size_t at = 0; at < size; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      memcpy(copy, data, size);
      copy[at] ^= (unsigned char)(1 << bit);
      try_bytes(format, copy, size, at);
    }
  free(copy);
}

static void try_cuts(const struct format *format, const unsigned char *data, size_t size) {
  for (size_t length = 0; length < size; ++length) {
    try_bytes(format, data, length, length);
    if (length < format->shortest) continue;
    cermet_status status = format->load(temp_path(format->name));
    cr_assert(status != CERMET_OK, "%s, cut at %zu of %zu: was accepted", format->name, length, size);
  }
}

static void try_format(const struct format *format) {
  const char *path = temp_path(format->name);
  format->save(path);
  OK(format->load(path)); /* the valid twin */
  size_t size = 0;
  unsigned char *data = read_bytes(path, &size);
  cr_assert(size > 0);
  write_bytes(path, "\1\n\1\n\1\n", 6);
  cr_assert(format->load(path) == CERMET_CORRUPT, "%s: takes anything", format->name);
  int64_t before = bytes_in_use();
  long peak = peak_kilobytes();
  try_cuts(format, data, size);
  try_bits(format, data, size);
  try_fields(format, data, size);
  cr_assert(peak_kilobytes() - peak < 64 << 10, "%s: %ld KiB more", format->name, peak_kilobytes() - peak);
  cr_assert(bytes_in_use() == before || format->load == load_states, "%s: arrays are kept", format->name);
  write_bytes(path, data, size);
  OK(format->load(path));
  free(data);
}

#define FORMAT_TEST(name, index) \
  Test(bytes, name, .timeout = 240) { try_format(&kFormats[index]); }
FORMAT_TEST(params, 0)
FORMAT_TEST(npz, 1)
FORMAT_TEST(safetensors, 2)
FORMAT_TEST(npy, 3)
FORMAT_TEST(idx, 4)
FORMAT_TEST(csv, 5)
FORMAT_TEST(gzip, 6)
FORMAT_TEST(model, 7)
FORMAT_TEST(optimizer_states, 8)

/* --- single rows ------------------------------------------------------------ */
/* Row 49: counts that memory would be taken for before the file runs out. */
Test(bytes, a_count_takes_no_memory) {
  enum { kSize = 32 << 20 };
  unsigned char *data = calloc(1, kSize);
  put(data, 0x112, 8);
  put(data + 16, kSize / 4 - 6, 8); /* as many as could be if each took four bytes */
  long peak = peak_kilobytes();
  cr_assert(load_bytes(data, kSize) == CERMET_UNSUPPORTED);
  cr_assert(peak_kilobytes() - peak < (2 * kSize >> 10), "%ld KiB more", peak_kilobytes() - peak);
  free(data);
}

/* Row 53: a name with a NUL would be another name on the other side of the C ABI. */
Test(bytes, names_have_no_nul) {
  static const char header[] = "{\"a\\u0000b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
  builder b = {.size = 0};
  put_u64(&b, sizeof header - 1);
  put_text(&b, header);
  put_bytes(&b, "x", 1);
  REFUSES(CERMET_CORRUPT, "NUL", b.data, b.size);
}

/* Row 65: no name of a file is a format, a path in a message stays readable. */
Test(bytes, odd_names_of_files) {
  static char longest[5001];
  cermet_arrays *arrays = NULL;
  memset(longest, 'x', sizeof longest - 1);
  FAILS(CERMET_IO, "xxx...", cermet_arrays_load(longest, &arrays));
  FAILS(CERMET_IO, "\\xff", cermet_arrays_load("/tmp/\xff", &arrays));
  FAILS(CERMET_IO, "%s%n", cermet_arrays_load("/tmp/%s%n", &arrays));
}

/* Row 102: what a killed process left behind is in nobody's way, even if its process id comes again. */
Test(bytes, a_stale_temporary_file_is_in_nobodys_way) {
  char name[64];
  for (int k = 0; k < 3; ++k) {
    snprintf(name, sizeof name, ".a.params.%d.%d", (int)getpid(), k);
    write_bytes(temp_path(name), "stale", 5);
  }
  save_arrays(temp_path("a.params"));
  cr_assert(load_arrays(temp_path("a.params")) == CERMET_OK && files_beside(temp_path("a.params")) == 4);
}
