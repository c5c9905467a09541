/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays: creation, copies, views, memory of the caller's, counters, bad input. */
#include "support.h"

Test(ndarray, create_is_zero_and_knows_itself) {
  cermet_ndarray *a = NULL;
  OK(cermet_ndarray_create(SHAPE(2, 3), CERMET_INT64, CERMET_CPU, 0, &a));
  const int64_t *shape = NULL;
  int32_t ndim = 0, id = 9;
  cermet_dtype dtype;
  cermet_device device;
  int64_t size = 0, nbytes = 0, values[6] = {9, 9, 9, 9, 9, 9};
  OK(cermet_ndarray_shape(a, &shape, &ndim));
  OK(cermet_ndarray_dtype(a, &dtype));
  OK(cermet_ndarray_device(a, &device, &id));
  OK(cermet_ndarray_size(a, &size));
  OK(cermet_ndarray_nbytes(a, &nbytes));
  OK(cermet_ndarray_read(a, values, sizeof values));
  cr_assert(ndim == 2 && shape[0] == 2 && shape[1] == 3 && dtype == CERMET_INT64 && device == CERMET_CPU && id == 0);
  cr_assert(size == 6 && nbytes == 48);
  for (int k = 0; k < 6; ++k) cr_assert(values[k] == 0);
  cermet_ndarray_release(a);
}

Test(ndarray, scalars_and_empty_arrays) {
  cermet_ndarray *scalar = NULL, *empty = NULL;
  float value = 2.5f, back = 0;
  OK(cermet_ndarray_from_data(&value, sizeof value, NULL, 0, CERMET_FLOAT32, &scalar));
  OK(cermet_ndarray_read(scalar, &back, sizeof back));
  cr_assert(back == 2.5f);
  OK(cermet_ndarray_from_data(NULL, 0, SHAPE(0, 3), CERMET_FLOAT32, &empty));
  OK(cermet_ndarray_read(empty, NULL, 0));
  cermet_ndarray_release(scalar);
  cermet_ndarray_release(empty);
}

Test(ndarray, bad_shapes_name_the_dimension) {
  cermet_ndarray *a = NULL;
  int64_t many[33];
  for (int k = 0; k < 33; ++k) many[k] = 1;
  FAILS(CERMET_SHAPE, "dimension 0 is -1", cermet_ndarray_create(SHAPE(-1), CERMET_FLOAT32, CERMET_CPU, 0, &a));
  FAILS(CERMET_SHAPE, "element count overflows",
        cermet_ndarray_create(SHAPE(65536, 65536, 65536, 65536), CERMET_FLOAT32, CERMET_CPU, 0, &a));
  FAILS(CERMET_SHAPE, "byte size overflows",
        cermet_ndarray_create(SHAPE((int64_t)1 << 61), CERMET_FLOAT64, CERMET_CPU, 0, &a));
  FAILS(CERMET_SHAPE, "rank 33", cermet_ndarray_create(many, 33, CERMET_FLOAT32, CERMET_CPU, 0, &a));
  FAILS(CERMET_LIMIT, "in use", cermet_ndarray_create(SHAPE((int64_t)1 << 40), CERMET_FLOAT32, CERMET_CPU, 0, &a));
  FAILS(CERMET_INVALID_ARGUMENT, "ndim", cermet_ndarray_create(NULL, -1, CERMET_FLOAT32, CERMET_CPU, 0, &a));
  FAILS(CERMET_INVALID_ARGUMENT, "dtype", cermet_ndarray_create(SHAPE(1), (cermet_dtype)77, CERMET_CPU, 0, &a));
  FAILS(CERMET_INVALID_ARGUMENT, "device", cermet_ndarray_create(SHAPE(1), CERMET_FLOAT32, (cermet_device)5, 0, &a));
  FAILS(CERMET_UNSUPPORTED, "cuda:0", cermet_ndarray_create(SHAPE(1), CERMET_FLOAT32, CERMET_CUDA, 0, &a));
  cr_assert(a == NULL);
  OK(cermet_ndarray_create(SHAPE(2), CERMET_FLOAT32, CERMET_CPU, 0, &a));
  cermet_ndarray_release(a);
}

