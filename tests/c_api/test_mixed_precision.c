/* SPDX-License-Identifier: Apache-2.0 */
/* Mixed precision: the converted symbol, loss scales, and LeNet on MNIST, which learns as well in 16 bits. */
#include "nets.h"

static cermet_symbol *mixed(cermet_symbol *net, cermet_dtype dtype) {
  cermet_symbol *out = NULL;
  OK(cermet_symbol_mixed_precision(net, dtype, &out));
  cermet_symbol_release(net);
  return out;
}

Test(mixed_precision, casts_stand_in_the_graph_and_names_stay) {
  cermet_symbol *net = mixed(small_net(), CERMET_BFLOAT16);
  cermet_strings *names = NULL;
  OK(cermet_symbol_arguments(net, &names));
  expect_strings(names, STRINGS("data", "fc_weight", "fc_bias", "softmax_label"));
  OK(cermet_symbol_outputs(net, &names));
  expect_strings(names, STRINGS("softmax_output"));
  char *json = json_of(net);
  cr_assert(strstr(json, "amp_cast") && strstr(json, "bfloat16"));
  cermet_symbol *read = NULL;
  OK(parse(json, &read));
  free(json);
  cermet_specs *known = data_spec(4, 5), *arguments = NULL, *outputs = NULL;
  OK(cermet_symbol_infer(read, known, &arguments, &outputs, NULL));
  for (int32_t k = 0; k < 4; ++k) {
    cermet_dtype dtype = CERMET_INT8;
    OK(cermet_specs_dtype(arguments, k, &dtype));
    cr_assert(dtype == CERMET_FLOAT32);
  }
  cermet_specs *specs[] = {known, arguments, outputs};
  for (int k = 0; k < 3; ++k) cermet_specs_release(specs[k]);
  cermet_symbol_release(read);
  cermet_symbol_release(net);
}

Test(mixed_precision, bad_input) {
  cermet_symbol *net = small_net(), *out = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "float32", cermet_symbol_mixed_precision(net, CERMET_FLOAT32, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "int32", cermet_symbol_mixed_precision(net, CERMET_INT32, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "dtype", cermet_symbol_mixed_precision(net, (cermet_dtype)77, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "symbol", cermet_symbol_mixed_precision(NULL, CERMET_FLOAT16, &out));
  FAILS(CERMET_INVALID_ARGUMENT, "out", cermet_symbol_mixed_precision(net, CERMET_FLOAT16, NULL));
  cr_assert(out == NULL);
  cermet_symbol_release(net);
}

static cermet_optimizer *optimizer(const char *name, const char *rate) {
  const cermet_def *def = find(CERMET_KIND_OPTIMIZER, name);
  cermet_attrs *attrs = NULL;
  cermet_optimizer *out = NULL;
  OK(cermet_attrs_create(def, &attrs));
  OK(cermet_attrs_set_text(attrs, "learning_rate", rate));
  OK(cermet_optimizer_create(def, attrs, &out));
  cermet_attrs_release(attrs);
  return out;
}

static void expect_scale(const cermet_optimizer *o, double scale, int64_t skipped) {
  double got = -1;
  int64_t left_out = -1;
  OK(cermet_optimizer_loss_scale(o, &got));
  OK(cermet_optimizer_skipped_updates(o, &left_out));
  cr_assert(got == scale && left_out == skipped, "got %g and %ld; want %g and %ld", got, (long)left_out, scale,
            (long)skipped);
}

Test(loss_scale, divides_gradients_and_leaves_out_what_is_not_finite) {
  cermet_optimizer *o = optimizer("sgd", "1");
  expect_scale(o, 0, 0);
  OK(cermet_optimizer_set_loss_scale(o, 1024, 2));
  const char *name = "w";
  cermet_ndarray *weight = floats(SHAPE(2), VALUES(1, 2)), *grad = floats(SHAPE(2), VALUES(1024, -512));
  cermet_ndarray *bad = floats(SHAPE(2), VALUES(0, INFINITY));
  OK(cermet_optimizer_update(o, &name, &weight, &grad, 1));
  expect_floats(weight, VALUES(0, 2.5f), 0);
  OK(cermet_optimizer_update(o, &name, &weight, &bad, 1));
  expect_floats(weight, VALUES(0, 2.5f), 0);
  expect_scale(o, 512, 1);
  OK(cermet_optimizer_update(o, &name, &weight, &grad, 1));
  expect_floats(weight, VALUES(-2, 3.5f), 0);
  cermet_bytes *bytes = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  OK(cermet_optimizer_to_bytes(o, &bytes));
  OK(cermet_bytes_data(bytes, &data, &nbytes));
  cermet_optimizer *other = optimizer("sgd", "1");
  OK(cermet_optimizer_restore(other, data, nbytes));
  expect_scale(other, 512, 1);
  OK(cermet_optimizer_update(other, &name, &weight, &grad, 1));
  expect_scale(other, 1024, 1);
  FAILS(CERMET_INVALID_ARGUMENT, "scale: got 0.5", cermet_optimizer_set_loss_scale(o, 0.5, 0));
  FAILS(CERMET_INVALID_ARGUMENT, "scale", cermet_optimizer_set_loss_scale(o, NAN, 0));
  FAILS(CERMET_INVALID_ARGUMENT, "scale", cermet_optimizer_set_loss_scale(o, INFINITY, 0));
  FAILS(CERMET_INVALID_ARGUMENT, "growth_interval: got -1", cermet_optimizer_set_loss_scale(o, 2, -1));
  FAILS(CERMET_INVALID_ARGUMENT, "optimizer", cermet_optimizer_set_loss_scale(NULL, 2, 0));
  FAILS(CERMET_INVALID_ARGUMENT, "out", cermet_optimizer_loss_scale(o, NULL));
  FAILS(CERMET_INVALID_ARGUMENT, "out", cermet_optimizer_skipped_updates(o, NULL));
  expect_scale(o, 512, 1);
  OK(cermet_optimizer_set_loss_scale(o, 0, 0));
  expect_scale(o, 0, 0);
  cermet_bytes_release(bytes);
  cermet_ndarray *arrays[] = {weight, grad, bad};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(arrays[k]);
  cermet_optimizer_release(o);
  cermet_optimizer_release(other);
}

/* --- training ------------------------------------------------------------------------------------- */
static cermet_symbol *layer(const char *op, const char *name, cermet_symbol *input, const char *const *texts) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, op);
  cermet_attrs *attrs = NULL;
  cermet_symbol *out = NULL;
  OK(cermet_attrs_create(def, &attrs));
  for (; texts && *texts; texts += 2) OK(cermet_attrs_set_text(attrs, texts[0], texts[1]));
  OK(cermet_symbol_apply(def, attrs, name, &input, 1, &out));
  cermet_attrs_release(attrs);
  cermet_symbol_release(input);
  return out;
}
#define TEXTS(...) \
  (const char *const[]) { __VA_ARGS__, NULL }

