/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols in MXNet's JSON, and models: saved in both forms, loaded, initialised, refused. */
#include "files.h"

static cermet_symbol *variable(const char *name) {
  cermet_symbol *out = NULL;
  OK(cermet_symbol_variable(name, &out));
  return out;
}

static cermet_symbol *apply_text(const char *op, const char *name, cermet_symbol *input, const char *attr, const char *value) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, op);
  cermet_attrs *attrs = NULL;
  cermet_symbol *out = NULL;
  OK(cermet_attrs_create(def, &attrs));
  if (attr) OK(cermet_attrs_set_text(attrs, attr, value));
  OK(cermet_symbol_apply(def, attrs, name, &input, 1, &out));
  cermet_attrs_release(attrs);
  cermet_symbol_release(input);
  return out;
}

/* data -> fc (3 units) -> softmax_output */
static cermet_symbol *small_net(void) {
  return apply_text("softmax_output", "softmax", apply_text("fully_connected", "fc", variable("data"), "num_hidden", "3"), NULL, NULL);
}

static cermet_specs *data_spec(int64_t rows, int64_t columns) {
  cermet_specs *out = NULL;
  OK(cermet_specs_create(&out));
  OK(cermet_specs_set(out, "data", (const int64_t[]){rows, columns}, 2, CERMET_FLOAT32));
  return out;
}

static cermet_model *small_model(void) {
  cermet_symbol *symbol = small_net();
  cermet_model *model = NULL;
  cermet_specs *specs = data_spec(2, 4);
  cermet_rng *rng = NULL;
  OK(cermet_rng_create(1, &rng));
  OK(cermet_model_create(symbol, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, rng));
  cermet_rng_release(rng);
  cermet_specs_release(specs);
  cermet_symbol_release(symbol);
  return model;
}

static void expect_strings(cermet_strings *strings, const char *const *want, int32_t count) {
  int32_t size = 0;
  OK(cermet_strings_size(strings, &size));
  cr_assert(size == count, "got %d strings, want %d", size, count);
  for (int32_t k = 0; k < count; ++k) {
    const char *text = NULL;
    OK(cermet_strings_get(strings, k, &text));
    cr_assert_str_eq(text, want[k]);
  }
  cermet_strings_release(strings);
}
#define STRINGS(...) \
  (const char *const[]){__VA_ARGS__}, (int32_t)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static char *json_of(const cermet_symbol *symbol) {
  cermet_bytes *bytes = NULL;
  const char *text = NULL;
  OK(cermet_symbol_to_json(symbol, &bytes));
  OK(cermet_bytes_text(bytes, &text));
  char *out = strdup(text);
  cermet_bytes_release(bytes);
  return out;
}

static cermet_status parse(const char *json, cermet_symbol **out) {
  return cermet_symbol_from_json(json, (int64_t)strlen(json), out);
}

Test(json, is_written_as_mxnet_writes_it) {
  cermet_symbol *symbol = small_net(), *again = NULL;
  char *json = json_of(symbol);
  const char *want =
      "{\n  \"nodes\": [\n    {\n      \"op\": \"null\", \n      \"name\": \"data\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"null\", \n      \"name\": \"fc_weight\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"null\", \n      \"name\": \"fc_bias\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"FullyConnected\", \n      \"name\": \"fc\", \n      \"attrs\": {\"num_hidden\": \"3\"}, \n"
      "      \"inputs\": [[0, 0, 0], [1, 0, 0], [2, 0, 0]]\n    }, \n"
      "    {\n      \"op\": \"null\", \n      \"name\": \"softmax_label\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"SoftmaxOutput\", \n      \"name\": \"softmax\", \n      \"inputs\": [[3, 0, 0], [4, 0, 0]]\n"
      "    }\n  ], \n  \"arg_nodes\": [0, 1, 2, 4], \n  \"node_row_ptr\": [0, 1, 2, 3, 4, 5, 6], \n"
      "  \"heads\": [[5, 0, 0]], \n  \"attrs\": {\"mxnet_version\": [\"int\", 10901]}\n}";
  cr_assert_str_eq(json, want);
  OK(parse(json, &again));
  char *second = json_of(again);
  cr_assert_str_eq(second, json);
  free(json);
  free(second);
  cermet_symbol_release(again);
  cermet_symbol_release(symbol);
}

