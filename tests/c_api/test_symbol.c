/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols: composing, names, inference, gradients, attributes, and graphs that are large or wrong. */
#include "support.h"

static cermet_symbol *variable(const char *name) {
  cermet_symbol *out = NULL;
  OK(cermet_symbol_variable(name, &out));
  return out;
}

static cermet_symbol *apply(const char *op, const char *attr, const char *text, const char *name, cermet_symbol *a,
                            cermet_symbol *b) {
  cermet_symbol *inputs[2] = {a, b}, *out = NULL;
  cermet_attrs *attrs = NULL;
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, op), &attrs));
  if (attr) OK(cermet_attrs_set_text(attrs, attr, text));
  OK(cermet_symbol_apply(find(CERMET_KIND_OPERATOR, op), attrs, name, inputs, b ? 2 : 1, &out));
  cermet_attrs_release(attrs);
  return out;
}

static cermet_specs *known(const char *name, const int64_t *shape, int32_t ndim) {
  cermet_specs *specs = NULL;
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, name, shape, ndim, CERMET_FLOAT32));
  return specs;
}

static void expect_strings(cermet_strings *strings, const char *const *want) {
  int32_t size = 0, count = 0;
  const char *got = NULL;
  while (want[count]) ++count;
  OK(cermet_strings_size(strings, &size));
  cr_assert(size == count, "got %d strings, want %d", size, count);
  for (int32_t k = 0; k < size; ++k) {
    OK(cermet_strings_get(strings, k, &got));
    cr_assert(strcmp(got, want[k]) == 0, "[%d]: got %s, want %s", k, got, want[k]);
  }
  cermet_strings_release(strings);
}

/* data -> fc1 -> relu -> bn */
static cermet_symbol *small_net(void) {
  cermet_symbol *data = variable("data"), *fc = apply("fully_connected", "num_hidden", "4", "fc1", data, NULL);
  cermet_symbol *act = apply("activation", "act_type", "relu", "relu1", fc, NULL);
  cermet_symbol *bn = apply("batch_norm", NULL, NULL, "bn1", act, NULL);
  cermet_symbol_release(data);
  cermet_symbol_release(fc);
  cermet_symbol_release(act);
  return bn;
}

Test(symbol, missing_parameters_become_variables) {
  cermet_symbol *net = small_net();
  cermet_strings *names = NULL;
  OK(cermet_symbol_arguments(net, &names));
  expect_strings(names, (const char *const[]){"data", "fc1_weight", "fc1_bias", "bn1_gamma", "bn1_beta", NULL});
  OK(cermet_symbol_auxiliary_states(net, &names));
  expect_strings(names, (const char *const[]){"bn1_moving_mean", "bn1_moving_var", NULL});
  OK(cermet_symbol_outputs(net, &names));
  expect_strings(names, (const char *const[]){"bn1_output", NULL});
  cermet_symbol_release(net);
}

Test(symbol, infers_everything_from_the_data) {
  cermet_symbol *net = small_net();
  cermet_specs *specs = known("data", SHAPE(8, 3)), *arguments = NULL, *outputs = NULL, *states = NULL;
  const int64_t *shape = NULL;
  int32_t ndim = 0;
  OK(cermet_symbol_infer(net, specs, &arguments, &outputs, &states));
  OK(cermet_specs_shape(arguments, 1, &shape, &ndim));
  cr_assert(ndim == 2 && shape[0] == 4 && shape[1] == 3);
  OK(cermet_specs_shape(outputs, 0, &shape, &ndim));
  cr_assert(ndim == 2 && shape[0] == 8 && shape[1] == 4);
  OK(cermet_specs_shape(states, 1, &shape, &ndim));
  cr_assert(ndim == 1 && shape[0] == 4);
  cermet_specs *held[] = {specs, arguments, outputs, states};
  for (int k = 0; k < 4; ++k) cermet_specs_release(held[k]);
  cermet_symbol_release(net);
}

