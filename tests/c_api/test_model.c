/* SPDX-License-Identifier: Apache-2.0 */
/* Models: saved in both forms, loaded, initialised, refused; MXNet's own predict what MXNet predicts. */
#define _DEFAULT_SOURCE /* mkdtemp, strdup */
#include <pthread.h>

#include "nets.h"

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
  OK(cermet_model_set_metadata(model, "classes", "a,b,c\n\"d\""));
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
    OK(form == 0   ? cermet_model_load(prefix, 3, &loaded)
       : form == 1 ? cermet_model_load(one, 0, &loaded)
       : form == 2 ? cermet_model_from_bytes(data, nbytes, &loaded)
                   : cermet_model_copy(model, &loaded));
    OK(cermet_model_parameters(loaded, &names));
    expect_strings(names, STRINGS("fc_weight", "fc_bias"));
    OK(cermet_model_inputs(loaded, &names));
    expect_strings(names, STRINGS("data"));
    expect_parameter(loaded, "fc_weight", model);
    expect_parameter(loaded, "fc_bias", model);
    OK(cermet_model_metadata(loaded, "classes", &text));
    cr_assert_str_eq(text, "a,b,c\n\"d\"");
    FAILS(CERMET_NOT_FOUND, "none", cermet_model_metadata(loaded, "none", &text));
    cermet_model_release(loaded);
  }
  /* the prefix form keeps metadata where MXNet has attributes of the graph, in the form it wants */
  char graph[300], *json = NULL, *edited = NULL;
  size_t size = 0;
  snprintf(graph, sizeof graph, "%s-symbol.json", prefix);
  json = (char *)read_bytes(graph, &size);
  json[size] = 0;
  cr_assert(strstr(json, "\"cermet.classes\": [\"str\", \"a,b,c\\n\\\"d\\\"\"]"), "%s", json);
  cr_assert(strstr(json, "\"mxnet_version\": [\"int\", 10901]"));
  edited = strstr(json, "[\"str\", \"a,");
  memcpy(edited, "[\"int\"", 6);
  write_bytes(graph, json, size);
  cermet_model *loaded = NULL;
  FAILS(CERMET_CORRUPT, "attrs.cermet.classes: got [\"int\"", cermet_model_load(prefix, 3, &loaded));
  free(json);
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
  cr_assert(
      strstr(text,
             "{\"id\":3,\"name\":\"fc\",\"op\":\"fully_connected\",\"attrs\":{\"num_hidden\":\"3\"},\"inputs\":["
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

/* Array `name` of the archive, a new reference; NULL if there is none. */
static cermet_ndarray *archived(const cermet_arrays *arrays, const char *name) {
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

/* Shapes of the model's inputs, as the archive has them under "in/". */
static cermet_specs *specs_from(const cermet_model *model, const cermet_arrays *io) {
  cermet_specs *out = NULL;
  cermet_strings *inputs = NULL;
  int32_t count = 0;
  OK(cermet_specs_create(&out));
  OK(cermet_model_inputs(model, &inputs));
  OK(cermet_strings_size(inputs, &count));
  for (int32_t k = 0; k < count; ++k) {
    const char *name = NULL;
    const int64_t *shape = NULL;
    int32_t ndim = 0;
    char key[256];
    OK(cermet_strings_get(inputs, k, &name));
    snprintf(key, sizeof key, "in/%s", name);
    cermet_ndarray *array = archived(io, key);
    cr_assert(array != NULL, "the model wants the input %s", name);
    OK(cermet_ndarray_shape(array, &shape, &ndim));
    OK(cermet_specs_set(out, name, shape, ndim, CERMET_FLOAT32));
    cermet_ndarray_release(array);
  }
  cermet_strings_release(inputs);
  return out;
}

static void expect_predictions(const char *net, const cermet_model *model, const cermet_arrays *io) {
  cermet_specs *specs = specs_from(model, io);
  cermet_session *session = NULL;
  int32_t count = 0;
  OK(cermet_session_create(model, specs, &session));
  OK(cermet_specs_size(specs, &count));
  for (int32_t k = 0; k < count; ++k) {
    const char *name = NULL;
    char key[256];
    cermet_ndarray *buffer = NULL;
    OK(cermet_specs_name(specs, k, &name));
    snprintf(key, sizeof key, "in/%s", name);
    cermet_ndarray *values = archived(io, key);
    OK(cermet_session_input(session, name, &buffer));
    OK(cermet_ndarray_copy_to(values, buffer));
    cermet_ndarray_release(values);
    cermet_ndarray_release(buffer);
  }
  OK(cermet_session_run(session));
  cermet_ndarray *got = NULL, *want = archived(io, "out/0");
  OK(cermet_session_output(session, 0, &got));
  int64_t size = 0, want_size = 0;
  OK(cermet_ndarray_size(got, &size));
  OK(cermet_ndarray_size(want, &want_size));
  cr_assert(size > 0 && size == want_size, "%s: output of %ld values, want %ld", net, (long)size, (long)want_size);
  float *x = malloc((size_t)size * 4), *y = malloc((size_t)size * 4);
  OK(cermet_ndarray_read(got, x, size * 4));
  OK(cermet_ndarray_read(want, y, size * 4));
  for (int64_t k = 0; k < size; ++k)
    cr_assert(fabs((double)x[k] - (double)y[k]) <= 1e-5 + 1e-4 * fabs((double)y[k]), "%s [%ld]: got %g, want %g", net,
              (long)k, (double)x[k], (double)y[k]);
  free(x);
  free(y);
  cermet_ndarray_release(got);
  cermet_ndarray_release(want);
  cermet_session_release(session);
  cermet_specs_release(specs);
}

/* Nets saved by MXNet 1.9.1. Those that need operators which do not exist here must say so and nothing else. */
Test(model, mxnet_models_predict_the_same) {
  static const char *const nets[] = {"lenet",    "resnet_v1", "resnet_v2",   "lstm_lm",   "transformer",
                                     "ssd_head", "numpy_net", "foreach_rnn", "while_cond"};
  int checked = 0;
  for (size_t k = 0; k < sizeof nets / sizeof *nets; ++k) {
    char file[256], prefix[4096];
    snprintf(file, sizeof file, "reference/models/%s/io.npz", nets[k]);
    const char *path = shared_path(file);
    cermet_arrays *io = NULL;
    cermet_model *model = NULL;
    OK(cermet_arrays_load(path, &io));
    snprintf(prefix, sizeof prefix, "%.*s%s", (int)(strlen(path) - strlen("io.npz")), path, nets[k]);
    cermet_status status = cermet_model_load(prefix, 0, &model);
    if (status == CERMET_OK) {
      expect_predictions(nets[k], model, io);
      ++checked;
    } else {
      cr_assert(status == CERMET_UNSUPPORTED, "%s: %s", nets[k], cermet_error_last_message());
      fprintf(stderr, "SKIPPED: %s\n", cermet_error_last_message());
    }
    cermet_model_release(model);
    cermet_arrays_release(io);
  }
  cr_assert(checked >= 3, "only %d models could be checked", checked);
}

/* The LeNet that MXNet 1.3 trained on MNIST: by its log, validation accuracy 0.988682 after epoch 10. */
Test(model, mxnet_lenet_reads_digits_as_well_as_in_mxnet) {
  enum { kBatch = 1000, kPixels = 28 * 28 };
  const char *path = shared_path("data/mxnet-lenet/LeNet-symbol.json");
  char prefix[4096];
  snprintf(prefix, sizeof prefix, "%.*s", (int)(strlen(path) - strlen("-symbol.json")), path);
  cermet_model *model = NULL;
  cermet_specs *specs = NULL;
  cermet_session *session = NULL;
  cermet_metric *accuracy = NULL;
  cermet_ndarray *images = NULL, *labels = NULL, *input = NULL, *output = NULL;
  OK(cermet_model_load(prefix, 10, &model));
  OK(cermet_read_idx(shared_path("data/mnist/t10k-images-idx3-ubyte.gz"), &images));
  OK(cermet_read_idx(shared_path("data/mnist/t10k-labels-idx1-ubyte.gz"), &labels));
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "data", SHAPE(kBatch, 1, 28, 28), CERMET_FLOAT32));
  OK(cermet_session_create(model, specs, &session));
  OK(cermet_session_input(session, "data", &input));
  OK(cermet_metric_create(find(CERMET_KIND_METRIC, "accuracy"), NULL, &accuracy));
  static uint8_t pixels[kBatch * kPixels];
  static float scaled[kBatch * kPixels];
  for (int64_t begin = 0; begin < 10000; begin += kBatch) {
    const int64_t first[1] = {begin}, end[1] = {begin + kBatch}, one[1] = {1};
    cermet_ndarray *some = NULL, *classes = NULL;
    OK(cermet_ndarray_slice(images, first, end, one, 1, &some));
    OK(cermet_ndarray_slice(labels, first, end, one, 1, &classes));
    OK(cermet_ndarray_read(some, pixels, sizeof pixels));
    for (int k = 0; k < kBatch * kPixels; ++k) scaled[k] = (float)pixels[k] / 255;
    OK(cermet_ndarray_write(input, scaled, sizeof scaled));
    OK(cermet_session_run(session));
    OK(cermet_session_output(session, 0, &output));
    OK(cermet_metric_update(accuracy, classes, output));
    cermet_ndarray_release(output);
    cermet_ndarray_release(some);
    cermet_ndarray_release(classes);
  }
  double value = 0;
  OK(cermet_metric_value(accuracy, &value));
  cr_assert(fabs(value - 0.988682) < 0.001, "accuracy %g", value);
  cermet_ndarray_release(input);
  cermet_ndarray_release(images);
  cermet_ndarray_release(labels);
  cermet_metric_release(accuracy);
  cermet_session_release(session);
  cermet_specs_release(specs);
  cermet_model_release(model);
}

Test(model, a_misnamed_input_is_shown_the_inputs) {
  cermet_model *model = small_model();
  cermet_specs *specs = NULL;
  cermet_session *session = NULL;
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "picture", SHAPE(2, 4), CERMET_FLOAT32));
  FAILS(CERMET_NOT_FOUND, "inputs: got 'picture'; want inputs of the model: 'data'",
        cermet_session_create(model, specs, &session));
  cr_assert_null(session);
  cermet_specs_release(specs);
  cermet_model_release(model);
}