#define VAR(name) "{\"op\":\"null\",\"name\":\"" name "\",\"inputs\":[]}"
#define FC(attrs, inputs) "{\"op\":\"FullyConnected\",\"name\":\"fc\"," attrs ",\"inputs\":[" inputs "]}"
#define GRAPH(nodes, heads) "{\"nodes\":[" nodes "],\"arg_nodes\":[0],\"heads\":[" heads "]}"
#define VARS VAR("data") "," VAR("w") "," VAR("b") ","
#define GOOD GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0,0],[1,0,0],[2,0,0]"), "[3,0,0]")

Test(json, every_generation_is_read) {
  const char *graphs[] = {
      GOOD,
      GRAPH(VARS FC("\"param\":{\"num_hidden\":\"2\"},\"attr\":{\"ctx_group\":\"g\"},\"backward_source_id\":-1", "[0,0],[1,0],[2,0]"), "[3,0]"),
      GRAPH(VARS FC("\"attr\":{\"num_hidden\":\"2\",\"weight_lr_mult\":\"0.5\"}", "[0,0,0],[1,0,0],[2,0,0]"), "[3,0,0]"),
      GRAPH(VARS FC("\"param\":{\"num_hidden\":\"9\"},\"attrs\":{\"num_hidden\":\"2\"}", "[0,0,0],[1,0,0],[2,0,0]"), "[3,0,0]"),
  };
  for (size_t k = 0; k < sizeof graphs / sizeof *graphs; ++k) {
    cermet_symbol *symbol = NULL;
    OK(parse(graphs[k], &symbol));
    char *json = json_of(symbol);
    cr_assert(strstr(json, "\"num_hidden\": \"2\"") != NULL, "%zu: %s", k, json);
    if (k == 1) cr_assert(strstr(json, "\"__ctx_group__\": \"g\"") != NULL, "%s", json);
    if (k == 2) cr_assert(strstr(json, "\"name\": \"w\", \n      \"attrs\": {\"__lr_mult__\": \"0.5\"}") != NULL, "%s", json);
    free(json);
    cermet_symbol_release(symbol);
  }
}

Test(json, states_are_added_to_files_before_0_9) {
  const char *nodes = VAR("x") "," VAR("g") "," VAR("b") ",{\"op\":\"BatchNorm\",\"name\":\"bn\",\"inputs\":[[0,0],[1,0],[2,0]]}";
  char graph[1024];
  cermet_symbol *symbol = NULL;
  cermet_strings *states = NULL;
  snprintf(graph, sizeof graph, "{\"nodes\":[%s],\"heads\":[[3,0]]}", nodes);
  OK(parse(graph, &symbol));
  OK(cermet_symbol_auxiliary_states(symbol, &states));
  expect_strings(states, STRINGS("bn_moving_mean", "bn_moving_var"));
  cermet_symbol_release(symbol);
  snprintf(graph, sizeof graph, "{\"nodes\":[%s],\"heads\":[[3,0]],\"attrs\":{\"mxnet_version\":[\"int\",10901]}}", nodes);
  FAILS(CERMET_CORRUPT, "'moving_mean' is missing", parse(graph, &symbol));
}

