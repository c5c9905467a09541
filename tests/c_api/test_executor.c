/* SPDX-License-Identifier: Apache-2.0 */
/* Executors: plans that no memory could hold, and head gradients that lie where gradients go. */
#include "nets.h"

Test(executor, plans_beyond_any_memory_are_a_limit) {
  cermet_specs *specs = NULL;
  OK(cermet_specs_create(&specs));
  for (int count = 2; count <= 4; ++count) { /* outputs of 2^62 bytes: together 2^63 or, as 64 bits count, 0 */
    cermet_symbol *parts[4], *net = NULL;
    cermet_executor *executor = NULL;
    const cermet_def *zeros = find(CERMET_KIND_OPERATOR, "zeros");
    cermet_attrs *attrs = NULL;
    OK(cermet_attrs_create(zeros, &attrs));
    OK(cermet_attrs_set_text(attrs, "shape", "(1152921504606846976,)"));
    for (int k = 0; k < count; ++k) OK(cermet_symbol_apply(zeros, attrs, NULL, NULL, 0, &parts[k]));
    OK(cermet_symbol_group(parts, count, &net));
    FAILS(CERMET_LIMIT, "fewer than 2^63",
          cermet_executor_create(net, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executor));
    for (int k = 0; k < count; ++k) cermet_symbol_release(parts[k]);
    cermet_symbol_release(net);
    cermet_attrs_release(attrs);
  }
  cermet_specs_release(specs);
}

Test(executor, arrays_beyond_any_memory_are_a_limit) {
  cermet_symbol *inputs[2] = {variable("x"), variable("y")}, *net = NULL;
  cermet_specs *specs = NULL;
  cermet_executor *executor = NULL;
  int64_t arena = 0, arrays = 0;
  OK(cermet_symbol_group(inputs, 2, &net));
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "x", SHAPE(1152921504606846976), CERMET_FLOAT32));
  OK(cermet_specs_set(specs, "y", SHAPE(1152921504606846976), CERMET_FLOAT32));
  OK(cermet_executor_create(net, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executor));
  FAILS(CERMET_LIMIT, "fewer than 2^63", cermet_executor_planned_bytes(executor, &arena, &arrays));
  FAILS(CERMET_LIMIT, "memory", cermet_executor_forward(executor, 0, NULL));
  cermet_executor_release(executor);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
  for (int k = 0; k < 2; ++k) cermet_symbol_release(inputs[k]);
}

/* Outputs 2x and 3y; the head gradient of the first is the array of y's gradient, 10 before the call: x's is 20. */
Test(executor, a_head_gradient_may_be_a_gradient) {
  cermet_symbol *inputs[2] = {apply_text("multiply_scalar", "a", variable("x"), "scalar", "2"),
                              apply_text("multiply_scalar", "b", variable("y"), "scalar", "3")},
                *net = NULL;
  const char *const names[2] = {"x", "y"};
  cermet_specs *specs = NULL;
  cermet_executor *executor = NULL;
  cermet_ndarray *grads[2] = {NULL, NULL};
  const float tens[2] = {10, 10};
  OK(cermet_symbol_group(inputs, 2, &net));
  OK(cermet_specs_create(&specs));
  for (int k = 0; k < 2; ++k) OK(cermet_specs_set(specs, names[k], SHAPE(2), CERMET_FLOAT32));
  OK(cermet_executor_create(net, specs, names, 2, CERMET_GRAD_WRITE, CERMET_CPU, 0, &executor));
  for (int k = 0; k < 2; ++k) OK(cermet_executor_array(executor, CERMET_GRADIENT, names[k], &grads[k]));
  for (int k = 0; k < 2; ++k) { /* either way round, so that no order of the steps saves it */
    cermet_ndarray *heads[2] = {grads[1], grads[0]};
    OK(cermet_executor_forward(executor, 1, NULL));
    OK(cermet_ndarray_write(grads[0], tens, sizeof tens));
    OK(cermet_ndarray_write(grads[1], tens, sizeof tens));
    if (k) heads[0] = NULL;
    OK(cermet_executor_backward(executor, heads, 2));
    expect_floats(grads[0], k ? (const float[]){2, 2} : (const float[]){20, 20}, 2, 0);
    expect_floats(grads[1], VALUES(30, 30), 0);
  }
  for (int k = 0; k < 2; ++k) cermet_ndarray_release(grads[k]);
  cermet_executor_release(executor);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
  for (int k = 0; k < 2; ++k) cermet_symbol_release(inputs[k]);
}