static cermet_symbol *lenet(void) {
  cermet_symbol *x = layer("convolution", "conv1", variable("data"), TEXTS("kernel", "(5, 5)", "num_filter", "20"));
  x = layer("activation", "act1", x, TEXTS("act_type", "tanh"));
  x = layer("pooling", "pool1", x, TEXTS("kernel", "(2, 2)", "stride", "(2, 2)", "pool_type", "max"));
  x = layer("convolution", "conv2", x, TEXTS("kernel", "(5, 5)", "num_filter", "50"));
  x = layer("activation", "act2", x, TEXTS("act_type", "tanh"));
  x = layer("pooling", "pool2", x, TEXTS("kernel", "(2, 2)", "stride", "(2, 2)", "pool_type", "max"));
  x = layer("fully_connected", "fc1", x, TEXTS("num_hidden", "128"));
  x = layer("activation", "act3", x, TEXTS("act_type", "tanh"));
  x = layer("fully_connected", "fc2", x, TEXTS("num_hidden", "10"));
  return layer("softmax_output", "softmax", x, TEXTS("normalization", "batch"));
}

enum { kBatch = 64, kTrained = 6400, kTested = 3584 };

static cermet_ndarray *rows(cermet_ndarray *all, int64_t begin, int64_t count) {
  cermet_ndarray *out = NULL;
  int32_t ndim = 0;
  const int64_t *shape = NULL;
  OK(cermet_ndarray_shape(all, &shape, &ndim));
  int64_t first[4] = {begin, 0, 0, 0}, last[4], step[4] = {1, 1, 1, 1};
  for (int32_t k = 0; k < ndim; ++k) last[k] = k ? shape[k] : begin + count;
  OK(cermet_ndarray_slice(all, first, last, step, ndim, &out));
  return out;
}