Test(ndarray, wrong_byte_counts_are_refused) {
  float values[4] = {1, 2, 3, 4};
  cermet_ndarray *a = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "got 12; want 16",
        cermet_ndarray_from_data(values, 12, SHAPE(2, 2), CERMET_FLOAT32, &a));
  OK(cermet_ndarray_from_data(values, 16, SHAPE(2, 2), CERMET_FLOAT32, &a));
  FAILS(CERMET_INVALID_ARGUMENT, "nbytes", cermet_ndarray_read(a, values, 4));
  FAILS(CERMET_INVALID_ARGUMENT, "nbytes", cermet_ndarray_write(a, values, 20));
  cermet_ndarray_release(a);
}

Test(ndarray, views_share_memory) {
  cermet_ndarray *a = floats(SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6)), *column = NULL, *turned = NULL, *flat = NULL;
  OK(cermet_ndarray_slice(a, (int64_t[]){0, 2}, (int64_t[]){2, 3}, (int64_t[]){1, 1}, 2, &column));
  expect_floats(column, VALUES(3, 6), 0);
  OK(cermet_ndarray_transpose(a, NULL, 0, &turned));
  expect_floats(turned, VALUES(1, 4, 2, 5, 3, 6), 0);
  OK(cermet_ndarray_reshape(a, SHAPE(3, -1), &flat));
  expect_floats(flat, VALUES(1, 2, 3, 4, 5, 6), 0);
  OK(cermet_ndarray_write(column, (float[]){30, 60}, 8));
  expect_floats(a, VALUES(1, 2, 30, 4, 5, 60), 0);
  cermet_ndarray_release(a);
  expect_floats(turned, VALUES(1, 4, 2, 5, 30, 60), 0);
  cermet_ndarray_release(column);
  cermet_ndarray_release(turned);
  cermet_ndarray_release(flat);
}

Test(ndarray, slices_follow_python) {
  cermet_ndarray *a = floats(SHAPE(5), VALUES(0, 1, 2, 3, 4)), *b = NULL;
  OK(cermet_ndarray_slice(a, (int64_t[]){-1}, (int64_t[]){-6}, (int64_t[]){-2}, 1, &b));
  expect_floats(b, VALUES(4, 2, 0), 0);
  cermet_ndarray_release(b);
  OK(cermet_ndarray_slice(a, (int64_t[]){3}, (int64_t[]){100}, (int64_t[]){1}, 1, &b));
  expect_floats(b, VALUES(3, 4), 0);
  cermet_ndarray_release(b);
  FAILS(CERMET_INVALID_ARGUMENT, "step",
        cermet_ndarray_slice(a, (int64_t[]){0}, (int64_t[]){1}, (int64_t[]){0}, 1, &b));
  cermet_ndarray_release(a);
}

Test(ndarray, bad_views_are_refused) {
  cermet_ndarray *a = floats(SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6)), *b = NULL, *turned = NULL;
  FAILS(CERMET_SHAPE, "at most one -1", cermet_ndarray_reshape(a, SHAPE(-1, -1), &b));
  FAILS(CERMET_SHAPE, "(4, ?)", cermet_ndarray_reshape(a, SHAPE(4, -1), &b));
  FAILS(CERMET_INVALID_ARGUMENT, "twice", cermet_ndarray_transpose(a, (int64_t[]){0, 0}, 2, &b));
  FAILS(CERMET_INVALID_ARGUMENT, "want -2 to 1", cermet_ndarray_transpose(a, (int64_t[]){0, 2}, 2, &b));
  OK(cermet_ndarray_transpose(a, NULL, 0, &turned));
  FAILS(CERMET_UNSUPPORTED, "strides", cermet_ndarray_reshape(turned, SHAPE(6), &b));
  void *data = NULL;
  FAILS(CERMET_UNSUPPORTED, "strides", cermet_ndarray_data(turned, &data));
  cermet_ndarray_release(a);
  cermet_ndarray_release(turned);
}

