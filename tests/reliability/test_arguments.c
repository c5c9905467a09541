/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments that brought down MXNet and TensorFlow, as a table: each must be refused with the status and a text that
 * names the fault, or work; at once, without more memory than the cap, and with the engine as good as before. The
 * number of a row is that of catalogue.md. A new row is one line. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <time.h>

#include "support.h"

typedef struct {
  int32_t ndim; /* -1: no more inputs */
  int64_t shape[5];
  double value; /* of all elements */
  cermet_dtype dtype;
} input;

#define NONE \
  { -1, {0}, 0, CERMET_FLOAT32 }
#define F32(value, ndim, ...) \
  { ndim, {__VA_ARGS__}, value, CERMET_FLOAT32 }
#define I64(value, ndim, ...) \
  { ndim, {__VA_ARGS__}, value, CERMET_INT64 }
#define INPUTS(...) \
  { __VA_ARGS__, NONE }

static const struct {
  int row;
  const char *op, *attrs[9];
  input inputs[4];
  cermet_status want;
  const char *text; /* in the message; for OK NULL */
} kCases[] = {
    {7, "broadcast_to", {"shape", "(4, 256, 256, 100, 100)"}, INPUTS(F32(1, 5, 1, 1, 1, 1, 1)), CERMET_LIMIT, "in use"},
    {8, "reshape", {"shape", "(-1, -1)"}, INPUTS(F32(1, 2, 10, 10)), CERMET_INVALID_ARGUMENT, "shape"},
    {8, "reshape", {"shape", "(-1, 3)"}, INPUTS(F32(1, 2, 10, 10)), CERMET_SHAPE, "(10, 10)"},
    {8, "reshape", {"shape", "(0, -1)"}, INPUTS(F32(1, 2, 10, 10)), CERMET_OK, NULL},
    {9, "take", {"mode", "wrap"}, INPUTS(F32(1, 1, 0), F32(0, 1, 2)), CERMET_SHAPE, "empty"},
    {9, "take", {"mode", "clip"}, INPUTS(F32(1, 1, 0), F32(0, 1, 2)), CERMET_SHAPE, "empty"},
    {9, "take", {"mode", "clip"}, INPUTS(F32(1, 1, 0), F32(0, 1, 0)), CERMET_OK, NULL},
    {10, "pick", {NULL}, INPUTS(F32(1, 2, 2, 3), F32(0, 1, 0)), CERMET_SHAPE, "index"},
    {10, "pick", {NULL}, INPUTS(F32(1, 2, 2, 0), F32(0, 1, 2)), CERMET_SHAPE, "empty"},
    {11, "leaky_relu", {NULL}, INPUTS(F32(1, 3, 0, 1, 1)), CERMET_OK, NULL},
    {11, "cast", {"dtype", "int32"}, INPUTS(F32(1, 2, 12, 0)), CERMET_OK, NULL},
    {13, "sgd_update", {"lr", "0.1"}, INPUTS(F32(1, 1, 1), F32(1, 1, 0)), CERMET_SHAPE, "grad"},
    {13, "signsgd_update", {"lr", "0.1"}, INPUTS(F32(1, 1, 1), F32(1, 1, 0)), CERMET_SHAPE, "grad"},
    {14, "take", {"mode", "raise"}, INPUTS(F32(1, 2, 10, 4), F32(10, 1, 2)), CERMET_INVALID_ARGUMENT, "10"},
    {14, "take", {"mode", "raise"}, INPUTS(F32(1, 2, 10, 4), F32(-11, 1, 2)), CERMET_INVALID_ARGUMENT, "-11"},
    {14,
     "take",
     {"mode", "raise"},
     INPUTS(F32(1, 2, 10, 4), F32(NAN, 1, 2)),
     CERMET_OK,
     NULL /* NaN is 0 as an integer */},
    {14, "gather_nd", {NULL}, INPUTS(F32(1, 2, 10, 4), I64(10, 2, 1, 3)), CERMET_INVALID_ARGUMENT, "10"},
    {14, "gather_nd", {NULL}, INPUTS(F32(1, 2, 10, 4), F32(NAN, 2, 1, 3)), CERMET_OK, NULL},
    {14, "scatter_nd", {"shape", "(3, 4)"}, INPUTS(F32(1, 2, 2, 4), I64(3, 2, 1, 2)), CERMET_INVALID_ARGUMENT, "3"},
    {15,
     "convolution",
     {"kernel", "(1, 1)", "num_filter", "2", "num_group", "0"},
     {NONE},
     CERMET_INVALID_ARGUMENT,
     "num_group: got 0; want 1"},
    {15, "convolution", {"kernel", "(0, 1)", "num_filter", "2"}, {NONE}, CERMET_INVALID_ARGUMENT, "kernel"},
    {15,
     "convolution",
     {"kernel", "(1, 1)", "num_filter", "2", "stride", "(0, 1)"},
     {NONE},
     CERMET_INVALID_ARGUMENT,
     "stride"},
    {15,
     "convolution",
     {"kernel", "(1, 1)", "num_filter", "2", "dilate", "(0, 1)"},
     {NONE},
     CERMET_INVALID_ARGUMENT,
     "dilate"},
    {15, "group_norm", {"num_groups", "0"}, {NONE}, CERMET_INVALID_ARGUMENT, "num_groups"},
    {16, "depth_to_space", {"block_size", "-2147483648"}, {NONE}, CERMET_INVALID_ARGUMENT, "block_size"},
    {17,
     "convolution",
     {"kernel", "(1, 1)", "num_filter", "1", "no_bias", "True"},
     INPUTS(F32(1, 4, 0, 0, 0, 0), F32(1, 4, 0, 0, 0, 0)),
     CERMET_SHAPE,
     "convolution"},
    {18,
     "convolution",
     {"kernel", "(2, 2)", "num_filter", "1", "no_bias", "True"},
     INPUTS(F32(1, 4, 1, 1, 4, 4), F32(1, 4, 1, 1, 3, 3)),
     CERMET_SHAPE,
     "weight"},
    {18,
     "convolution",
     {"kernel", "(2, 2)", "num_filter", "1"},
     INPUTS(F32(1, 4, 1, 1, 4, 4), F32(1, 4, 1, 1, 2, 2), F32(1, 0, 0)),
     CERMET_SHAPE,
     "bias"},
    {21, "arange", {"start", "1.1", "stop", "1e20"}, {NONE}, CERMET_INVALID_ARGUMENT, "stop: got 1e+20"},
    {21, "arange", {"start", "0", "stop", "3", "step", "0"}, {NONE}, CERMET_INVALID_ARGUMENT, "step"},
    {21, "arange", {"start", "nan", "stop", "3"}, {NONE}, CERMET_INVALID_ARGUMENT, "arange"},
    {22, "sum", {"axis", "2"}, INPUTS(F32(1, 2, 2, 3)), CERMET_INVALID_ARGUMENT, "want -2 to 1"},
    {22, "sum", {"axis", "-3"}, INPUTS(F32(1, 2, 2, 3)), CERMET_INVALID_ARGUMENT, "want -2 to 1"},
    {22, "sum", {"axis", "-2147483648"}, INPUTS(F32(1, 2, 2, 3)), CERMET_INVALID_ARGUMENT, "want -2 to 1"},
    {22, "sum", {"axis", "(0, 0)"}, INPUTS(F32(1, 2, 2, 3)), CERMET_INVALID_ARGUMENT, "twice"},
    {22, "transpose", {"axes", "(0, 0, 1)"}, INPUTS(F32(1, 3, 2, 3, 4)), CERMET_INVALID_ARGUMENT, "axes"},
    {22, "softmax", {"axis", "5"}, INPUTS(F32(1, 2, 2, 3)), CERMET_INVALID_ARGUMENT, "axis"},
    {23,
     "pad",
     {"mode", "constant", "pad_width", "(0, 0, 0, 0, -5, 0, 0, 0)"},
     {NONE},
     CERMET_INVALID_ARGUMENT,
     "pad_width"},
    {23,
     "pad",
     {"mode", "constant", "pad_width", "(0, 0, 0, 0, 4611686018427387904, 0, 0, 0)"},
     INPUTS(F32(1, 4, 1, 1, 2, 2)),
     CERMET_SHAPE,
     "overflow"},
    {23, "tile", {"reps", "(1099511627776,)"}, INPUTS(F32(1, 1, 2)), CERMET_LIMIT, "in use"},
    {23, "repeat", {"repeats", "-1"}, {NONE}, CERMET_INVALID_ARGUMENT, "repeats"},
    {23, "one_hot", {"depth", "1000000000000"}, INPUTS(F32(1, 1, 2)), CERMET_LIMIT, "in use"},
    {23, "topk", {"k", "5"}, INPUTS(F32(1, 1, 3)), CERMET_INVALID_ARGUMENT, "k: got 5"},
    {24, "dot", {NULL}, INPUTS(F32(1, 2, 2, 2), I64(1, 2, 2, 2)), CERMET_DTYPE, "float32"},
    {28, "sort", {NULL}, INPUTS(F32(NAN, 1, 100)), CERMET_OK, NULL},
    {28, "topk", {"k", "3"}, INPUTS(F32(NAN, 1, 100)), CERMET_OK, NULL},
    {32, "random_normal", {"scale", "-1", "shape", "(2,)"}, {NONE}, CERMET_INVALID_ARGUMENT, "scale"},
    {32, "random_poisson", {"lam", "1e30", "shape", "(2,)"}, {NONE}, CERMET_INVALID_ARGUMENT, "lam"},
};