/* What the compiler did is told to people and to programs: a factor of 1 was left out. */
Test(executor, says_what_became_of_the_graph) {
  cermet_symbol *net = apply_text("multiply_scalar", "twice",
                                  apply_text("multiply_scalar", "once", variable("x"), "scalar", "1"), "scalar", "2");
  cermet_specs *specs = NULL;
  cermet_executor *executor = NULL;
  cermet_bytes *report = NULL, *json = NULL;
  const char *text = NULL;
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "x", SHAPE(2), CERMET_FLOAT32));
  OK(cermet_executor_create(net, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executor));
  FAILS(CERMET_INVALID_ARGUMENT, "executor", cermet_executor_report(NULL, &report));
  FAILS(CERMET_INVALID_ARGUMENT, "out", cermet_executor_report(executor, NULL));
  OK(cermet_executor_report(executor, &report));
  OK(cermet_bytes_text(report, &text));
  cr_assert(strstr(text, "program for prediction: 0 steps that parameters decide, 1 forward and 0 backward; "), "%s",
            text);
  cr_assert(strstr(text, "\n  simplify: factor of 1 left out: once"), "%s", text);
  OK(cermet_executor_describe(executor, &json));
  OK(cermet_bytes_text(json, &text));
  cr_assert(strstr(text,
                   "\"remarks\":[{\"pass\":\"simplify\",\"text\":\"factor of 1 left out\",\"count\":1,"
                   "\"nodes\":[\"once\"]}"),
            "%s", text);
  cermet_bytes_release(report);
  cermet_bytes_release(json);
  cermet_executor_release(executor);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

/* Six layers whose gradients need what they gave. */
static cermet_symbol *softmaxes(void) {
  cermet_symbol *net = variable("x");
  for (int k = 0; k < 6; ++k) net = apply_text("softmax", NULL, net, NULL, NULL);
  return net;
}

static cermet_status bind_within(const cermet_executor_options *options, cermet_executor **out) {
  const char *const wanted = "x";
  cermet_specs *specs = NULL;
  cermet_symbol *net = softmaxes();
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "x", SHAPE(16, 64), CERMET_FLOAT32));
  cermet_status status =
      cermet_executor_create_with(net, specs, &wanted, 1, CERMET_GRAD_WRITE, CERMET_CPU, 0, options, out);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
  return status;
}

static int64_t planned(const cermet_executor *executor) {
  int64_t arena = 0, arrays = 0;
  OK(cermet_executor_planned_bytes(executor, &arena, &arrays));
  return arena + arrays;
}

static void train_on(cermet_executor *executor, float *gradient) {
  cermet_ndarray *x = NULL, *grad = NULL;
  float values[16 * 64];
  for (int k = 0; k < 16 * 64; ++k) values[k] = (float)(k % 7 - 3);
  OK(cermet_executor_array(executor, CERMET_ARGUMENT, "x", &x));
  OK(cermet_ndarray_write(x, values, sizeof values));
  OK(cermet_executor_forward(executor, 1, NULL));
  OK(cermet_executor_backward(executor, NULL, 0));
  OK(cermet_executor_array(executor, CERMET_GRADIENT, "x", &grad));
  OK(cermet_ndarray_read(grad, gradient, sizeof values));
  cermet_ndarray_release(x);
  cermet_ndarray_release(grad);
}

Test(executor, a_budget_of_memory_is_kept_and_changes_no_result) {
  cermet_executor_options options = {sizeof options, 0, -1};
  cermet_executor *whole = NULL, *tight = NULL, *refused = NULL;
  float want[16 * 64], got[16 * 64];
  OK(bind_within(&options, &whole));
  options = (cermet_executor_options){sizeof options, planned(whole) - 8192, 0};
  OK(bind_within(&options, &tight));
  cr_assert_leq(planned(tight), options.memory_budget);
  train_on(whole, want);
  train_on(tight, got);
  cr_assert_arr_eq(got, want, sizeof want);
  options.memory_budget = 100;
  FAILS(CERMET_LIMIT, "memory_budget: got 100 bytes; want at least", bind_within(&options, &refused));
  options = (cermet_executor_options){sizeof options, planned(whole) - 8192, -1}; /* and nothing may run twice */
  FAILS(CERMET_LIMIT, "memory_budget", bind_within(&options, &refused));
  cermet_executor_release(whole);
  cermet_executor_release(tight);
}

Test(executor, options_are_checked) {
  cermet_executor *executor = NULL;
  cermet_executor_options options = {sizeof options, -1, 0};
  FAILS(CERMET_INVALID_ARGUMENT, "memory_budget", bind_within(&options, &executor));
  options = (cermet_executor_options){sizeof options, 0, NAN};
  FAILS(CERMET_INVALID_ARGUMENT, "recompute", bind_within(&options, &executor));
  options = (cermet_executor_options){4, 0, 0};
  FAILS(CERMET_INVALID_ARGUMENT, "struct_size", bind_within(&options, &executor));
  struct {
    cermet_executor_options known;
    int64_t later;
  } newer = {{sizeof newer, 0, 0}, 7}; /* a program made for a later version */
  OK(bind_within(&newer.known, &executor));
  cermet_executor_release(executor);
  OK(bind_within(NULL, &executor));
  cermet_executor_release(executor);
}

Test(executor, memory_is_a_table) {
  cermet_executor *executor = NULL;
  cermet_bytes *bytes = NULL;
  const char *text = NULL;
  OK(bind_within(NULL, &executor));
  OK(cermet_executor_memory(executor, &bytes));
  OK(cermet_bytes_text(bytes, &text));
  cr_assert_eq(strncmp(text, "operator\tnode\tpass\tvalue\tbytes\toffset\tfirst\tlast\nsoftmax\t", 56), 0, "%s", text);
  cr_assert(strstr(text, "\tforward\t") && strstr(text, "\tbackward\t"));
  cermet_bytes_release(bytes);
  cermet_executor_release(executor);
}
