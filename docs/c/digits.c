/* SPDX-License-Identifier: Apache-2.0 */
/* Cermet from plain C: trains a small convolutional net on 8x8 scans of handwritten digits, saves it, loads it again and
 * predicts.
 *
 *   cc digits.c $(pkg-config --cflags --libs cermet) -o digits && ./digits digits.csv.gz
 *
 * digits.csv.gz: one scan a row, 64 pixels of 0 to 16 and the class (UCI optical digits; r/inst/extdata has a copy). */
#include <cermet/cermet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every call returns a status; the text of a failure waits in the thread's error slot. */
static void check(cermet_status status, const char *what) {
  if (status == CERMET_OK) return;
  fprintf(stderr, "%s: %s: %s\n", what, cermet_status_name(status), cermet_error_last_message());
  exit(1);
}
#define CHECK(call) check((call), #call)

/* Adds a layer (or operator) to a net; `settings` are name, value pairs as text. */
static cermet_symbol *add(cermet_kind kind, const char *layer, const char *name, cermet_symbol *input,
                          const char *const *settings) {
  const cermet_def *def;
  cermet_attrs *attrs;
  cermet_symbol *output;
  CHECK(cermet_def_find(kind, layer, &def));
  CHECK(cermet_attrs_create(def, &attrs));
  for (; settings && *settings; settings += 2) CHECK(cermet_attrs_set_text(attrs, settings[0], settings[1]));
  CHECK(cermet_symbol_apply(def, attrs, name, &input, 1, &output));
  cermet_attrs_release(attrs);
  cermet_symbol_release(input);
  return output;
}
#define SET(...) ((const char *const[]){__VA_ARGS__, NULL})

static cermet_symbol *small_cnn(void) {
  cermet_symbol *net;
  CHECK(cermet_symbol_variable("data", &net));
  net = add(CERMET_KIND_LAYER, "conv2d", "conv1", net, SET("channels", "16", "kernel_size", "3", "padding", "1", "activation", "relu"));
  net = add(CERMET_KIND_LAYER, "max_pool2d", "pool1", net, NULL);
  net = add(CERMET_KIND_LAYER, "conv2d", "conv2", net, SET("channels", "32", "kernel_size", "3", "padding", "1", "activation", "relu"));
  net = add(CERMET_KIND_LAYER, "flatten", "flat", net, NULL);
  net = add(CERMET_KIND_LAYER, "dense", "fc1", net, SET("units", "64", "activation", "relu"));
  net = add(CERMET_KIND_LAYER, "dense", "fc2", net, SET("units", "10"));
  return add(CERMET_KIND_OPERATOR, "softmax_output", "softmax", net, SET("normalization", "batch"));
}

/* The scans as (n, 1, 8, 8) in [0, 1] and their classes as (n). */
static void read_digits(const char *path, cermet_ndarray **out_images, cermet_ndarray **out_classes) {
  cermet_ndarray *table;
  const int64_t *shape;
  int32_t ndim;
  void *rows;
  CHECK(cermet_read_csv(path, ',', 0, &table));
  CHECK(cermet_ndarray_shape(table, &shape, &ndim));
  CHECK(cermet_ndarray_data(table, &rows));
  int64_t n = shape[0], columns = shape[1];
  float *images = malloc((size_t)n * 64 * sizeof(float)), *classes = malloc((size_t)n * sizeof(float));
  for (int64_t row = 0; row < n; ++row) {
    const float *values = (const float *)rows + row * columns;
    for (int pixel = 0; pixel < 64; ++pixel) images[row * 64 + pixel] = values[pixel] / 16;
    classes[row] = values[64];
  }
  CHECK(cermet_ndarray_from_data(images, n * 64 * (int64_t)sizeof(float), (const int64_t[]){n, 1, 8, 8}, 4,
                                 CERMET_FLOAT32, out_images));
  CHECK(cermet_ndarray_from_data(classes, n * (int64_t)sizeof(float), &n, 1, CERMET_FLOAT32, out_classes));
  free(images);
  free(classes);
  cermet_ndarray_release(table);
}