Test(ndarray, overlapping_copies_are_right) {
  cermet_ndarray *a = floats(SHAPE(5), VALUES(0, 1, 2, 3, 4)), *from = NULL, *to = NULL;
  OK(cermet_ndarray_slice(a, (int64_t[]){0}, (int64_t[]){4}, (int64_t[]){1}, 1, &from));
  OK(cermet_ndarray_slice(a, (int64_t[]){1}, (int64_t[]){5}, (int64_t[]){1}, 1, &to));
  OK(cermet_ndarray_copy_to(from, to));
  expect_floats(a, VALUES(0, 0, 1, 2, 3), 0);
  cermet_ndarray_release(a);
  cermet_ndarray_release(from);
  cermet_ndarray_release(to);
}

Test(ndarray, copies_convert_with_defined_results) {
  cermet_ndarray *a = floats(SHAPE(5), VALUES(NAN, INFINITY, -1e30f, 2.9f, -2.9f)), *b = NULL, *c = NULL;
  int32_t ints[5];
  uint8_t bools[5];
  OK(cermet_ndarray_create(SHAPE(5), CERMET_INT32, CERMET_CPU, 0, &b));
  OK(cermet_ndarray_copy_to(a, b));
  OK(cermet_ndarray_read(b, ints, sizeof ints));
  cr_assert(ints[0] == 0 && ints[1] == INT32_MAX && ints[2] == INT32_MIN && ints[3] == 2 && ints[4] == -2);
  OK(cermet_ndarray_create(SHAPE(5), CERMET_BOOL, CERMET_CPU, 0, &c));
  OK(cermet_ndarray_copy_to(a, c));
  OK(cermet_ndarray_read(c, bools, sizeof bools));
  for (int k = 0; k < 5; ++k) cr_assert(bools[k] == 1);
  cermet_ndarray_release(a);
  cermet_ndarray_release(b);
  cermet_ndarray_release(c);
}

/* Reference values: IEEE 754 binary16 and bfloat16, rounded to nearest even (NumPy float16; ml_dtypes bfloat16). */
Test(ndarray, half_precision_rounds_to_even) {
  cermet_ndarray *a = floats(SHAPE(6), VALUES(1.0f, 65504.0f, 65520.0f, 5.9604645e-8f, 1.00048828125f, -0.0f));
  cermet_ndarray *half = NULL, *brain = NULL;
  const uint16_t want_half[6] = {0x3c00, 0x7bff, 0x7c00, 0x0001, 0x3c00, 0x8000};
  const uint16_t want_brain[6] = {0x3f80, 0x4780, 0x4780, 0x3380, 0x3f80, 0x8000};
  uint16_t got[6];
  OK(cermet_ndarray_create(SHAPE(6), CERMET_FLOAT16, CERMET_CPU, 0, &half));
  OK(cermet_ndarray_create(SHAPE(6), CERMET_BFLOAT16, CERMET_CPU, 0, &brain));
  OK(cermet_ndarray_copy_to(a, half));
  OK(cermet_ndarray_read(half, got, sizeof got));
  for (int k = 0; k < 6; ++k) cr_assert(got[k] == want_half[k], "half %d: %04x", k, got[k]);
  OK(cermet_ndarray_copy_to(a, brain));
  OK(cermet_ndarray_read(brain, got, sizeof got));
  for (int k = 0; k < 6; ++k) cr_assert(got[k] == want_brain[k], "bfloat16 %d: %04x", k, got[k]);
  cermet_ndarray_release(a);
  cermet_ndarray_release(half);
  cermet_ndarray_release(brain);
}

static void count_free(void *payload) { ++*(int *)payload; }