static cermet_ndarray *make(const input *spec) {
  cermet_ndarray *exact = NULL, *out = NULL;
  int64_t size = 1;
  for (int k = 0; k < spec->ndim; ++k) size *= spec->shape[k];
  double *values = malloc((size_t)(size + 1) * sizeof *values);
  for (int64_t k = 0; k < size; ++k) values[k] = spec->value;
  OK(cermet_ndarray_from_data(values, size * 8, spec->shape, spec->ndim, CERMET_FLOAT64, &exact));
  OK(cermet_ndarray_create(spec->shape, spec->ndim, spec->dtype, CERMET_CPU, 0, &out));
  OK(cermet_ndarray_copy_to(exact, out));
  cermet_ndarray_release(exact);
  free(values);
  return out;
}

static cermet_status run_case(size_t number) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, kCases[number].op);
  cermet_attrs *attrs = NULL;
  OK(cermet_attrs_create(def, &attrs));
  cermet_status status = CERMET_OK;
  for (const char *const *text = kCases[number].attrs; *text && status == CERMET_OK; text += 2)
    status = cermet_attrs_set_text(attrs, text[0], text[1]);
  cermet_ndarray *inputs[3] = {NULL, NULL, NULL}, *outputs[2] = {NULL, NULL};
  int32_t num_inputs = 0, num_outputs = 1;
  for (const input *spec = kCases[number].inputs; spec->ndim >= 0; ++spec) inputs[num_inputs++] = make(spec);
  if (status == CERMET_OK) status = cermet_op_num_outputs(def, attrs, num_inputs, &num_outputs);
  if (status == CERMET_OK) status = cermet_op_invoke(def, attrs, inputs, num_inputs, NULL, NULL, outputs, num_outputs);
  if (status == CERMET_OK) status = cermet_ndarray_wait(outputs[0]);
  cr_assert((status == CERMET_OK) == (outputs[0] != NULL));
  for (int32_t k = 0; k < num_inputs; ++k) cermet_ndarray_release(inputs[k]);
  for (int32_t k = 0; k < 2; ++k) cermet_ndarray_release(outputs[k]);
  cermet_attrs_release(attrs);
  return status;
}