/* Part of the test images that a net got right after one pass over some others. */
static double trained_accuracy(cermet_symbol *net, double scale, int64_t *arena) {
  cermet_ndarray *images = NULL, *labels = NULL;
  OK(cermet_read_idx(shared_path("data/mnist/t10k-images-idx3-ubyte.gz"), &images));
  OK(cermet_read_idx(shared_path("data/mnist/t10k-labels-idx1-ubyte.gz"), &labels));
  cermet_ndarray *reshaped = NULL, *inputs[2] = {NULL, NULL}, *batch[2] = {NULL, NULL};
  OK(cermet_ndarray_reshape(images, (const int64_t[]){10000, 1, 28, 28}, 4, &reshaped));
  cermet_attrs *attrs = NULL;
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, "cast"), &attrs));
  OK(cermet_attrs_set_text(attrs, "dtype", "float32"));
  cermet_ndarray *wide = call("cast", attrs, NULL, reshaped, NULL, NULL);
  inputs[1] = call("cast", attrs, NULL, labels, NULL, NULL);
  cermet_attrs_release(attrs);
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, "multiply_scalar"), &attrs));
  OK(cermet_attrs_set_text(attrs, "scalar", "0.00392156862745098"));
  inputs[0] = call("multiply_scalar", attrs, NULL, wide, NULL, NULL);
  cermet_attrs_release(attrs);

  cermet_specs *specs = NULL;
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "data", SHAPE(kBatch, 1, 28, 28), CERMET_FLOAT32));
  OK(cermet_specs_set(specs, "softmax_label", SHAPE(kBatch), CERMET_FLOAT32));
  cermet_model *model = NULL;
  cermet_rng *rng = NULL;
  OK(cermet_model_create(net, &model));
  OK(cermet_rng_create(3, &rng));
  OK(cermet_model_initialize(model, specs, NULL, NULL, rng));
  cermet_optimizer *adam = optimizer("adam", "0.002");
  OK(cermet_optimizer_set_loss_scale(adam, scale, 2000));
  cermet_trainer *trainer = NULL;
  cermet_metric *accuracy = NULL;
  OK(cermet_trainer_create(model, specs, adam, &trainer));
  OK(cermet_metric_create(find(CERMET_KIND_METRIC, "accuracy"), NULL, &accuracy));
  OK(cermet_trainer_add_metric(trainer, accuracy, 1, 0));
  int64_t arrays = 0;
  OK(cermet_trainer_planned_bytes(trainer, arena, &arrays));
  for (int64_t row = 0; row < kTrained + kTested; row += kBatch) {
    if (row == kTrained) OK(cermet_metric_reset(accuracy));
    for (int k = 0; k < 2; ++k) batch[k] = rows(inputs[k], row, kBatch);
    OK(row < kTrained ? cermet_trainer_step(trainer, batch, 2, rng) : cermet_trainer_evaluate(trainer, batch, 2));
    for (int k = 0; k < 2; ++k) cermet_ndarray_release(batch[k]);
  }
  double got = 0;
  OK(cermet_metric_value(accuracy, &got));
  cermet_ndarray *held[] = {images, labels, reshaped, wide, inputs[0], inputs[1]};
  for (int k = 0; k < 6; ++k) cermet_ndarray_release(held[k]);
  cermet_specs_release(specs);
  cermet_trainer_release(trainer);
  cermet_metric_release(accuracy);
  cermet_optimizer_release(adam);
  cermet_model_release(model);
  cermet_rng_release(rng);
  cermet_symbol_release(net);
  return got;
}

/* 3584 images at 95 % have a standard error of 0.4 %. */
Test(mixed_precision, lenet_learns_mnist_as_in_float32, .timeout = 250) {
  int64_t arena[3] = {0, 0, 0};
  double plain = trained_accuracy(lenet(), 0, &arena[0]);
  double bf16 = trained_accuracy(mixed(lenet(), CERMET_BFLOAT16), 0, &arena[1]);
  double f16 = trained_accuracy(mixed(lenet(), CERMET_FLOAT16), 65536, &arena[2]);
  printf("accuracy: float32 %.4f, bfloat16 %.4f, float16 %.4f; arena: %ld, %ld, %ld bytes\n", plain, bf16, f16,
         (long)arena[0], (long)arena[1], (long)arena[2]);
  cr_assert(plain > 0.93, "got %g", plain);
  cr_assert(fabs(bf16 - plain) < 0.015, "got %g; want %g", bf16, plain);
  cr_assert(fabs(f16 - plain) < 0.015, "got %g; want %g", f16, plain);
}