Test(ndarray, memory_of_the_caller_is_given_back_once) {
  float values[4] = {1, 2, 3, 4};
  int freed = 0;
  cermet_ndarray *a = NULL, *view = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "nbytes",
        cermet_ndarray_from_memory(values, 8, SHAPE(4), CERMET_FLOAT32, count_free, &freed, &a));
  cr_assert(freed == 0);
  OK(cermet_ndarray_from_memory(values, 16, SHAPE(4), CERMET_FLOAT32, count_free, &freed, &a));
  OK(cermet_ndarray_reshape(a, SHAPE(2, 2), &view));
  cermet_ndarray_release(a);
  cr_assert(freed == 0);
  OK(cermet_ndarray_write(view, (float[]){5, 6, 7, 8}, 16));
  cr_assert(values[3] == 8);
  cermet_ndarray_release(view);
  cr_assert(freed == 1);
}

Test(ndarray, counters_are_exact_and_the_cap_holds) {
  int64_t before = bytes_in_use(), in_use, kept, peak, cap;
  cermet_ndarray *a = NULL, *b = NULL;
  OK(cermet_ndarray_create(SHAPE(1000), CERMET_FLOAT32, CERMET_CPU, 0, &a));
  cr_assert(bytes_in_use() == before + 4000);
  OK(cermet_memory_set_cap(CERMET_CPU, 0, before + 5000));
  FAILS(CERMET_LIMIT, "4000", cermet_ndarray_create(SHAPE(1000), CERMET_FLOAT32, CERMET_CPU, 0, &b));
  OK(cermet_memory_set_cap(CERMET_CPU, 0, 0));
  OK(cermet_ndarray_create(SHAPE(1000), CERMET_FLOAT32, CERMET_CPU, 0, &b));
  cermet_ndarray_release(a);
  cermet_ndarray_release(b);
  cr_assert(bytes_in_use() == before);
  OK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  cr_assert(peak >= before + 8000 && kept > 0 && cap == 0);
  OK(cermet_memory_trim(CERMET_CPU, 0));
  OK(cermet_memory_reset_peak(CERMET_CPU, 0));
  OK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  cr_assert(kept == 0 && peak == in_use);
}

static void expect_dense(const cermet_ndarray *array, int32_t want) {
  int32_t dense = -1;
  OK(cermet_ndarray_is_dense(array, &dense));
  cr_assert(dense == want, "dense: got %d, want %d", dense, want);
}

/* `array` under another shape is a view: it shows the same elements, and what is written into it is seen in `base`. */
static void expect_view(const cermet_ndarray *array, cermet_ndarray *base, const int64_t *shape, int32_t ndim,
                        const float *want, int32_t num_want) {
  cermet_ndarray *view = NULL, *copy = NULL;
  const int64_t *dims = NULL;
  float before[24], after[24];
  int32_t rank = 0, changed = 0;
  int64_t size = 0;
  OK(cermet_ndarray_reshape(array, shape, ndim, &view));
  OK(cermet_ndarray_shape(view, &dims, &rank));
  cr_assert(rank == ndim && (ndim == 0 || memcmp(dims, shape, sizeof(int64_t) * (size_t)ndim) == 0));
  expect_floats(view, want, num_want, 0);
  OK(cermet_ndarray_size(base, &size));
  OK(cermet_ndarray_copy(view, &copy));
  OK(cermet_ndarray_read(base, before, size * 4));
  cermet_ndarray *inputs[2] = {view, view};
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "add"), NULL, inputs, 2, NULL, NULL, &view, 1));
  OK(cermet_ndarray_read(base, after, size * 4));
  for (int64_t k = 0; k < size; ++k) changed += after[k] != before[k];
  cr_assert(changed == num_want, "%d elements of the base changed, want %d", changed, num_want);
  OK(cermet_ndarray_copy_to(copy, view));
  cermet_ndarray_release(copy);
  cermet_ndarray_release(view);
}