Test(json, bad_graphs_are_refused_with_their_place) {
  struct {
    cermet_status status;
    const char *text, *json;
  } cases[] = {
      {CERMET_CORRUPT, "line 1, column", ""},
      {CERMET_CORRUPT, "line 2, column 1", "{\"nodes\":\n]"},
      {CERMET_CORRUPT, "column", GOOD " x"},
      {CERMET_CORRUPT, "appears twice", "{\"nodes\":[],\"nodes\":[]}"},
      {CERMET_CORRUPT, "overflow", "{\"nodes\":1e400}"},
      {CERMET_CORRUPT, "surrogate", "{\"nodes\":[" VAR("\\ud800") "],\"heads\":[[0,0]]}"},
      {CERMET_CORRUPT, "without NUL", "{\"nodes\":[" VAR("a\\u0000b") "],\"heads\":[[0,0]]}"},
      {CERMET_CORRUPT, "top: got array", "[]"},
      {CERMET_CORRUPT, "nodes: is missing", "{\"heads\":[]}"},
      {CERMET_CORRUPT, "heads: got none", GRAPH(VAR("x"), "")},
      {CERMET_CORRUPT, "heads[0]: got output 7 of node 'x', which has 1", GRAPH(VAR("x"), "[0,7]")},
      {CERMET_CORRUPT, "heads[0]: got 1; want a node id from 0 to 0", GRAPH(VAR("x"), "[1,0]")},
      {CERMET_CORRUPT, "heads[0]: got 4294967295", GRAPH(VAR("x"), "[4294967295,0]")},
      {CERMET_CORRUPT, "heads[0]: got -1", GRAPH(VAR("x"), "[-1,0]")},
      {CERMET_CORRUPT, "heads[0]: got 0.5", GRAPH(VAR("x"), "[0.5,0]")},
      {CERMET_CORRUPT, "heads[0]", GRAPH(VAR("x"), "[0]")},
      {CERMET_CORRUPT, "got 'x', the name of nodes[0]", GRAPH(VAR("x") "," VAR("x"), "[0,0]")},
      {CERMET_CORRUPT, "no cycles", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0],[1,0],[3,0]"), "[3,0]")},
      {CERMET_CORRUPT, "'bias' is missing", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0],[1,0]"), "[3,0]")},
      {CERMET_CORRUPT, "inputs: got 4; want 3", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0],[1,0],[2,0],[2,0]"), "[3,0]")},
      {CERMET_CORRUPT, "want a string", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":2}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_CORRUPT, "unknown key 'code'", GRAPH("{\"op\":\"null\",\"name\":\"x\",\"code\":\"rm\",\"inputs\":[]}", "[0,0]")},
      {CERMET_CORRUPT, "arg_nodes[0]", "{\"nodes\":[" VAR("x") "],\"arg_nodes\":[1],\"heads\":[[0,0]]}"},
      {CERMET_UNSUPPORTED, "unknown operator 'FooBar'", GRAPH(VAR("x") ",{\"op\":\"FooBar\",\"name\":\"f\",\"inputs\":[[0,0]]}", "[1,0]")},
      {CERMET_UNSUPPORTED, "did you mean 'FullyConnected'", GRAPH(VAR("x") ",{\"op\":\"FullyConected\",\"name\":\"f\",\"inputs\":[[0,0]]}", "[1,0]")},
      {CERMET_UNSUPPORTED, "mxnet_version", "{\"nodes\":[" VAR("x") "],\"heads\":[[0,0]],\"attrs\":{\"mxnet_version\":[\"int\",999999]}}"},
      {CERMET_INVALID_ARGUMENT, "fc': num_hidden: got 'abc'", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"abc\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_INVALID_ARGUMENT, "fc': num_hidden: got -3", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"-3\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_INVALID_ARGUMENT, "num_hidden", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"99999999999999999999\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_NOT_FOUND, "fc': attribute: got 'hidden'", GRAPH(VARS FC("\"attrs\":{\"hidden\":\"2\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
  };
  cermet_symbol *symbol = NULL;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) FAILS(cases[k].status, cases[k].text, parse(cases[k].json, &symbol));
  cr_assert(symbol == NULL);
  OK(parse(GOOD, &symbol));
  cermet_symbol_release(symbol);
}

Test(json, every_cut_is_corrupt) {
  const char *json = GOOD;
  cermet_symbol *symbol = NULL;
  for (size_t length = 0; length < strlen(json); ++length)
    FAILS(CERMET_CORRUPT, "line 1", cermet_symbol_from_json(json, (int64_t)length, &symbol));
}

Test(json, deep_nesting_and_long_chains) {
  size_t size = 100000;
  char *text = malloc(size + 1);
  memset(text, '[', size);
  text[size] = '\0';
  cermet_symbol *symbol = NULL;
  FAILS(CERMET_CORRUPT, "deep", parse(text, &symbol));
  free(text);
  /* 100,000 nodes one after the other */
  size_t used = 0, capacity = 16u << 20;
  char *json = malloc(capacity);
  used += (size_t)snprintf(json, capacity, "{\"nodes\":[" VAR("x"));
  for (int k = 1; k <= 100000; ++k)
    used += (size_t)snprintf(json + used, capacity - used, ",{\"op\":\"negative\",\"name\":\"n%d\",\"inputs\":[[%d,0,0]]}", k, k - 1);
  snprintf(json + used, capacity - used, "],\"heads\":[[100000,0,0]]}");
  OK(parse(json, &symbol));
  cermet_symbol_release(symbol);
  free(json);
}

static void expect_parameter(const cermet_model *model, const char *name, const cermet_model *other) {
  cermet_ndarray *a = NULL, *b = NULL;
  float x[64], y[64];
  int64_t bytes = 0;
  OK(cermet_model_parameter(model, name, &a));
  OK(cermet_model_parameter(other, name, &b));
  OK(cermet_ndarray_nbytes(a, &bytes));
  cr_assert(bytes <= (int64_t)sizeof x);
  OK(cermet_ndarray_read(a, x, bytes));
  OK(cermet_ndarray_read(b, y, bytes));
  cr_assert(memcmp(x, y, (size_t)bytes) == 0, "%s differs", name);
  cermet_ndarray_release(a);
  cermet_ndarray_release(b);
}

