/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays: creation, copies, views, memory of the caller's, counters, bad input. */
#include <pthread.h>

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

static void *release_array(void *array) {
  cermet_ndarray_release(array);
  return NULL;
}

Test(ndarray, a_long_chain_of_gradients_is_freed_on_a_small_stack) {
  cermet_ndarray *first = floats(SHAPE(1), VALUES(0)), *last = first;
  cermet_ndarray_retain(first);
  int64_t before = bytes_in_use();
  for (int k = 0; k < 20000; ++k) {
    cermet_ndarray *grad = NULL;
    OK(cermet_ndarray_attach_grad(last, CERMET_GRAD_WRITE));
    OK(cermet_ndarray_grad(last, &grad));
    cermet_ndarray_release(last);
    last = grad;
  }
  cermet_ndarray_release(last);
  pthread_attr_t attrs;
  pthread_t thread;
  pthread_attr_init(&attrs);
  cr_assert(pthread_attr_setstacksize(&attrs, 256 << 10) == 0);
  cr_assert(pthread_create(&thread, &attrs, release_array, first) == 0);
  pthread_join(thread, NULL);
  cr_assert(bytes_in_use() < before);
}

Test(ndarray, any_byte_but_0_is_true) {
  const uint8_t bytes[3] = {0, 1, 2};
  cermet_ndarray *arrays[2] = {NULL, NULL}, *out = NULL;
  OK(cermet_ndarray_from_data(bytes, 3, SHAPE(3), CERMET_BOOL, &arrays[0]));
  OK(cermet_ndarray_create(SHAPE(3), CERMET_BOOL, CERMET_CPU, 0, &arrays[1]));
  OK(cermet_ndarray_write(arrays[1], bytes, 3));
  for (int k = 0; k < 2; ++k) {
    uint8_t got[3];
    OK(cermet_ndarray_read(arrays[k], got, 3));
    cr_assert(got[0] == 0 && got[1] == 1 && got[2] == 1);
    OK(cermet_ndarray_create(SHAPE(3), CERMET_FLOAT32, CERMET_CPU, 0, &out));
    OK(cermet_ndarray_copy_to(arrays[k], out));
    expect_floats(out, VALUES(0, 1, 1), 0);
    cermet_ndarray_release(out);
    cermet_ndarray_release(arrays[k]);
  }
}

Test(ndarray, kept_memory_counts_against_the_cap) {
  int64_t in_use = 0, kept = 0, peak = 0, cap = 0;
  OK(cermet_memory_set_cap(CERMET_CPU, 0, 40 << 20));
  for (int64_t megabytes = 8; megabytes <= 32; megabytes += 4) { /* each of another size class */
    const int64_t size = megabytes << 18;
    cermet_ndarray *array = NULL;
    OK(cermet_ndarray_create(&size, 1, CERMET_FLOAT32, CERMET_CPU, 0, &array));
    cermet_ndarray_release(array);
    OK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
    cr_assert(in_use + kept <= cap, "in use %ld, kept %ld", (long)in_use, (long)kept);
  }
  cr_assert(kept > 0);
  OK(cermet_memory_set_cap(CERMET_CPU, 0, 1 << 20));
  OK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  cr_assert(in_use + kept <= cap);
}

/* As dmlc/dlpack 1.x lays it out. */
struct DLManagedTensorVersioned {
  uint32_t major, minor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensorVersioned *self);
  uint64_t flags;
  void *data;
  int32_t device_type, device_id, ndim;
  uint8_t code, bits;
  uint16_t lanes;
  int64_t *shape, *strides;
  uint64_t byte_offset;
};

Test(ndarray, dlpack_tensors_must_be_aligned) {
  float memory[4] = {0, 1, 2, 3};
  int64_t shape = 3;
  cermet_ndarray *array = NULL;
  struct DLManagedTensorVersioned tensor = {.major = 1,
                                            .data = memory,
                                            .device_type = 1,
                                            .ndim = 1,
                                            .code = 2,
                                            .bits = 32,
                                            .lanes = 1,
                                            .shape = &shape,
                                            .byte_offset = 1};
  FAILS(CERMET_INVALID_ARGUMENT, "not aligned to 4 bytes", cermet_ndarray_from_dlpack(&tensor, &array));
  tensor.byte_offset = 4;
  OK(cermet_ndarray_from_dlpack(&tensor, &array));
  expect_floats(array, VALUES(1, 2, 3), 0);
  cermet_ndarray_release(array);
}

Test(ndarray, bools_of_a_read_only_tensor_become_0_or_1) {
  uint8_t memory[3] = {0, 1, 2}, got[3];
  int64_t shape = 3;
  cermet_ndarray *array = NULL;
  struct DLManagedTensorVersioned tensor = {.major = 1,
                                            .flags = 1,
                                            .data = memory,
                                            .device_type = 1,
                                            .ndim = 1,
                                            .code = 6,
                                            .bits = 8,
                                            .lanes = 1,
                                            .shape = &shape};
  OK(cermet_ndarray_from_dlpack(&tensor, &array));
  OK(cermet_ndarray_read(array, got, 3));
  cr_assert(got[0] == 0 && got[1] == 1 && got[2] == 1);
  cermet_ndarray_release(array);
}
