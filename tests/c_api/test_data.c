/* SPDX-License-Identifier: Apache-2.0 */
/* Batches over arrays, IDX and CSV files. */
#include "files.h"

static cermet_ndarray *counting(int64_t rows, int64_t columns) {
  float values[64];
  for (int k = 0; k < 64; ++k) values[k] = (float)k;
  cermet_ndarray *out = NULL;
  OK(cermet_ndarray_from_data(values, rows * columns * 4, (const int64_t[]){rows, columns}, 2, CERMET_FLOAT32, &out));
  return out;
}

/* First values of the rows of all batches of a pass, and the batch sizes. */
static int run_pass(cermet_loader *loader, int32_t index, float *firsts, int64_t *sizes) {
  int count = 0, batches = 0;
  for (int32_t more = 1;;) {
    OK(cermet_loader_next(loader, &more));
    if (!more) break;
    cermet_ndarray *batch = NULL;
    const int64_t *shape = NULL;
    int32_t ndim = 0;
    float values[64];
    OK(cermet_loader_batch(loader, index, &batch));
    OK(cermet_ndarray_shape(batch, &shape, &ndim));
    OK(cermet_ndarray_read(batch, values, shape[0] * shape[1] * 4));
    for (int64_t row = 0; row < shape[0]; ++row) firsts[count++] = values[row * shape[1]];
    sizes[batches++] = shape[0];
    cermet_ndarray_release(batch);
  }
  return count;
}

Test(data, loader_keeps_or_discards_the_rest) {
  cermet_ndarray *x = counting(10, 2);
  for (int discard = 0; discard < 2; ++discard) {
    cermet_loader *loader = NULL;
    int64_t batches = 0, sizes[8];
    float firsts[16];
    OK(cermet_loader_create(&x, 1, 4, 0, (cermet_last_batch)discard, NULL, &loader));
    OK(cermet_loader_num_batches(loader, &batches));
    cr_assert(batches == (discard ? 2 : 3));
    for (int pass = 0; pass < 2; ++pass) {
      int count = run_pass(loader, 0, firsts, sizes);
      cr_assert(count == (discard ? 8 : 10) && sizes[0] == 4 && sizes[1] == 4 && (discard || sizes[2] == 2));
      for (int k = 0; k < count; ++k) cr_assert(firsts[k] == (float)(2 * k));
      OK(cermet_loader_reset(loader));
    }
    cermet_loader_release(loader);
  }
  cermet_ndarray_release(x);
}

Test(data, shuffling_keeps_rows_together_and_follows_the_seed) {
  cermet_ndarray *arrays[2] = {counting(10, 2), counting(10, 3)};
  float orders[2][2][16], other[16];
  int64_t sizes[8];
  for (int run = 0; run < 2; ++run) {
    cermet_rng *rng = NULL;
    cermet_loader *loader = NULL;
    OK(cermet_rng_create(7, &rng));
    OK(cermet_loader_create(arrays, 2, 4, 1, CERMET_LAST_KEEP, rng, &loader));
    cr_assert(run_pass(loader, 0, orders[run][0], sizes) == 10);
    OK(cermet_loader_reset(loader));
    cr_assert(run_pass(loader, 1, orders[run][1], sizes) == 10);
    cermet_loader_release(loader);
    cermet_rng_release(rng);
  }
  cr_assert(memcmp(orders[0][0], orders[1][0], 40) == 0 && memcmp(orders[0][1], orders[1][1], 40) == 0);
  int moved = 0, same_in_both_passes = 0;
  for (int k = 0; k < 10; ++k) {
    int seen = 0;
    for (int j = 0; j < 10; ++j) seen += orders[0][0][j] == (float)(2 * k);
    cr_assert(seen == 1, "row %d comes %d times", k, seen);
    moved += orders[0][0][k] != (float)(2 * k);
    same_in_both_passes += orders[0][0][k] / 2 == orders[0][1][k] / 3;
  }
  cr_assert(moved > 0 && same_in_both_passes < 10);
  /* both arrays of one pass come in the same order */
  cermet_rng *rng = NULL;
  cermet_loader *loader = NULL;
  OK(cermet_rng_create(7, &rng));
  OK(cermet_loader_create(arrays, 2, 10, 1, CERMET_LAST_KEEP, rng, &loader));
  cr_assert(run_pass(loader, 1, other, sizes) == 10);
  for (int k = 0; k < 10; ++k) cr_assert(other[k] / 3 == orders[0][0][k] / 2);
  cermet_loader_release(loader);
  cermet_rng_release(rng);
  cermet_ndarray_release(arrays[0]);
  cermet_ndarray_release(arrays[1]);
}

