/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions and attributes: finding, listing, describing, setting with and without fault. */
#include "nets.h"

static cermet_attrs *attrs_of(const char *op) {
  cermet_attrs *attrs = NULL;
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, op), &attrs));
  return attrs;
}

Test(def, names_and_aliases_find_the_same) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, "FullyConnected");
  const char *name = NULL, *summary = NULL;
  cr_assert(def == find(CERMET_KIND_OPERATOR, "fully_connected"));
  OK(cermet_def_name(def, &name));
  OK(cermet_def_summary(def, &summary));
  cr_assert(strcmp(name, "fully_connected") == 0 && strlen(summary) > 10);
}

Test(def, every_kind_lists_sorted_names_that_are_found) {
  for (cermet_kind kind = CERMET_KIND_OPERATOR; kind <= CERMET_KIND_SCHEDULE; ++kind) {
    cermet_strings *names = NULL;
    int32_t size = 0;
    const char *before = "", *name = NULL;
    OK(cermet_def_list(kind, &names));
    OK(cermet_strings_size(names, &size));
    cr_assert(size >= 5, "kind %d has %d", (int)kind, size);
    for (int32_t k = 0; k < size; ++k, before = name) {
      OK(cermet_strings_get(names, k, &name));
      cr_assert(strcmp(before, name) < 0);
      find(kind, name);
    }
    FAILS(CERMET_INVALID_ARGUMENT, "index", cermet_strings_get(names, size, &name));
    cermet_strings_release(names);
  }
  cermet_strings *names = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "kind", cermet_def_list((cermet_kind)6, &names));
}

Test(def, description_is_json_with_the_parts) {
  cermet_bytes *json = NULL;
  const char *text = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  OK(cermet_def_describe(find(CERMET_KIND_OPERATOR, "fully_connected"), &json));
  OK(cermet_bytes_text(json, &text));
  OK(cermet_bytes_data(json, &data, &nbytes));
  cr_assert((int64_t)strlen(text) == nbytes && data == text);
  for (const char *const *part = (const char *const[]){"\"name\":\"fully_connected\"", "\"FullyConnected\"",
                                                       "\"role\":\"parameter\"", "\"num_hidden\"", "\"samples\"", NULL};
       *part; ++part)
    cr_assert(strstr(text, *part), "no %s in %s", *part, text);
  cermet_bytes_release(json);
}

Test(attrs, setters_check_names_types_and_ranges) {
  cermet_attrs *attrs = attrs_of("convolution");
  OK(cermet_attrs_set_int(attrs, "num_filter", 8));
  OK(cermet_attrs_set_ints(attrs, "kernel", (int64_t[]){3, 3}, 2));
  OK(cermet_attrs_set_bool(attrs, "no_bias", 1));
  FAILS(CERMET_NOT_FOUND, "did you mean 'num_filter'", cermet_attrs_set_int(attrs, "num_filters", 8));
  FAILS(CERMET_INVALID_ARGUMENT, "convolution: num_filter: got 0; want 1 to",
        cermet_attrs_set_int(attrs, "num_filter", 0));
  FAILS(CERMET_INVALID_ARGUMENT, "kernel", cermet_attrs_set_ints(attrs, "kernel", (int64_t[]){3, 0}, 2));
  FAILS(CERMET_INVALID_ARGUMENT, "num_filter: got '8.5'; want an integer",
        cermet_attrs_set_float(attrs, "num_filter", 8.5));
  FAILS(CERMET_INVALID_ARGUMENT, "got 2; want 0 or 1", cermet_attrs_set_bool(attrs, "no_bias", 2));
  FAILS(CERMET_INVALID_ARGUMENT, "num_filter", cermet_attrs_set_none(attrs, "num_filter"));
  FAILS(CERMET_INVALID_ARGUMENT, "num_filter", cermet_attrs_set_string(attrs, "num_filter", "many"));
  cermet_attrs_release(attrs);
}

Test(attrs, choices_and_dtypes_list_what_they_want) {
  cermet_attrs *activation = attrs_of("activation"), *cast = attrs_of("cast");
  OK(cermet_attrs_set_string(activation, "act_type", "tanh"));
  FAILS(CERMET_INVALID_ARGUMENT, "got 'rleu'; want one of relu",
        cermet_attrs_set_string(activation, "act_type", "rleu"));
  OK(cermet_attrs_set_string(cast, "dtype", "float16"));
  FAILS(CERMET_INVALID_ARGUMENT, "cast: dtype: got 'float'; want one of float32",
        cermet_attrs_set_string(cast, "dtype", "float"));
  cermet_attrs_release(activation);
  cermet_attrs_release(cast);
}

Test(attrs, text_is_read_as_mxnet_writes_it) {
  cermet_attrs *attrs = attrs_of("convolution"), *sum = attrs_of("sum");
  const char *good[] = {"(3, 3)", "[3,3]", " ( 3 , 3 , ) ", "(3L, 3L)"};
  for (int k = 0; k < 4; ++k) OK(cermet_attrs_set_text(attrs, "kernel", good[k]));
  const char *bad[] = {"(3,", "3)", "(a, b)", "(3 3)", "", "((3, 3))", "(3, 99999999999999999999)"};
  for (int k = 0; k < 7; ++k)
    FAILS(CERMET_INVALID_ARGUMENT, "convolution: kernel", cermet_attrs_set_text(attrs, "kernel", bad[k]));
  OK(cermet_attrs_set_text(attrs, "no_bias", "True"));
  OK(cermet_attrs_set_text(attrs, "no_bias", "0"));
  FAILS(CERMET_INVALID_ARGUMENT, "no_bias: got 'yes'", cermet_attrs_set_text(attrs, "no_bias", "yes"));
  FAILS(CERMET_INVALID_ARGUMENT, "num_filter: got 'abc'", cermet_attrs_set_text(attrs, "num_filter", "abc"));
  OK(cermet_attrs_set_text(sum, "axis", "None"));
  OK(cermet_attrs_set_text(sum, "axis", "1"));
  cermet_attrs_release(attrs);
  cermet_attrs_release(sum);
}