Test(arguments, are_refused_by_name_or_work) {
  cermet_ndarray *one = floats(SHAPE(2), VALUES(1, 2)), *two = NULL;
  int64_t before = bytes_in_use();
  OK(cermet_memory_set_cap(CERMET_CPU, 0, before + (1 << 20)));
  int failed = 0;
  for (size_t k = 0; k < sizeof kCases / sizeof *kCases; ++k) {
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    cermet_status status = run_case(k);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    const char *message = status == CERMET_OK ? "" : cermet_error_last_message();
    int fits = status == kCases[k].want && (status == CERMET_OK || strstr(message, kCases[k].text));
    if (!fits)
      fprintf(stderr, "row %d, %s %s: got %s (%s); want %s (%s)\n", kCases[k].row, kCases[k].op,
              kCases[k].attrs[0] ? kCases[k].attrs[1] : "", cermet_status_name(status), message,
              cermet_status_name(kCases[k].want), kCases[k].text ? kCases[k].text : "");
    failed += !fits;
    cr_assert(end.tv_sec - begin.tv_sec <= 1, "row %d: takes too long", kCases[k].row);
    cr_assert(bytes_in_use() == before, "row %d: keeps memory", kCases[k].row);
    two = call("add", NULL, NULL, one, one, NULL);
    expect_floats(two, VALUES(2, 4), 0);
    cermet_ndarray_release(two);
  }
  cr_assert(failed == 0, "%d cases", failed);
  cermet_ndarray_release(one);
}