Test(data, a_batch_outlives_the_loader) {
  cermet_ndarray *x = counting(4, 1), *batch = NULL;
  cermet_loader *loader = NULL;
  int32_t more = 0;
  OK(cermet_loader_create(&x, 1, 2, 0, CERMET_LAST_KEEP, NULL, &loader));
  FAILS(CERMET_INVALID_ARGUMENT, "no current batch", cermet_loader_batch(loader, 0, &batch));
  OK(cermet_loader_next(loader, &more));
  FAILS(CERMET_INVALID_ARGUMENT, "index", cermet_loader_batch(loader, 1, &batch));
  OK(cermet_loader_batch(loader, 0, &batch));
  OK(cermet_loader_next(loader, &more));
  cermet_loader_release(loader);
  cermet_ndarray_release(x);
  expect_floats(batch, VALUES(0, 1), 0);
  cermet_ndarray_release(batch);
}

Test(data, loader_arguments) {
  cermet_ndarray *arrays[2] = {counting(4, 2), counting(5, 2)}, *scalar = NULL;
  cermet_loader *loader = NULL;
  const float one = 1;
  OK(cermet_ndarray_from_data(&one, 4, NULL, 0, CERMET_FLOAT32, &scalar));
  FAILS(CERMET_SHAPE, "want 4 rows", cermet_loader_create(arrays, 2, 2, 0, CERMET_LAST_KEEP, NULL, &loader));
  FAILS(CERMET_SHAPE, "scalar", cermet_loader_create(&scalar, 1, 2, 0, CERMET_LAST_KEEP, NULL, &loader));
  FAILS(CERMET_INVALID_ARGUMENT, "batch_size", cermet_loader_create(arrays, 1, 0, 0, CERMET_LAST_KEEP, NULL, &loader));
  FAILS(CERMET_INVALID_ARGUMENT, "arrays", cermet_loader_create(arrays, 0, 2, 0, CERMET_LAST_KEEP, NULL, &loader));
  OK(cermet_loader_create(arrays, 1, INT64_MAX, 0, CERMET_LAST_KEEP, NULL, &loader));
  int64_t batches = 0;
  OK(cermet_loader_num_batches(loader, &batches));
  cr_assert(batches == 1);
  cermet_loader_release(loader);
  cermet_ndarray_release(scalar);
  cermet_ndarray_release(arrays[0]);
  cermet_ndarray_release(arrays[1]);
}

static cermet_status read_idx_bytes(const unsigned char *data, size_t size, cermet_ndarray **out) {
  write_bytes(temp_path("x.idx"), data, size);
  return cermet_read_idx(temp_path("x.idx"), out);
}

Test(data, idx_files) {
  static const unsigned char bytes[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9};
  static const unsigned char ints[] = {0, 0, 12, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe};
  static const unsigned char many[] = {0, 0, 8, 1, 0x7f, 0xff, 0xff, 0xff, 1, 2};
  static const unsigned char magic[] = {1, 0, 8, 1, 0, 0, 0, 0};
  static const unsigned char dtype[] = {0, 0, 7, 1, 0, 0, 0, 0};
  cermet_ndarray *a = NULL;
  OK(read_idx_bytes(bytes, sizeof bytes, &a));
  uint8_t values[2];
  OK(cermet_ndarray_read(a, values, 2));
  cr_assert(values[0] == 7 && values[1] == 9);
  cermet_ndarray_release(a);
  int32_t number = 0;
  OK(read_idx_bytes(ints, sizeof ints, &a));
  OK(cermet_ndarray_read(a, &number, 4));
  cr_assert(number == -2);
  cermet_ndarray_release(a);
  for (size_t length = 0; length < sizeof bytes; ++length)
    FAILS(CERMET_CORRUPT, "x.idx: idx at byte", read_idx_bytes(bytes, length, &a));
  FAILS(CERMET_CORRUPT, "want 2147483647 bytes", read_idx_bytes(many, sizeof many, &a));
  FAILS(CERMET_CORRUPT, "magic", read_idx_bytes(magic, sizeof magic, &a));
  FAILS(CERMET_CORRUPT, "dtype: got 7", read_idx_bytes(dtype, sizeof dtype, &a));
}