enum { kLong = 4 << 20 };
struct writer {
  cermet_ndarray *array;
  volatile int stop;
};

/* Writes all zeros, then all ones, and so on. */
static void *write_all(void *payload) {
  struct writer *self = payload;
  float *values[2] = {calloc(kLong, sizeof(float)), malloc(kLong * sizeof(float))};
  for (int k = 0; k < kLong; ++k) values[1][k] = 1;
  for (int k = 0; !self->stop; ++k)
    OK(cermet_ndarray_write(self->array, values[k % 2], kLong * (int64_t)sizeof(float)));
  free(values[0]);
  free(values[1]);
  return NULL;
}

static int torn(const float *values) {
  for (int k = 1; k < kLong; ++k)
    if (values[k] != values[0]) return 1;
  return 0;
}

/* Copies and saved bytes are of one moment, whoever writes meanwhile. */
Test(model, copies_are_of_one_moment, .timeout = 120) {
  cermet_symbol *net = apply_text("negative", "n", variable("w"), NULL, NULL);
  cermet_model *model = NULL;
  struct writer writer = {NULL, 0};
  pthread_t thread;
  int num_torn = 0;
  OK(cermet_ndarray_create(SHAPE(kLong), CERMET_FLOAT32, CERMET_CPU, 0, &writer.array));
  OK(cermet_model_create(net, &model));
  OK(cermet_model_set_parameter(model, "w", writer.array));
  float *values = malloc(kLong * sizeof *values);
  pthread_create(&thread, NULL, write_all, &writer);
  for (int k = 0; k < 30; ++k) {
    cermet_model *copy = NULL;
    cermet_ndarray *copied = NULL;
    cermet_bytes *bytes = NULL;
    const void *data = NULL;
    int64_t nbytes = 0;
    OK(cermet_model_copy(model, &copy));
    OK(cermet_model_parameter(copy, "w", &copied));
    OK(cermet_ndarray_read(copied, values, kLong * (int64_t)sizeof *values));
    num_torn += torn(values);
    OK(cermet_model_to_bytes(model, &bytes));
    OK(cermet_bytes_data(bytes, &data, &nbytes));
    memcpy(values, (const char *)data + nbytes - kLong * (int64_t)sizeof *values, kLong * sizeof *values);
    num_torn += torn(values);
    cermet_bytes_release(bytes);
    cermet_ndarray_release(copied);
    cermet_model_release(copy);
  }
  writer.stop = 1;
  pthread_join(thread, NULL);
  cr_assert(num_torn == 0, "%d of 60", num_torn);
  free(values);
  cermet_ndarray_release(writer.array);
  cermet_model_release(model);
  cermet_symbol_release(net);
}