/* Row 12: an output of the caller's that has another shape. */
Test(arguments, outputs_must_fit) {
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *scalar = NULL, *out = floats(SHAPE(1), VALUES(7));
  const float one = 1;
  OK(cermet_ndarray_from_data(&one, 4, NULL, 0, CERMET_FLOAT32, &scalar));
  FAILS(CERMET_SHAPE, "got (1,)",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "relu"), NULL, &x, 1, NULL, NULL, &out, 1));
  FAILS(CERMET_SHAPE, "got (1,)",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "relu"), NULL, &scalar, 1, NULL, NULL, &out, 1));
  expect_floats(out, VALUES(7), 0);
  cermet_ndarray *held[] = {x, scalar, out};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
}

/* Row 26: outputs that overlap inputs give what a copy would. */
Test(arguments, outputs_may_overlap_inputs) {
  const int64_t zero[1] = {0}, one[1] = {1}, three[1] = {3}, four[1] = {4};
  cermet_ndarray *a = floats(SHAPE(4), VALUES(1, 2, 3, 4)), *head = NULL, *tail = NULL;
  OK(cermet_ndarray_slice(a, zero, three, one, 1, &head));
  OK(cermet_ndarray_slice(a, one, four, one, 1, &tail));
  cermet_ndarray *pair[2] = {head, head}, *out = tail;
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "add"), NULL, pair, 2, NULL, NULL, &out, 1));
  expect_floats(a, VALUES(1, 2, 4, 6), 0);
  cermet_ndarray *m = floats(SHAPE(2, 2), VALUES(1, 2, 3, 4)), *square[2] = {m, m};
  out = m;
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "dot"), NULL, square, 2, NULL, NULL, &out, 1));
  expect_floats(m, VALUES(7, 10, 15, 22), 0);
  cermet_ndarray *held[] = {a, head, tail, m};
  for (int k = 0; k < 4; ++k) cermet_ndarray_release(held[k]);
}

/* Row 28: the order is defined with NaN among the keys, which come last. */
Test(arguments, nan_is_sorted_last) {
  cermet_ndarray *a = floats(SHAPE(5), VALUES(3, NAN, 1, NAN, 2)), *sorted = call("sort", NULL, NULL, a, NULL, NULL);
  float values[5];
  OK(cermet_ndarray_read(sorted, values, sizeof values));
  cr_assert(values[0] == 1 && values[1] == 2 && values[2] == 3 && isnan(values[3]) && isnan(values[4]));
  cermet_ndarray_release(a);
  cermet_ndarray_release(sorted);
}