static cermet_status read_text(const char *text, char delimiter, int32_t skip, cermet_ndarray **out) {
  write_bytes(temp_path("x.csv"), text, strlen(text));
  return cermet_read_csv(temp_path("x.csv"), delimiter, skip, out);
}

Test(data, csv_files) {
  cermet_ndarray *a = NULL;
  OK(read_text("a;b\r\n1;-2.5\r\n +3e2 ;\"4\"\r\n\r\n", ';', 1, &a));
  expect_floats(a, VALUES(1, -2.5f, 300, 4), 0);
  cermet_ndarray_release(a);
  float values[3];
  OK(read_text("NA,,1", ',', 0, &a));
  OK(cermet_ndarray_read(a, values, sizeof values));
  cr_assert(isnan(values[0]) && isnan(values[1]) && values[2] == 1);
  cermet_ndarray_release(a);
  OK(read_text("header only\n", ',', 1, &a));
  cermet_ndarray_release(a);
  FAILS(CERMET_CORRUPT, "line 2: got 1 columns; want 2", read_text("1,2\n3\n", ',', 0, &a));
  FAILS(CERMET_CORRUPT, "line 2, column 2: got 'x'", read_text("1,2\n3,x\n", ',', 0, &a));
  FAILS(CERMET_CORRUPT, "line 1, column 1: got '0x1'", read_text("0x1\n", ',', 0, &a));
  FAILS(CERMET_INVALID_ARGUMENT, "delimiter", read_text("1", '.', 0, &a));
  FAILS(CERMET_INVALID_ARGUMENT, "skip_rows", read_text("1", ',', -1, &a));
  FAILS(CERMET_IO, "No such file", cermet_read_csv(temp_path("none.csv"), ',', 0, &a));
}

Test(data, gzip_files) {
  static const unsigned char gz[] = {31, 139, 8, 0, 0,  0,  0,  0,  2, 255, 51, 212,
                                     49, 226, 2, 0, 51, 66, 33, 85, 4, 0,   0,  0}; /* "1,2\n" */
  cermet_ndarray *a = NULL;
  write_bytes(temp_path("x.csv.gz"), gz, sizeof gz);
  OK(cermet_read_csv(temp_path("x.csv.gz"), ',', 0, &a));
  expect_floats(a, VALUES(1, 2), 0);
  cermet_ndarray_release(a);
}

Test(data, a_real_gzip_file_whole_cut_and_damaged) {
  const char *path = shared_path("data/digits/digits.csv.gz");
  cermet_ndarray *a = NULL;
  const int64_t *shape = NULL;
  int32_t ndim = 0;
  OK(cermet_read_csv(path, ',', 0, &a));
  OK(cermet_ndarray_shape(a, &shape, &ndim));
  cr_assert(ndim == 2 && shape[0] == 1797 && shape[1] == 65);
  cermet_ndarray_release(a);
  size_t size = 0;
  unsigned char *data = read_bytes(path, &size);
  write_bytes(temp_path("cut.csv.gz"), data, size / 2);
  FAILS(CERMET_CORRUPT, "cut short", cermet_read_csv(temp_path("cut.csv.gz"), ',', 0, &a));
  data[size / 2] ^= 0x55;
  write_bytes(temp_path("bad.csv.gz"), data, size);
  cr_assert(cermet_read_csv(temp_path("bad.csv.gz"), ',', 0, &a) == CERMET_CORRUPT);
  free(data);
}