Test(model, a_factor_of_none_states_nothing) {
  const char *const keys[] = {"__lr_mult__", "__wd_mult__"};
  for (int k = 0; k < 2; ++k) {
    const cermet_def *dense = find(CERMET_KIND_OPERATOR, "fully_connected");
    cermet_symbol *inputs[2] = {variable("data"), variable("w")}, *net = NULL;
    cermet_specs *specs = data_spec(1, 1);
    cermet_attrs *attrs = NULL;
    cermet_model *model = NULL;
    cermet_optimizer *sgd = NULL;
    cermet_trainer *trainer = NULL;
    cermet_ndarray *weight = floats(SHAPE(1, 1), VALUES(3)), *x = floats(SHAPE(1, 1), VALUES(1));
    OK(cermet_symbol_set_attribute(inputs[1], keys[k], "None"));
    OK(cermet_attrs_create(dense, &attrs));
    OK(cermet_attrs_set_text(attrs, "num_hidden", "1"));
    OK(cermet_attrs_set_text(attrs, "no_bias", "True"));
    OK(cermet_symbol_apply(dense, attrs, "fc", inputs, 2, &net));
    OK(cermet_model_create(net, &model));
    OK(cermet_model_set_parameter(model, "w", weight));
    OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &sgd));
    OK(cermet_trainer_create(model, specs, sgd, &trainer));
    OK(cermet_trainer_step(trainer, &x, 1, NULL));
    expect_floats(weight, VALUES(2.99f), 1e-6); /* the rate is 0.01, the gradient 1 */
    cermet_ndarray_release(weight);
    cermet_ndarray_release(x);
    cermet_trainer_release(trainer);
    cermet_optimizer_release(sgd);
    cermet_model_release(model);
    cermet_attrs_release(attrs);
    cermet_specs_release(specs);
    cermet_symbol_release(net);
    for (int i = 0; i < 2; ++i) cermet_symbol_release(inputs[i]);
  }
}