/* Rows [first, last) as a view. */
static cermet_ndarray *rows(cermet_ndarray *array, int64_t first, int64_t last) {
  cermet_ndarray *view;
  const int64_t step = 1;
  CHECK(cermet_ndarray_slice(array, &first, &last, &step, 1, &view));
  return view;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: digits digits.csv.gz\n");
    return 2;
  }
  cermet_ndarray *images, *classes, *data[2], *test[2];
  read_digits(argv[1], &images, &classes);
  data[0] = rows(images, 0, 1437), data[1] = rows(classes, 0, 1437);
  test[0] = rows(images, 1437, 1797), test[1] = rows(classes, 1437, 1797);

  /* What goes in at each step: its shape tells all others. */
  cermet_specs *inputs;
  CHECK(cermet_specs_create(&inputs));
  CHECK(cermet_specs_set(inputs, "data", (const int64_t[]){64, 1, 8, 8}, 4, CERMET_FLOAT32));
  CHECK(cermet_specs_set(inputs, "softmax_label", (const int64_t[]){64}, 1, CERMET_FLOAT32));

  cermet_rng *rng;
  cermet_symbol *net = small_cnn();
  cermet_model *model;
  CHECK(cermet_rng_create(42, &rng));
  CHECK(cermet_model_create(net, &model));
  CHECK(cermet_model_initialize(model, inputs, NULL, NULL, rng));

  const cermet_def *adam, *accuracy;
  cermet_optimizer *optimizer;
  cermet_metric *metric;
  cermet_trainer *trainer;
  cermet_loader *loader;
  CHECK(cermet_def_find(CERMET_KIND_OPTIMIZER, "adam", &adam));
  CHECK(cermet_optimizer_create(adam, NULL, &optimizer));
  CHECK(cermet_def_find(CERMET_KIND_METRIC, "accuracy", &accuracy));
  CHECK(cermet_metric_create(accuracy, NULL, &metric));
  CHECK(cermet_trainer_create(model, inputs, optimizer, &trainer));
  CHECK(cermet_trainer_add_metric(trainer, metric, 1, 0));
  CHECK(cermet_loader_create(data, 2, 64, 1, CERMET_LAST_KEEP, rng, &loader));

  double value = 0;
  for (int epoch = 1; epoch <= 20; ++epoch) {
    int32_t more = 0;
    CHECK(cermet_metric_reset(metric));
    CHECK(cermet_loader_reset(loader));
    for (CHECK(cermet_loader_next(loader, &more)); more; CHECK(cermet_loader_next(loader, &more))) {
      cermet_ndarray *batch[2];
      CHECK(cermet_loader_batch(loader, 0, &batch[0]));
      CHECK(cermet_loader_batch(loader, 1, &batch[1]));
      CHECK(cermet_trainer_step(trainer, batch, 2, rng));
      cermet_ndarray_release(batch[0]);
      cermet_ndarray_release(batch[1]);
    }
    CHECK(cermet_metric_value(metric, &value));
    if (epoch % 5 == 0) printf("epoch %2d: training accuracy %.4f\n", epoch, value);
  }
  CHECK(cermet_metric_reset(metric));
  CHECK(cermet_trainer_evaluate(trainer, test, 2));
  CHECK(cermet_metric_value(metric, &value));
  printf("test accuracy: %.4f\n", value);

  /* Save, load, predict: any other language could do the second half. */
  CHECK(cermet_model_save(model, "digits.safetensors", 0));
  cermet_model *loaded;
  cermet_session *session;
  cermet_specs *one_scan;
  cermet_ndarray *input, *output, *one = rows(images, 1500, 1501);
  float probabilities[10];
  CHECK(cermet_model_load("digits.safetensors", 0, &loaded));
  CHECK(cermet_specs_create(&one_scan));
  CHECK(cermet_specs_set(one_scan, "data", (const int64_t[]){1, 1, 8, 8}, 4, CERMET_FLOAT32));
  CHECK(cermet_session_create(loaded, one_scan, &session));
  CHECK(cermet_session_input(session, "data", &input));
  CHECK(cermet_ndarray_copy_to(one, input));
  CHECK(cermet_session_run(session));
  CHECK(cermet_session_output(session, 0, &output));
  CHECK(cermet_ndarray_read(output, probabilities, sizeof probabilities));
  int best = 0;
  for (int k = 1; k < 10; ++k)
    if (probabilities[k] > probabilities[best]) best = k;
  printf("scan 1500 is a %d (probability %.3f)\n", best, (double)probabilities[best]);

  cermet_ndarray *held[] = {images, classes, data[0], data[1], test[0], test[1], input, output, one};
  for (size_t k = 0; k < sizeof held / sizeof held[0]; ++k) cermet_ndarray_release(held[k]);
  cermet_session_release(session);
  cermet_model_release(loaded);
  cermet_loader_release(loader);
  cermet_trainer_release(trainer);
  cermet_metric_release(metric);
  cermet_optimizer_release(optimizer);
  cermet_model_release(model);
  cermet_symbol_release(net);
  cermet_rng_release(rng);
  cermet_specs_release(inputs);
  cermet_specs_release(one_scan);
  return 0;
}