Test(model, both_file_forms_and_bytes) {
  cermet_model *model = small_model();
  OK(cermet_model_set_metadata(model, "classes", "a,b,c"));
  FAILS(CERMET_INVALID_ARGUMENT, "cermet.", cermet_model_set_metadata(model, "cermet.symbol", "{}"));
  char prefix[256], one[256], params[512];
  snprintf(prefix, sizeof prefix, "%s", temp_path("net"));
  snprintf(one, sizeof one, "%s", temp_path("net.safetensors"));
  snprintf(params, sizeof params, "%s-0003.params", prefix);
  OK(cermet_model_save(model, prefix, 3));
  OK(cermet_model_save(model, one, 0));
  cermet_bytes *bytes = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  OK(cermet_model_to_bytes(model, &bytes));
  OK(cermet_bytes_data(bytes, &data, &nbytes));
  for (int form = 0; form < 4; ++form) {
    cermet_model *loaded = NULL;
    cermet_strings *names = NULL;
    const char *text = NULL;
    OK(form == 0 ? cermet_model_load(prefix, 3, &loaded)
       : form == 1 ? cermet_model_load(one, 0, &loaded)
       : form == 2 ? cermet_model_from_bytes(data, nbytes, &loaded)
                   : cermet_model_copy(model, &loaded));
    OK(cermet_model_parameters(loaded, &names));
    expect_strings(names, STRINGS("fc_weight", "fc_bias"));
    OK(cermet_model_inputs(loaded, &names));
    expect_strings(names, STRINGS("data"));
    expect_parameter(loaded, "fc_weight", model);
    expect_parameter(loaded, "fc_bias", model);
    if (form > 0) {
      OK(cermet_model_metadata(loaded, "classes", &text));
      cr_assert_str_eq(text, "a,b,c");
    }
    FAILS(CERMET_NOT_FOUND, "none", cermet_model_metadata(loaded, "none", &text));
    cermet_model_release(loaded);
  }
  /* arrays of the prefix form carry MXNet's names */
  cermet_arrays *arrays = NULL;
  const char *name = NULL;
  OK(cermet_arrays_load(params, &arrays));
  OK(cermet_arrays_name(arrays, 0, &name));
  cr_assert_str_eq(name, "arg:fc_weight");
  cermet_arrays_release(arrays);
  cermet_bytes_release(bytes);
  cermet_model_release(model);
}

Test(model, files_that_do_not_fit) {
  cermet_model *model = small_model(), *loaded = NULL;
  char prefix[256], path[512];
  snprintf(prefix, sizeof prefix, "%s", temp_path("net"));
  OK(cermet_model_save(model, prefix, 0));
  snprintf(path, sizeof path, "%s-0000.params", prefix);
  cermet_ndarray *bias = NULL;
  const char *names[] = {"arg:fc_bias"};
  OK(cermet_model_parameter(model, "fc_bias", &bias));
  OK(cermet_arrays_save(path, names, &bias, 1));
  FAILS(CERMET_NOT_FOUND, "no value for 'fc_weight'", cermet_model_load(prefix, 0, &loaded));
  FAILS(CERMET_IO, "net-0001.params", cermet_model_load(prefix, 1, &loaded));
  FAILS(CERMET_INVALID_ARGUMENT, "epoch", cermet_model_load(prefix, -1, &loaded));
  FAILS(CERMET_INVALID_ARGUMENT, "epoch", cermet_model_save(model, prefix, 10000));
  OK(cermet_arrays_save(temp_path("x.safetensors"), names, &bias, 1));
  FAILS(CERMET_CORRUPT, "no graph", cermet_model_load(temp_path("x.safetensors"), 0, &loaded));
  snprintf(path, sizeof path, "%s-symbol.json", prefix);
  write_bytes(path, "{]", 2);
  FAILS(CERMET_CORRUPT, "net-symbol.json: symbol JSON at line 1, column 2", cermet_model_load(prefix, 0, &loaded));
  cr_assert(loaded == NULL);
  cermet_ndarray_release(bias);
  cermet_model_release(model);
}