Test(ndarray, reshape_of_a_view_needs_no_copy_where_strides_allow) {
  float values[24];
  for (int k = 0; k < 24; ++k) values[k] = (float)(k + 1);
  cermet_ndarray *base = floats(SHAPE(2, 3, 4), values, 24), *view = NULL, *other = NULL;
  /* all rows, columns 1 and 3: strides 12, 4, 2 */
  OK(cermet_ndarray_slice(base, (int64_t[]){0, 0, 1}, (int64_t[]){2, 3, 4}, (int64_t[]){1, 1, 2}, 3, &view));
  expect_dense(base, 1);
  expect_dense(view, 0);
  const float want[] = {2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24};
  expect_view(view, base, SHAPE(2, 3, 2), want, 12);
  expect_view(view, base, SHAPE(1, 2, 1, 3, 2, 1), want, 12); /* axes of size 1 come and go */
  expect_view(view, base, SHAPE(6, 2), want, 12);             /* axes without a gap between them merge */
  expect_view(view, base, SHAPE(12), want, 12);
  expect_view(view, base, SHAPE(4, 3), want, 12); /* and are split anew */
  cermet_ndarray_release(view);
  /* one column: strides 12, 4, and 4 for an axis of size 1 */
  OK(cermet_ndarray_slice(base, (int64_t[]){0, 0, 2}, (int64_t[]){2, 3, 3}, (int64_t[]){1, 1, 1}, 3, &view));
  expect_view(view, base, SHAPE(2, 3), VALUES(3, 7, 11, 15, 19, 23));
  expect_view(view, base, SHAPE(3, 2), VALUES(3, 7, 11, 15, 19, 23));
  cermet_ndarray_release(view);
  /* backwards */
  OK(cermet_ndarray_slice(base, (int64_t[]){1}, (int64_t[]){-3}, (int64_t[]){-1}, 1, &view));
  const float reversed[] = {13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  expect_view(view, base, SHAPE(2, 2, 6), reversed, 24);
  FAILS(CERMET_UNSUPPORTED, "want a dense array", cermet_ndarray_reshape(view, SHAPE(24), &other));
  cermet_ndarray_release(view);
  /* rows 0 and 1 of each matrix: a gap between the matrices */
  OK(cermet_ndarray_slice(base, (int64_t[]){0, 0}, (int64_t[]){2, 2}, (int64_t[]){1, 1}, 2, &view));
  expect_view(view, base, SHAPE(2, 8), VALUES(1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 16, 17, 18, 19, 20));
  FAILS(CERMET_UNSUPPORTED, "want a dense array", cermet_ndarray_reshape(view, SHAPE(16), &other));
  FAILS(CERMET_UNSUPPORTED, "want a dense array", cermet_ndarray_reshape(view, SHAPE(4, 4), &other));
  FAILS(CERMET_SHAPE, "shape", cermet_ndarray_reshape(view, SHAPE(3, 5), &other));
  cermet_ndarray_release(view);
  /* transposed: no two axes merge */
  OK(cermet_ndarray_transpose(base, NULL, 0, &view));
  FAILS(CERMET_UNSUPPORTED, "want a dense array", cermet_ndarray_reshape(view, SHAPE(12, 2), &other));
  OK(cermet_ndarray_reshape(view, SHAPE(2, 2, 3, 2), &other));
  expect_dense(other, 0);
  cermet_ndarray_release(other);
  cermet_ndarray_release(view);
  /* nothing in it, a single element */
  OK(cermet_ndarray_slice(base, (int64_t[]){0, 1, 1}, (int64_t[]){2, 1, 4}, (int64_t[]){1, 1, 2}, 3, &view));
  OK(cermet_ndarray_reshape(view, SHAPE(0, 5), &other));
  expect_dense(other, 1);
  cermet_ndarray_release(other);
  cermet_ndarray_release(view);
  OK(cermet_ndarray_slice(base, (int64_t[]){1, 1, 1}, (int64_t[]){2, 2, 2}, (int64_t[]){1, 1, 1}, 3, &view));
  OK(cermet_ndarray_reshape(view, NULL, 0, &other));
  expect_floats(other, VALUES(18), 0);
  cermet_ndarray_release(other);
  cermet_ndarray_release(view);
  cermet_ndarray_release(base);
}