Test(attrs, belong_to_their_definition) {
  cermet_attrs *attrs = attrs_of("convolution");
  cermet_ndarray *a = floats(SHAPE(1), VALUES(1)), *out = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "attributes of 'convolution'",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "identity"), attrs, &a, 1, NULL, NULL, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "want an operator",
        cermet_op_invoke(find(CERMET_KIND_LAYER, "dense"), NULL, &a, 1, NULL, NULL, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "fully_connected: num_hidden: is missing",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "fully_connected"), NULL, &a, 1, NULL, NULL, &out, 1));
  cermet_attrs_release(attrs);
  cermet_ndarray_release(a);
}

/* Names of inputs and outputs of an operator with one attribute set from text (NULL: none). */
static void expect_names(const char *op, const char *attr, const char *text, int32_t num_inputs,
                         const char *const *inputs, int32_t count_inputs, const char *const *outputs,
                         int32_t count_outputs) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, op);
  cermet_attrs *attrs = attrs_of(op);
  cermet_strings *names = NULL;
  int32_t count = -1;
  if (attr) OK(cermet_attrs_set_text(attrs, attr, text));
  if (strcmp(op, "fully_connected") == 0) OK(cermet_attrs_set_int(attrs, "num_hidden", 2));
  OK(cermet_def_inputs(def, attrs, num_inputs, &names));
  expect_strings(names, inputs, count_inputs);
  OK(cermet_def_outputs(def, attrs, num_inputs, &names));
  expect_strings(names, outputs, count_outputs);
  OK(cermet_op_num_outputs(def, attrs, num_inputs, &count));
  cr_assert(count == count_outputs);
  cermet_attrs_release(attrs);
}

Test(def, attributes_decide_about_inputs_and_outputs) {
  expect_names("fully_connected", NULL, NULL, 0, STRINGS("data", "weight", "bias"), STRINGS("output"));
  expect_names("fully_connected", "no_bias", "True", 0, STRINGS("data", "weight"), STRINGS("output"));
  expect_names("leaky_relu", "act_type", "leaky", 0, STRINGS("data"), STRINGS("output"));
  expect_names("leaky_relu", "act_type", "prelu", 0, STRINGS("data", "gamma"), STRINGS("output"));
  expect_names("leaky_relu", "act_type", "rrelu", 0, STRINGS("data"), STRINGS("output")); /* its mask is hidden */
  expect_names("topk", "ret_typ", "value", 0, STRINGS("data"), STRINGS("value"));
  expect_names("topk", NULL, NULL, 0, STRINGS("data"), STRINGS("indices"));
  expect_names("topk", "ret_typ", "mask", 0, STRINGS("data"), STRINGS("mask"));
  expect_names("topk", "ret_typ", "both", 0, STRINGS("data"), STRINGS("value", "indices"));
  expect_names("split", "num_outputs", "3", 0, STRINGS("data"), STRINGS("output0", "output1", "output2"));
  expect_names("concat", NULL, NULL, 2, STRINGS("data0", "data1"), STRINGS("output"));
}

Test(def, names_of_other_kinds) {
  cermet_strings *names = NULL;
  OK(cermet_def_inputs(find(CERMET_KIND_LAYER, "batch_norm"), NULL, 0, &names));
  expect_strings(names, STRINGS("data"));
  OK(cermet_def_outputs(find(CERMET_KIND_LAYER, "batch_norm"), NULL, 0, &names));
  expect_strings(names, STRINGS("output"));
  names = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "want an operator",
        cermet_def_inputs(find(CERMET_KIND_METRIC, "accuracy"), NULL, 0, &names));
  FAILS(CERMET_INVALID_ARGUMENT, "num_inputs",
        cermet_def_outputs(find(CERMET_KIND_OPERATOR, "concat"), NULL, -1, &names));
  FAILS(CERMET_INVALID_ARGUMENT, "num_hidden", /* required, and not given */
        cermet_def_inputs(find(CERMET_KIND_OPERATOR, "fully_connected"), NULL, 0, &names));
  cr_assert_null(names);
}

Test(def, descriptions_say_what_attributes_decide) {
  static const struct {
    const char *op, *part;
  } rows[] = {
      {"fully_connected",
       "\"name\":\"bias\",\"role\":\"parameter\",\"optional\":false,"
       "\"conditional\":{\"attr\":\"no_bias\",\"values\":[false]}"},
      {"topk", "\"name\":\"mask\",\"conditional\":{\"attr\":\"ret_typ\",\"values\":[\"mask\"]}"},
      {"split", "\"name\":\"output\",\"conditional\":null,\"variadic\":true"},
      {"softmax_output", "\"loss\":{\"mean_when\":{\"attr\":\"normalization\",\"values\":[\"batch\",\"valid\"]}}"},
      {"linear_regression_output", "\"loss\":{\"mean_when\":null}"},
      {"softmax", "\"loss\":null"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; ++k) {
    cermet_bytes *json = NULL;
    const char *text = NULL;
    OK(cermet_def_describe(find(CERMET_KIND_OPERATOR, rows[k].op), &json));
    OK(cermet_bytes_text(json, &text));
    cr_assert(strstr(text, rows[k].part), "%s: no %s in %s", rows[k].op, rows[k].part, text);
    cermet_bytes_release(json);
  }
}