Test(model, a_model_without_values_is_not_saved) {
  cermet_symbol *symbol = small_net();
  cermet_model *model = NULL;
  cermet_ndarray *array = floats(SHAPE(1), VALUES(1));
  OK(cermet_model_create(symbol, &model));
  FAILS(CERMET_INVALID_ARGUMENT, "'fc_weight', 'fc_bias'", cermet_model_save(model, temp_path("net"), 0));
  FAILS(CERMET_NOT_FOUND, "did you mean 'fc_bias'", cermet_model_set_parameter(model, "fc_bais", array));
  FAILS(CERMET_NOT_FOUND, "has no value", cermet_model_parameter(model, "fc_bias", &array));
  cermet_ndarray_release(array);
  cermet_model_release(model);
  cermet_symbol_release(symbol);
}

Test(model, initialize_fills_what_is_missing) {
  cermet_model *model = small_model(), *again = small_model();
  cermet_ndarray *weight = NULL, *bias = NULL;
  float values[12];
  OK(cermet_model_parameter(model, "fc_weight", &weight));
  OK(cermet_model_parameter(model, "fc_bias", &bias));
  expect_floats(bias, VALUES(0, 0, 0), 0);
  OK(cermet_ndarray_read(weight, values, sizeof values));
  /* xavier, uniform, average of 4 and 3 connections: sqrt(3 / 3.5) */
  float largest = 0;
  for (int k = 0; k < 12; ++k) largest = fmaxf(largest, fabsf(values[k]));
  cr_assert(largest > 0.3f && largest <= 0.9258201f, "%g", (double)largest);
  expect_parameter(model, "fc_weight", again);
  /* a second call changes nothing: all have values */
  cermet_specs *specs = data_spec(2, 4), *wrong = data_spec(2, 5), *unknown = NULL;
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  expect_parameter(model, "fc_weight", again);
  FAILS(CERMET_SHAPE, "fc", cermet_model_initialize(model, wrong, NULL, NULL, NULL));
  OK(cermet_specs_create(&unknown));
  OK(cermet_specs_set(unknown, "date", SHAPE(2, 4), CERMET_FLOAT32));
  FAILS(CERMET_NOT_FOUND, "did you mean 'data'", cermet_model_initialize(model, unknown, NULL, NULL, NULL));
  cermet_specs_release(specs);
  cermet_specs_release(wrong);
  cermet_specs_release(unknown);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(bias);
  cermet_model_release(model);
  cermet_model_release(again);
}

Test(model, a_variable_may_say_how_it_begins) {
  const char *json = "{\"nodes\":[" VAR("data")
                     ",{\"op\":\"null\",\"name\":\"w\",\"attrs\":{\"__init__\":\"[\\\"constant\\\", {\\\"value\\\": 2.5}]\"},\"inputs\":[]},"
                     "{\"op\":\"FullyConnected\",\"name\":\"fc\",\"attrs\":{\"num_hidden\":\"1\",\"no_bias\":\"True\"},"
                     "\"inputs\":[[0,0],[1,0]]}],\"heads\":[[2,0]]}";
  cermet_symbol *symbol = NULL;
  cermet_model *model = NULL;
  cermet_specs *specs = data_spec(1, 2);
  cermet_ndarray *w = NULL;
  OK(parse(json, &symbol));
  OK(cermet_model_create(symbol, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  OK(cermet_model_parameter(model, "w", &w));
  expect_floats(w, VALUES(2.5f, 2.5f), 0);
  cermet_ndarray_release(w);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(symbol);
}

Test(model, graphs_are_described_for_tables) {
  cermet_symbol *symbol = small_net();
  cermet_specs *specs = data_spec(2, 4);
  cermet_bytes *bytes = NULL;
  const char *text = NULL;
  OK(cermet_symbol_describe(symbol, specs, &bytes));
  OK(cermet_bytes_text(bytes, &text));
  cr_assert(strstr(text, "{\"id\":3,\"name\":\"fc\",\"op\":\"fully_connected\",\"attrs\":{\"num_hidden\":\"3\"},\"inputs\":["
                         "{\"node\":0,\"output\":0,\"name\":\"data\",\"role\":\"data\"},"
                         "{\"node\":1,\"output\":0,\"name\":\"weight\",\"role\":\"parameter\"},"
                         "{\"node\":2,\"output\":0,\"name\":\"bias\",\"role\":\"parameter\"}],"
                         "\"outputs\":[{\"name\":\"fc_output\",\"shape\":[2,3],\"dtype\":\"float32\"}],\"num_parameters\":15}"),
            "%s", text);
  cermet_bytes_release(bytes);
  OK(cermet_symbol_describe(symbol, NULL, &bytes));
  OK(cermet_bytes_text(bytes, &text));
  cr_assert(!strstr(text, "num_parameters"));
  cermet_bytes_release(bytes);
  cermet_specs_release(specs);
  cermet_symbol_release(symbol);
}