Test(symbol, faults_name_node_argument_and_shapes) {
  cermet_symbol *net = small_net();
  cermet_specs *specs = known("data", SHAPE(8, 3)), *out = NULL;
  OK(cermet_specs_set(specs, "fc1_weight", SHAPE(4, 5), CERMET_FLOAT32));
  FAILS(CERMET_SHAPE, "fully_connected 'fc1': weight: got (4, 5); want (4, 3)",
        cermet_symbol_infer(net, specs, &out, NULL, NULL));
  cermet_error *error = cermet_error_take();
  cr_assert(strcmp(cermet_error_node(error), "fc1") == 0 && cermet_error_num_shapes(error) >= 2);
  cermet_error_release(error);
  cermet_specs_release(specs);
  specs = known("dta", SHAPE(8, 3));
  FAILS(CERMET_SHAPE, "data", cermet_symbol_infer(net, specs, &out, NULL, NULL));
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

Test(symbol, composing_wrongly_is_refused) {
  cermet_symbol *a = variable("a"), *b = variable("b"), *both = NULL, *out = NULL, *pair[2] = {a, b};
  OK(cermet_symbol_group(pair, 2, &both));
  cermet_symbol *three[3] = {a, b, a}, *mixed[2] = {both, a};
  const cermet_def *add = find(CERMET_KIND_OPERATOR, "add");
  FAILS(CERMET_INVALID_ARGUMENT, "add: inputs: got 3; want 2", cermet_symbol_apply(add, NULL, "x", three, 3, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "rhs: is missing", cermet_symbol_apply(add, NULL, "x", pair, 1, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "inputs[0]: got a symbol with 2 outputs",
        cermet_symbol_apply(add, NULL, "x", mixed, 2, &out));
  OK(cermet_symbol_apply(add, NULL, "x", &both, 1, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "empty name", cermet_symbol_variable("", &b));
  FAILS(CERMET_INVALID_ARGUMENT, "index", cermet_symbol_output(both, 2, &b));
  FAILS(CERMET_INVALID_ARGUMENT, "num_symbols", cermet_symbol_group(pair, 0, &b));
  cermet_symbol *held[] = {a, pair[1], both, out};
  for (int k = 0; k < 4; ++k) cermet_symbol_release(held[k]);
}

Test(symbol, attributes_of_nodes) {
  cermet_symbol *a = variable("a");
  const char *value = NULL;
  OK(cermet_symbol_set_attribute(a, "__lr_mult__", "0.5"));
  OK(cermet_symbol_attribute(a, "__lr_mult__", &value));
  cr_assert(strcmp(value, "0.5") == 0);
  FAILS(CERMET_NOT_FOUND, "__wd_mult__", cermet_symbol_attribute(a, "__wd_mult__", &value));
  FAILS(CERMET_INVALID_ARGUMENT, "__x__", cermet_symbol_set_attribute(a, "lr_mult", "1"));
  cermet_symbol_release(a);
}

/* d(x * x)/dx as a graph, run by an executor. */
Test(symbol, gradient_is_a_graph) {
  cermet_symbol *x = variable("x"), *square = apply("multiply", NULL, NULL, "square", x, x), *grad = NULL;
  FAILS(CERMET_NOT_FOUND, "'y'", cermet_symbol_gradient(square, (const char *const[]){"y"}, 1, &grad));
  OK(cermet_symbol_gradient(square, (const char *const[]){"x"}, 1, &grad));
  cermet_specs *specs = known("x", SHAPE(3));
  cermet_executor *executor = NULL;
  cermet_ndarray *input = NULL, *output = NULL;
  OK(cermet_executor_create(grad, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executor));
  OK(cermet_executor_array(executor, CERMET_ARGUMENT, "x", &input));
  OK(cermet_ndarray_write(input, (float[]){1, 2, -3}, 12));
  OK(cermet_executor_forward(executor, 0, NULL));
  OK(cermet_executor_output(executor, 0, &output));
  expect_floats(output, VALUES(2, 4, -6), 0);
  cermet_ndarray_release(input);
  cermet_ndarray_release(output);
  cermet_executor_release(executor);
  cermet_specs_release(specs);
  cermet_symbol *held[] = {x, square, grad};
  for (int k = 0; k < 3; ++k) cermet_symbol_release(held[k]);
}

/* Sharing: 200 doublings are 200 nodes, not 2^200 steps; and 100,000 nodes in a row neither overflow the stack nor take
 * more than linear time, also when freed. */
Test(symbol, large_graphs, .timeout = 60) {
  cermet_symbol *x = variable("x");
  for (int k = 0; k < 100000; ++k) {
    cermet_symbol *next = k < 200 ? apply("add", NULL, NULL, "n", x, x) : apply("negative", NULL, NULL, "n", x, NULL);
    cermet_symbol_release(x);
    x = next;
  }
  cermet_specs *specs = known("x", SHAPE(2)), *outputs = NULL;
  OK(cermet_symbol_infer(x, specs, NULL, &outputs, NULL));
  cermet_bytes *json = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  cermet_symbol *again = NULL;
  OK(cermet_symbol_to_json(x, &json));
  OK(cermet_bytes_data(json, &data, &nbytes));
  OK(cermet_symbol_from_json(data, nbytes, &again));
  cermet_bytes *json_again = NULL;
  const void *data_again = NULL;
  int64_t nbytes_again = 0;
  OK(cermet_symbol_to_json(again, &json_again));
  OK(cermet_bytes_data(json_again, &data_again, &nbytes_again));
  cr_assert(nbytes > 100000 && nbytes == nbytes_again && memcmp(data, data_again, (size_t)nbytes) == 0);
  const int64_t *shape = NULL;
  int32_t ndim = 0;
  OK(cermet_specs_shape(outputs, 0, &shape, &ndim));
  cr_assert(ndim == 1 && shape[0] == 2);
  cermet_bytes_release(json_again);
  cermet_specs_release(specs);
  cermet_specs_release(outputs);
  cermet_bytes_release(json);
  cermet_symbol_release(again);
  cermet_symbol_release(x);
}

static void expect_role(const cermet_symbol *symbol, const char *name, cermet_variable_role want) {
  cermet_variable_role role = CERMET_VARIABLE_ROLE_MAX;
  OK(cermet_symbol_role(symbol, name, &role));
  cr_assert(role == want, "%s: got role %d, want %d", name, (int)role, (int)want);
}

Test(symbol, variables_have_roles) {
  cermet_symbol *net = small_net(), *out = apply("softmax_output", NULL, NULL, "softmax", net, NULL);
  cermet_variable_role role = CERMET_VARIABLE_ROLE_MAX;
  expect_role(out, "data", CERMET_VARIABLE_DATA);
  expect_role(out, "fc1_weight", CERMET_VARIABLE_PARAMETER);
  expect_role(out, "bn1_moving_mean", CERMET_VARIABLE_STATE);
  expect_role(out, "softmax_label", CERMET_VARIABLE_LABEL);
  FAILS(CERMET_NOT_FOUND, "fc1_weight", cermet_symbol_role(out, "fc1_weigth", &role));
  FAILS(CERMET_NOT_FOUND, "variable", cermet_symbol_role(out, "fc1", &role)); /* a node, but no variable */
  cr_assert(role == CERMET_VARIABLE_ROLE_MAX);
  cermet_symbol_release(net);
  cermet_symbol_release(out);
  /* A label that something else takes too is data, and so is a variable that is itself an output. */
  cermet_symbol *data = variable("data"), *label = variable("label"),
                *twice = apply("exp", NULL, NULL, "e", label, NULL);
  cermet_symbol *loss = apply("linear_regression_output", NULL, NULL, "loss", data, label), *both[2] = {loss, twice};
  expect_role(loss, "label", CERMET_VARIABLE_LABEL);
  OK(cermet_symbol_group(both, 2, &out));
  expect_role(out, "label", CERMET_VARIABLE_DATA);
  cermet_symbol_release(out);
  both[1] = label;
  OK(cermet_symbol_group(both, 2, &out));
  expect_role(out, "label", CERMET_VARIABLE_DATA);
  for (int k = 0; k < 5; ++k) cermet_symbol_release((cermet_symbol *[]){data, label, twice, loss, out}[k]);
}

Test(symbol, loss_outputs_say_how_they_count_the_batch) {
  cermet_symbol *data = variable("data"), *net = apply("exp", NULL, NULL, "e", data, NULL), *group = NULL;
  cermet_symbol *sum = apply("softmax_output", NULL, NULL, "sum", data, NULL);
  cermet_symbol *mean = apply("softmax_output", "normalization", "batch", "mean", data, NULL);
  cermet_symbol *valid = apply("make_loss", "normalization", "valid", "valid", data, NULL);
  cermet_symbol *regression = apply("mae_regression_output", NULL, NULL, "mae", data, NULL);
  int32_t is_mean = -1;
  FAILS(CERMET_NOT_FOUND, "loss", cermet_symbol_loss_is_mean(net, &is_mean));
  FAILS(CERMET_NOT_FOUND, "loss", cermet_symbol_loss_is_mean(data, &is_mean));
  OK(cermet_symbol_loss_is_mean(sum, &is_mean));
  cr_assert(is_mean == 0);
  OK(cermet_symbol_loss_is_mean(regression, &is_mean));
  cr_assert(is_mean == 0);
  OK(cermet_symbol_loss_is_mean(valid, &is_mean));
  cr_assert(is_mean == 1);
  OK(cermet_symbol_group((cermet_symbol *[]){net, mean}, 2, &group)); /* what is no loss does not matter */
  OK(cermet_symbol_loss_is_mean(group, &is_mean));
  cr_assert(is_mean == 1);
  cermet_symbol_release(group);
  OK(cermet_symbol_group((cermet_symbol *[]){mean, sum}, 2, &group));
  FAILS(CERMET_UNSUPPORTED, "'mean' and 'sum' differ", cermet_symbol_loss_is_mean(group, &is_mean));
  for (int k = 0; k < 7; ++k)
    cermet_symbol_release((cermet_symbol *[]){data, net, sum, mean, valid, regression, group}[k]);
}

/* Files may name any operator that Cermet writes, gradients' too: each checks all that it reads. */
static const struct {
  const char *op, *attr, *value, *message; /* what the message names */
  int num_inputs;
  struct {
    int32_t ndim;
    int64_t shape[4];
  } inputs[6];
} kWrongInputs[] = {
    {"batch_norm_backward",
     NULL,
     NULL,
     "head",
     6,
     {{1, {1}}, {2, {4, 64}}, {1, {64}}, {1, {64}}, {1, {64}}, {1, {64}}}},
    {"batch_norm_backward",
     NULL,
     NULL,
     "inv_std",
     6,
     {{2, {4, 64}}, {2, {4, 64}}, {1, {64}}, {1, {64}}, {1, {64}}, {1, {1}}}},
    {"layer_norm_backward",
     NULL,
     NULL,
     "head",
     6,
     {{1, {1}}, {2, {4, 64}}, {1, {64}}, {1, {64}}, {2, {4, 1}}, {2, {4, 1}}}},
    {"layer_norm_backward",
     NULL,
     NULL,
     "mean",
     6,
     {{2, {4, 64}}, {2, {4, 64}}, {1, {64}}, {1, {64}}, {1, {1}}, {2, {4, 1}}}},
    {"group_norm_backward",
     "num_groups",
     "2",
     "gamma",
     6,
     {{3, {4, 8, 3}}, {3, {4, 8, 3}}, {1, {1}}, {1, {2}}, {2, {4, 2}}, {2, {4, 2}}}},
    {"prelu_backward", NULL, NULL, "head", 3, {{1, {1}}, {2, {50, 80}}, {1, {80}}}},
    {"prelu_backward", NULL, NULL, "gamma", 3, {{2, {50, 80}}, {2, {50, 80}}, {1, {2}}}},
    {"softmax_backward", NULL, NULL, "output", 3, {{2, {50, 80}}, {1, {1}}, {2, {50, 80}}}},
    {"softmax_backward", NULL, NULL, "data", 3, {{2, {50, 80}}, {2, {50, 80}}, {1, {1}}}},
    {"log_softmax_backward", "axis", "3", "axis", 3, {{2, {50, 80}}, {2, {50, 80}}, {2, {50, 80}}}},
    {"pooling_gather", "kernel", "(2, 2)", "values", 2, {{4, {1, 1, 1, 1}}, {4, {1, 500, 32, 32}}}},
    {"pooling_scatter", "kernel", "(2, 2)", "head", 2, {{4, {1, 1, 1, 1}}, {4, {1, 500, 32, 32}}}},
    {"pooling_lp_backward",
     "kernel",
     "(2, 2)",
     "pool_type",
     3,
     {{4, {1, 1, 1, 1}}, {4, {1, 1, 2, 2}}, {4, {1, 1, 1, 1}}}},
    {"take_along_axis", "axis", "0", "indices", 2, {{1, {2}}, {2, {500, 500}}}},
    {"put_along_axis", "axis", "1", "part", 3, {{2, {7, 2}}, {2, {7, 2}}, {2, {3, 4}}}},
    {"dot_lhs_gradient", NULL, NULL, "head", 3, {{2, {1, 1}}, {2, {60, 70}}, {2, {50, 60}}}},
    {"dot_rhs_gradient", NULL, NULL, "rhs", 3, {{2, {50, 70}}, {2, {50, 60}}, {2, {6000, 70}}}},
    {"softmax_output_backward", NULL, NULL, "label", 3, {{2, {500, 10}}, {1, {1}}, {2, {500, 10}}}},
    {"softmax_output_backward", "out_grad", "True", "head", 3, {{2, {500, 10}}, {1, {500}}, {1, {1}}}},
    {"linear_regression_output_backward", NULL, NULL, "label", 2, {{2, {500, 10}}, {1, {1}}}},
    {"svm_output_backward", NULL, NULL, "label", 2, {{2, {500, 10}}, {1, {1}}}},
    {"svm_output_backward", NULL, NULL, "output", 2, {{1, {500}}, {1, {500}}}},
    {"diag_backward", NULL, NULL, "head", 2, {{1, {1}}, {2, {500, 500}}}},
    {"convolution_data_grad",
     "kernel",
     "(2, 2, 2, 2)",
     "kernel",
     3,
     {{4, {1, 1, 1, 1}}, {4, {1, 1, 2, 2}}, {4, {1, 1, 2, 2}}}},
};

Test(symbol, gradient_operators_check_what_they_read) {
  for (size_t k = 0; k < sizeof kWrongInputs / sizeof *kWrongInputs; ++k) {
    cermet_attrs *attrs = NULL;
    cermet_ndarray *inputs[6] = {NULL}, *outs[3] = {NULL};
    const cermet_def *def = find(CERMET_KIND_OPERATOR, kWrongInputs[k].op);
    int32_t num_inputs = kWrongInputs[k].num_inputs, num_outputs = 0;
    OK(cermet_attrs_create(def, &attrs));
    if (strcmp(kWrongInputs[k].op, "convolution_data_grad") == 0) OK(cermet_attrs_set_int(attrs, "num_filter", 1));
    if (kWrongInputs[k].attr) OK(cermet_attrs_set_text(attrs, kWrongInputs[k].attr, kWrongInputs[k].value));
    for (int i = 0; i < num_inputs; ++i)
      OK(cermet_ndarray_create(kWrongInputs[k].inputs[i].shape, kWrongInputs[k].inputs[i].ndim, CERMET_FLOAT32,
                               CERMET_CPU, 0, &inputs[i]));
    cermet_status status = cermet_op_num_outputs(def, attrs, num_inputs, &num_outputs);
    if (status == CERMET_OK) status = cermet_op_invoke(def, attrs, inputs, num_inputs, NULL, NULL, outs, num_outputs);
    const char *message = cermet_error_last_message();
    char want[128];
    snprintf(want, sizeof want, "%s: %s: ", kWrongInputs[k].op, kWrongInputs[k].message);
    cr_assert(status == CERMET_SHAPE || status == CERMET_INVALID_ARGUMENT, "%s: %s", want, cermet_status_name(status));
    cr_assert(strstr(message, want) == message, "%s lacks %s", message, want);
    for (int i = 0; i < num_inputs; ++i) cermet_ndarray_release(inputs[i]);
    cermet_attrs_release(attrs);
  }
}

Test(symbol, places_along_an_axis_are_checked) {
  cermet_ndarray *data = floats(SHAPE(2), VALUES(1, 2)), *far = floats(SHAPE(2), VALUES(0, 1e8)), *out = NULL;
  cermet_ndarray *inputs[3] = {data, far, data};
  FAILS(CERMET_INVALID_ARGUMENT, "indices: got 100000000; want 0 to 1",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "take_along_axis"), NULL, inputs, 2, NULL, NULL, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "indices: got 100000000; want 0 to 1",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "put_along_axis"), NULL, inputs, 3, NULL, NULL, &out, 1));
  cermet_ndarray_release(data);
  cermet_ndarray_release(far);
}

static cermet_symbol *with_attribute(const char *key, const char *value) {
  cermet_symbol *out = variable("x");
  OK(cermet_symbol_set_attribute(out, key, value));
  return out;
}

Test(symbol, none_states_nothing) {
  const char *const keys[] = {"__shape__", "__dtype__"};
  cermet_specs *specs = known("x", SHAPE(2, 3)), *arguments = NULL;
  for (int k = 0; k < 2; ++k) {
    cermet_symbol *x = with_attribute(keys[k], "None");
    cermet_dtype dtype = CERMET_INT8;
    OK(cermet_symbol_infer(x, specs, &arguments, NULL, NULL));
    OK(cermet_specs_dtype(arguments, 0, &dtype));
    cr_assert(dtype == CERMET_FLOAT32);
    cermet_specs_release(arguments);
    cermet_symbol_release(x);
  }
  cermet_specs_release(specs);
}

Test(symbol, stated_shapes_are_checked) {
  const struct {
    const char *key, *value;
    cermet_status status;
  } cases[] = {{"__shape__", "abc", CERMET_INVALID_ARGUMENT},
               {"__dtype__", "x", CERMET_INVALID_ARGUMENT},
               {"__shape__", "(4611686018427387904, 4)", CERMET_SHAPE},
               {"__shape__", "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)", CERMET_SHAPE}};
  cermet_specs *specs = NULL;
  OK(cermet_specs_create(&specs));
  for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
    cermet_symbol *x = with_attribute(cases[k].key, cases[k].value);
    FAILS(cases[k].status, "'x': ", cermet_symbol_infer(x, specs, NULL, NULL, NULL));
    cr_assert(strstr(cermet_error_last_message(), cases[k].key) != NULL, "%s", cermet_error_last_message());
    cermet_symbol_release(x);
  }
  cermet_specs_release(specs);
}

