/* SPDX-License-Identifier: Apache-2.0 */
/* Models in integers: calibrated in each mode, saved and served like others, refused where there is nothing to do; and
 * MXNet's own LeNet, which keeps its accuracy. */
#define _DEFAULT_SOURCE /* mkdtemp, strdup */
#include "nets.h"

enum { kRows = 4, kSize = 8, kImage = kSize * kSize };

/* data (N, 1, 8, 8) -> convolution, batch normalisation, relu, pooling -> fully connected -> softmax_output */
static cermet_symbol *net(void) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, "convolution");
  cermet_attrs *attrs = NULL;
  cermet_symbol *data = variable("data"), *x = NULL;
  OK(cermet_attrs_create(def, &attrs));
  OK(cermet_attrs_set_text(attrs, "kernel", "(3, 3)"));
  OK(cermet_attrs_set_text(attrs, "num_filter", "4"));
  OK(cermet_symbol_apply(def, attrs, "conv", &data, 1, &x));
  cermet_attrs_release(attrs);
  cermet_symbol_release(data);
  x = apply_text("batch_norm", "norm", x, NULL, NULL);
  x = apply_text("activation", "relu", x, "act_type", "relu");
  x = apply_text("pooling", "pool", x, "kernel", "(2, 2)");
  x = apply_text("fully_connected", "fc", x, "num_hidden", "3");
  return apply_text("softmax_output", "softmax", x, NULL, NULL);
}

static cermet_specs *image_spec(int64_t rows) {
  cermet_specs *out = NULL;
  OK(cermet_specs_create(&out));
  OK(cermet_specs_set(out, "data", (const int64_t[]){rows, 1, kSize, kSize}, 4, CERMET_FLOAT32));
  return out;
}

static cermet_model *model_of(cermet_symbol *symbol) {
  cermet_model *out = NULL;
  cermet_rng *rng = NULL;
  cermet_specs *specs = image_spec(kRows);
  OK(cermet_rng_create(1, &rng));
  OK(cermet_model_create(symbol, &out));
  OK(cermet_model_initialize(out, specs, NULL, NULL, rng));
  cermet_rng_release(rng);
  cermet_specs_release(specs);
  cermet_symbol_release(symbol);
  return out;
}

static cermet_calibrator *calibrator_of(const cermet_model *model, cermet_calibration mode,
                                        cermet_quantized_type type) {
  cermet_calibrator *out = NULL;
  cermet_specs *specs = image_spec(kRows);
  OK(cermet_calibrator_create(model, specs, mode, type, &out));
  cermet_specs_release(specs);
  return out;
}

static void images(float *to, int batch) {
  for (int k = 0; k < kRows * kImage; ++k) to[k] = (float)((k * 37 + batch * 11) % 101) / 101;
}

static void collect(cermet_calibrator *calibrator, int batches) {
  float values[kRows * kImage];
  cermet_ndarray *data = NULL;
  OK(cermet_calibrator_input(calibrator, "data", &data));
  for (int batch = 0; batch < batches; ++batch) {
    images(values, batch);
    OK(cermet_ndarray_write(data, values, (int64_t)sizeof values));
    OK(cermet_calibrator_collect(calibrator));
  }
  cermet_ndarray_release(data);
}

static void predict(const cermet_model *model, float (*out)[kRows * 3]) {
  float values[kRows * kImage];
  cermet_session *session = NULL;
  cermet_ndarray *data = NULL, *output = NULL;
  cermet_specs *specs = image_spec(kRows);
  images(values, 0);
  OK(cermet_session_create(model, specs, &session));
  OK(cermet_session_input(session, "data", &data));
  OK(cermet_ndarray_write(data, values, (int64_t)sizeof values));
  OK(cermet_session_run(session));
  OK(cermet_session_output(session, 0, &output));
  OK(cermet_ndarray_read(output, *out, (int64_t)sizeof *out));
  cermet_ndarray_release(output);
  cermet_ndarray_release(data);
  cermet_session_release(session);
  cermet_specs_release(specs);
}

static int64_t size_of(const cermet_model *model) {
  cermet_bytes *bytes = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  OK(cermet_model_to_bytes(model, &bytes));
  OK(cermet_bytes_data(bytes, &data, &nbytes));
  cermet_bytes_release(bytes);
  return nbytes;
}