Test(symbol, any_byte_may_stand_in_a_name) {
  cermet_symbol *x = variable("a\x01z");
  cermet_specs *specs = NULL;
  OK(cermet_specs_create(&specs));
  FAILS(CERMET_SHAPE, "a\\x01z", cermet_symbol_infer(x, specs, NULL, NULL, NULL));
  cermet_error *error = cermet_error_take();
  cr_assert(cermet_error_num_shapes(error) == 0);
  cr_assert(strstr(cermet_error_template(error), "a\\x01z") != NULL);
  cermet_error_release(error);
  cermet_specs_release(specs);
  cermet_symbol_release(x);
}

Test(symbol, updates_of_many_weights_need_their_shapes) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, "multi_sgd_update");
  cermet_attrs *attrs = NULL;
  cermet_symbol *inputs[2] = {variable("w"), variable("g")}, *update = NULL;
  cermet_specs *specs = NULL;
  OK(cermet_attrs_create(def, &attrs));
  OK(cermet_attrs_set_text(attrs, "lrs", "(0.1,)"));
  OK(cermet_attrs_set_text(attrs, "wds", "(0,)"));
  OK(cermet_symbol_apply(def, attrs, "u", inputs, 2, &update));
  OK(cermet_specs_create(&specs));
  FAILS(CERMET_SHAPE, "data[0]: is not known", cermet_symbol_infer(update, specs, NULL, NULL, NULL));
  OK(cermet_specs_set(specs, "w", SHAPE(3), CERMET_FLOAT32));
  OK(cermet_symbol_infer(update, specs, NULL, NULL, NULL)); /* the gradient's follows */
  cermet_specs_release(specs);
  cermet_symbol_release(update);
  cermet_symbol_release(inputs[0]);
  cermet_symbol_release(inputs[1]);
  cermet_attrs_release(attrs);
}