static void expect_near(const float *got, const float *want) {
  for (int k = 0; k < kRows * 3; ++k)
    cr_assert(fabsf(got[k] - want[k]) < 0.02F, "[%d]: got %g, want %g", k, (double)got[k], (double)want[k]);
}

Test(quantize, predicts_what_the_model_predicts) {
  cermet_model *model = model_of(net());
  float want[kRows * 3], got[kRows * 3], again[kRows * 3];
  OK(cermet_model_set_metadata(model, "classes", "a,b,c"));
  predict(model, &want);
  for (int mode = CERMET_CALIBRATION_NONE; mode <= CERMET_CALIBRATION_ENTROPY; ++mode)
    for (int type = CERMET_QUANTIZED_AUTO; type <= CERMET_QUANTIZED_UINT8; ++type) {
      if (mode == CERMET_CALIBRATION_NONE && type == CERMET_QUANTIZED_UINT8) continue;
      cermet_calibrator *calibrator = calibrator_of(model, (cermet_calibration)mode, (cermet_quantized_type)type);
      cermet_model *quantized = NULL, *loaded = NULL;
      cermet_ndarray *weight = NULL;
      cermet_dtype dtype = CERMET_FLOAT32;
      const char *text = NULL;
      if (mode != CERMET_CALIBRATION_NONE) collect(calibrator, 3);
      OK(cermet_calibrator_quantize(calibrator, &quantized));
      cermet_calibrator_release(calibrator);
      predict(quantized, &got);
      expect_near(got, want);
      OK(cermet_model_parameter(quantized, "conv_weight_quantize", &weight));
      OK(cermet_ndarray_dtype(weight, &dtype));
      cr_assert_eq(dtype, CERMET_INT8);
      cermet_ndarray_release(weight);
      OK(cermet_model_metadata(quantized, "classes", &text));
      cr_assert_str_eq(text, "a,b,c");
      /* The same numbers from both kinds of files. */
      OK(cermet_model_save(quantized, temp_path("int8"), 1));
      OK(cermet_model_load(temp_path("int8"), 1, &loaded));
      predict(loaded, &again);
      cr_assert_eq(memcmp(got, again, sizeof got), 0);
      cermet_model_release(loaded);
      OK(cermet_model_save(quantized, temp_path("int8.safetensors"), 0));
      OK(cermet_model_load(temp_path("int8.safetensors"), 0, &loaded));
      predict(loaded, &again);
      cr_assert_eq(memcmp(got, again, sizeof got), 0);
      cermet_model_release(loaded);
      cermet_model_release(quantized);
    }
  cermet_model_release(model);
}

Test(quantize, leaves_out_what_is_excluded) {
  cermet_model *model = model_of(net());
  const char *const names[] = {"fc", "Convolution", "relu"};
  for (int k = 0; k < 3; ++k) {
    cermet_calibrator *calibrator = calibrator_of(model, CERMET_CALIBRATION_NAIVE, CERMET_QUANTIZED_AUTO);
    cermet_model *quantized = NULL;
    cermet_symbol *symbol = NULL;
    float want[kRows * 3], got[kRows * 3];
    OK(cermet_calibrator_exclude(calibrator, names[k]));
    collect(calibrator, 1);
    FAILS(CERMET_INVALID_ARGUMENT, "before the first input", cermet_calibrator_exclude(calibrator, "fc"));
    OK(cermet_calibrator_quantize(calibrator, &quantized));
    OK(cermet_model_symbol(quantized, &symbol));
    char *json = json_of(symbol);
    cr_assert_eq(strstr(json, "_contrib_quantized_fully_connected") == NULL, k == 0);
    cr_assert_eq(strstr(json, "_contrib_quantized_conv") == NULL, k == 1);
    cr_assert_eq(strstr(json, "_contrib_quantized_pooling") == NULL, 1); /* nothing integer comes in, or goes out */
    cr_assert_eq(strstr(json, "BatchNorm") == NULL, 1);
    free(json);
    predict(model, &want);
    predict(quantized, &got);
    expect_near(got, want);
    cermet_symbol_release(symbol);
    cermet_model_release(quantized);
    cermet_calibrator_release(calibrator);
  }
  cermet_model_release(model);
}

Test(quantize, refuses) {
  cermet_model *model = model_of(net()), *out = NULL;
  cermet_specs *specs = image_spec(kRows), *other = data_spec(2, 4);
  cermet_calibrator *calibrator = NULL;
  cermet_ndarray *array = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "calibration",
        cermet_calibrator_create(model, specs, (cermet_calibration)3, CERMET_QUANTIZED_AUTO, &calibrator));
  FAILS(CERMET_INVALID_ARGUMENT, "type",
        cermet_calibrator_create(model, specs, CERMET_CALIBRATION_NAIVE, (cermet_quantized_type)-1, &calibrator));
  FAILS(CERMET_INVALID_ARGUMENT, "got uint8",
        cermet_calibrator_create(model, specs, CERMET_CALIBRATION_NONE, CERMET_QUANTIZED_UINT8, &calibrator));
  OK(cermet_specs_set(other, "no such input", (const int64_t[]){1}, 1, CERMET_FLOAT32));
  FAILS(CERMET_NOT_FOUND, "no such input",
        cermet_calibrator_create(model, other, CERMET_CALIBRATION_NAIVE, CERMET_QUANTIZED_AUTO, &calibrator));

  calibrator = calibrator_of(model, CERMET_CALIBRATION_NAIVE, CERMET_QUANTIZED_AUTO);
  FAILS(CERMET_NOT_FOUND, "a node or an operator", cermet_calibrator_exclude(calibrator, "fd"));
  FAILS(CERMET_NOT_FOUND, "an input", cermet_calibrator_input(calibrator, "fc_weight", &array));
  FAILS(CERMET_INVALID_ARGUMENT, "no batch", cermet_calibrator_quantize(calibrator, &out));
  float values[kRows * kImage];
  images(values, 0);
  values[7] = INFINITY;
  OK(cermet_calibrator_input(calibrator, "data", &array));
  OK(cermet_ndarray_write(array, values, (int64_t)sizeof values));
  FAILS(CERMET_INVALID_ARGUMENT, "data: got an infinite value", cermet_calibrator_collect(calibrator));
  cermet_ndarray_release(array);
  cermet_calibrator_release(calibrator);

  calibrator = calibrator_of(model, CERMET_CALIBRATION_NONE, CERMET_QUANTIZED_AUTO);
  FAILS(CERMET_INVALID_ARGUMENT, "takes no batches", cermet_calibrator_collect(calibrator));
  FAILS(CERMET_INVALID_ARGUMENT, "takes no batches", cermet_calibrator_input(calibrator, "data", &array));
  cermet_calibrator_release(calibrator);

  /* Negative values are no uint8. */
  calibrator = calibrator_of(model, CERMET_CALIBRATION_NAIVE, CERMET_QUANTIZED_UINT8);
  images(values, 0);
  values[7] = -1;
  OK(cermet_calibrator_input(calibrator, "data", &array));
  OK(cermet_ndarray_write(array, values, (int64_t)sizeof values));
  OK(cermet_calibrator_collect(calibrator));
  FAILS(CERMET_INVALID_ARGUMENT, "'data' go down to -1", cermet_calibrator_quantize(calibrator, &out));
  cermet_ndarray_release(array);
  cermet_calibrator_release(calibrator);

  /* Nothing to quantize. */
  cermet_model *plain = model_of(apply_text("activation", "relu", variable("data"), "act_type", "relu"));
  calibrator = calibrator_of(plain, CERMET_CALIBRATION_NAIVE, CERMET_QUANTIZED_AUTO);
  FAILS(CERMET_UNSUPPORTED, "no convolution or fully connected layer", cermet_calibrator_collect(calibrator));
  FAILS(CERMET_UNSUPPORTED, "no convolution or fully connected layer",
        cermet_calibrator_input(calibrator, "data", &array));
  cermet_calibrator_release(calibrator);
  cermet_model_release(plain);
  cermet_specs_release(other);
  cermet_specs_release(specs);
  cermet_model_release(model);
}

/* --- MNIST ------------------------------------------------------------------------------------------------------- */
enum { kPixels = 28 * 28, kTest = 10000, kBatch = 100 };

/* The bytes of an IDX file, of which only the first `count` are kept. */
static void read_idx(const char *name, unsigned char *to, int64_t count) {
  cermet_ndarray *all = NULL;
  const void *data = NULL;
  OK(cermet_read_idx(shared_path(name), &all));
  OK(cermet_ndarray_data(all, (void **)&data));
  memcpy(to, data, (size_t)count);
  cermet_ndarray_release(all);
}

static void write_batch(cermet_ndarray *data, const unsigned char *pixels) {
  static float values[kBatch * kPixels];
  for (int k = 0; k < kBatch * kPixels; ++k) values[k] = (float)pixels[k] / 255;
  OK(cermet_ndarray_write(data, values, (int64_t)sizeof values));
}

static double accuracy(const cermet_model *model, const cermet_specs *specs, const unsigned char *pixels,
                       const unsigned char *labels) {
  cermet_session *session = NULL;
  cermet_ndarray *data = NULL, *output = NULL;
  int right = 0;
  OK(cermet_session_create(model, specs, &session));
  OK(cermet_session_input(session, "data", &data));
  for (int first = 0; first < kTest; first += kBatch) {
    float scores[kBatch * 10];
    write_batch(data, pixels + (long)first * kPixels);
    OK(cermet_session_run(session));
    OK(cermet_session_output(session, 0, &output));
    OK(cermet_ndarray_read(output, scores, (int64_t)sizeof scores));
    cermet_ndarray_release(output);
    for (int k = 0; k < kBatch; ++k) {
      int best = 0;
      for (int c = 1; c < 10; ++c)
        if (scores[10 * k + c] > scores[10 * k + best]) best = c;
      right += best == labels[first + k];
    }
  }
  cermet_ndarray_release(data);
  cermet_session_release(session);
  return (double)right / kTest;
}

Test(quantize, mxnets_lenet_keeps_its_accuracy) {
  static unsigned char pixels[kTest * kPixels], labels[kTest], train[10 * kBatch * kPixels];
  read_idx("data/mnist/t10k-images-idx3-ubyte.gz", pixels, sizeof pixels);
  read_idx("data/mnist/t10k-labels-idx1-ubyte.gz", labels, sizeof labels);
  read_idx("data/mnist/train-images-idx3-ubyte.gz", train, sizeof train);
  char prefix[4096];
  snprintf(prefix, sizeof prefix, "%s", shared_path("data/mxnet-lenet/LeNet-symbol.json"));
  *strstr(prefix, "-symbol.json") = 0;
  cermet_model *model = NULL;
  cermet_specs *specs = NULL;
  OK(cermet_model_load(prefix, 10, &model));
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "data", (const int64_t[]){kBatch, 1, 28, 28}, 4, CERMET_FLOAT32));
  double want = accuracy(model, specs, pixels, labels);
  cr_assert(want > 0.988, "float: %g", want);
  for (int mode = CERMET_CALIBRATION_NAIVE; mode <= CERMET_CALIBRATION_ENTROPY; ++mode) {
    cermet_calibrator *calibrator = NULL;
    cermet_model *quantized = NULL;
    cermet_ndarray *data = NULL;
    OK(cermet_calibrator_create(model, specs, (cermet_calibration)mode, CERMET_QUANTIZED_AUTO, &calibrator));
    OK(cermet_calibrator_input(calibrator, "data", &data));
    for (int batch = 0; batch < 10; ++batch) {
      write_batch(data, train + (long)batch * kBatch * kPixels);
      OK(cermet_calibrator_collect(calibrator));
    }
    OK(cermet_calibrator_quantize(calibrator, &quantized));
    double got = accuracy(quantized, specs, pixels, labels);
    cr_assert(got > want - 0.001, "mode %d: %g, float %g", mode, got, want);
    cr_assert_lt(3 * size_of(quantized), size_of(model));
    cermet_ndarray_release(data);
    cermet_model_release(quantized);
    cermet_calibrator_release(calibrator);
  }
  cermet_specs_release(specs);
  cermet_model_release(model);
}
