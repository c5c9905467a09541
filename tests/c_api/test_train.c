/* SPDX-License-Identifier: Apache-2.0 */
/* Optimizers, schedules, metrics and initializers: numbers against the formulas in NumPy, saved states, bad input. */
#include "support.h"

static cermet_attrs *attrs_of(const cermet_def *def, const char *const *texts) {
  cermet_attrs *out = NULL;
  OK(cermet_attrs_create(def, &out));
  for (; texts && *texts; texts += 2) OK(cermet_attrs_set_text(out, texts[0], texts[1]));
  return out;
}
#define TEXTS(...) \
  (const char *const[]) { __VA_ARGS__, NULL }

static cermet_optimizer *optimizer(const char *name, const char *const *texts) {
  const cermet_def *def = find(CERMET_KIND_OPTIMIZER, name);
  cermet_attrs *attrs = attrs_of(def, texts);
  cermet_optimizer *out = NULL;
  OK(cermet_optimizer_create(def, attrs, &out));
  cermet_attrs_release(attrs);
  return out;
}

static cermet_ndarray *make(cermet_dtype dtype, const float values[3]) {
  cermet_ndarray *exact = floats((const int64_t[]){3}, 1, values, 3), *out = NULL;
  OK(cermet_ndarray_create((const int64_t[]){3}, 1, dtype, CERMET_CPU, 0, &out));
  OK(cermet_ndarray_copy_to(exact, out));
  cermet_ndarray_release(exact);
  return out;
}

/* As float32, whatever the dtype. */
static void expect_values(const cermet_ndarray *array, const float want[3], double tolerance) {
  cermet_ndarray *out = NULL;
  OK(cermet_ndarray_create(SHAPE(3), CERMET_FLOAT32, CERMET_CPU, 0, &out));
  OK(cermet_ndarray_copy_to(array, out));
  expect_floats(out, want, 3, tolerance);
  cermet_ndarray_release(out);
}

static const float kWeight[3] = {1, -2, 0.5f}, kGrad[3] = {0.5f, 1, -4};

static void step(cermet_optimizer *o, const char *name, cermet_ndarray *weight, cermet_ndarray *grad) {
  OK(cermet_optimizer_update(o, &name, &weight, &grad, 1));
}

/* Three steps on weight (1, -2, .5) with the gradient (.5, 1, -4). NumPy, w = weight, g = gradient, t = 1, 2, 3:
 *   sgd       w = (1 - .01 * .1) * w - .01 * clip(.5 * g, -.3, .3)
 *   momentum  m = .9 * m - .01 * .1 * w - .01 * g; w = w + m
 *   nag       p = .01 * (g + .1 * w); m = .9 * m - p; w = w + .9 * m - p
 *   adam      h = g + .1 * w; m = .9 * m + .1 * h; v = .999 * v + .001 * h * h;
 *             w = w - .001 * sqrt(1 - .999 ** t) / (1 - .9 ** t) * m / (sqrt(v) + 1e-8)
 *   adamw     the same with h = .5 * g, and w = w - ... - .001 * .1 * w
 *   rmsprop   n = .9 * n + .1 * g * g; w = w - .001 * g / sqrt(n + 1e-8)
 *   centered  also a = .9 * a + .1 * g; d = .9 * d - .001 * g / sqrt(n - a * a + 1e-8); w = w + d
 *   adagrad   h = h + g * g; w = w - .01 * (g / sqrt(h + 1e-7) + .1 * w)
 *   ftrl      z = z + g - (sqrt(n + g * g) - sqrt(n)) * w / .1; n = n + g * g;
 *             w = where(abs(z) > .01, (sign(z) * .01 - z) / ((1 + sqrt(n)) / .1), 0)
 *   signum    m = .9 * m - .1 * (.1 * w + g); w = w + .01 * sign(m) */
static const struct {
  const char *name, *texts[9];
  float want[3];
} kSteps[] = {
    {"sgd",
     {"wd", "0.1", "rescale_grad", "0.5", "clip_gradient", "0.3"},
     {0.9895104965f, -2.002997001f, 0.5074925025f}},
    {"sgd", {"momentum", "0.9", "wd", "0.1"}, {0.966368794f, -2.044841608f, 0.7214054395f}},
    {"nag", {"wd", "0.1"}, {0.9517894068f, -2.064280791f, 0.8173864049f}},
    {"adam", {"wd", "0.1"}, {0.9970000171f, -2.002999987f, 0.5029999974f}},
    {"adamw", {"wd", "0.1", "rescale_grad", "0.5"}, {0.9967003329f, -2.002399759f, 0.5028497146f}},
    {"rmsprop", {NULL}, {0.9926226191f, -2.007377382f, 0.5073773819f}},
    {"rmsprop", {"centered", "True"}, {0.9838736087f, -2.016126393f, 0.5161263941f}},
    {"adagrad", {"wd", "0.1"}, {0.9741854927f, -2.016823507f, 0.5213190089f}},
    {"ftrl", {NULL}, {0.2432490922f, -1.127523897f, 0.5903412354f}},
    {"signum", {"wd", "0.1"}, {0.97f, -2.03f, 0.53f}},
};
#define NUM_STEPS (sizeof kSteps / sizeof *kSteps)

Test(optimizer, follows_its_formula) {
  const cermet_dtype dtypes[] = {CERMET_FLOAT32, CERMET_FLOAT64, CERMET_FLOAT16, CERMET_BFLOAT16};
  const double tolerances[] = {1e-6, 1e-6, 2e-3, 2e-2};
  for (size_t k = 0; k < NUM_STEPS; ++k)
    for (int d = 0; d < 4; ++d) {
      cermet_optimizer *o = optimizer(kSteps[k].name, kSteps[k].texts);
      cermet_ndarray *weight = make(dtypes[d], kWeight), *grad = make(dtypes[d], kGrad);
      for (int t = 0; t < 3; ++t) step(o, "w", weight, grad);
      expect_values(weight, kSteps[k].want, tolerances[d]);
      expect_values(grad, kGrad, 0);
      cermet_ndarray_release(weight);
      cermet_ndarray_release(grad);
      cermet_optimizer_release(o);
    }
}

Test(optimizer, sixteen_bit_weights_do_not_lose_small_steps) {
  /* 1 - 100 * 1e-4 = 0.99; each step alone is less than half the distance between float16 numbers near 1 */
  cermet_optimizer *o = optimizer("sgd", TEXTS("learning_rate", "0.0001"));
  const float ones[3] = {1, 1, 1}, want[3] = {0.99f, 0.99f, 0.99f};
  cermet_ndarray *weight = make(CERMET_FLOAT16, ones), *grad = make(CERMET_FLOAT16, ones);
  for (int t = 0; t < 100; ++t) step(o, "w", weight, grad);
  expect_values(weight, want, 5e-4);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(grad);
  cermet_optimizer_release(o);
}

Test(optimizer, a_sixteen_bit_weight_may_be_set_anew) {
  cermet_optimizer *o = optimizer("sgd", TEXTS("learning_rate", "0.5"));
  const float ones[3] = {1, 1, 1}, want[3] = {4.5f, -1.5f, 0.5f};
  cermet_ndarray *weight = make(CERMET_FLOAT16, kWeight), *grad = make(CERMET_FLOAT16, ones);
  cermet_ndarray *other = make(CERMET_FLOAT16, (const float[3]){5, -1, 1});
  step(o, "w", weight, grad);
  OK(cermet_ndarray_copy_to(other, weight));
  step(o, "w", weight, grad);
  expect_values(weight, want, 0);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(other);
  cermet_ndarray_release(grad);
  cermet_optimizer_release(o);
}

Test(optimizer, views_are_updated_in_place) {
  cermet_ndarray *base = floats(SHAPE(3, 2), VALUES(1, 7, -2, 7, 0.5f, 7)), *column = NULL, *flat = NULL;
  const int64_t begin[2] = {0, 0}, end[2] = {3, 1}, one[2] = {1, 1};
  OK(cermet_ndarray_slice(base, begin, end, one, 2, &column));
  flat = floats(SHAPE(3, 1), kGrad, 3);
  cermet_optimizer *o = optimizer("sgd", NULL);
  step(o, "w", column, flat);
  expect_floats(base, VALUES(0.995f, 7, -2.01f, 7, 0.54f, 7), 1e-6);
  cermet_optimizer_release(o);
  cermet_ndarray_release(flat);
  cermet_ndarray_release(column);
  cermet_ndarray_release(base);
}

static void save_and_restore(size_t k, cermet_dtype dtype) {
  cermet_optimizer *one = optimizer(kSteps[k].name, kSteps[k].texts),
                   *other = optimizer(kSteps[k].name, kSteps[k].texts);
  cermet_ndarray *weight = make(dtype, kWeight), *grad = make(dtype, kGrad), *copy = NULL;
  step(one, "a:b", weight, grad);
  cermet_bytes *bytes = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  OK(cermet_optimizer_to_bytes(one, &bytes));
  OK(cermet_bytes_data(bytes, &data, &nbytes));
  OK(cermet_optimizer_restore(other, data, nbytes));
  OK(cermet_ndarray_copy(weight, &copy));
  for (int t = 0; t < 2; ++t) {
    step(one, "a:b", weight, grad);
    step(other, "a:b", copy, grad);
  }
  double x[3], y[3];
  int64_t size = 0;
  OK(cermet_ndarray_nbytes(weight, &size));
  OK(cermet_ndarray_read(weight, x, size));
  OK(cermet_ndarray_read(copy, y, size));
  cr_assert(size > 0 && memcmp(x, y, (size_t)size) == 0, "%s goes another way after restoring", kSteps[k].name);
  cr_assert(nbytes > 0);
  for (int64_t length = 0; length < nbytes; ++length)
    FAILS(CERMET_CORRUPT, "optimizer bytes", cermet_optimizer_restore(other, data, length));
  step(other, "a:b", copy, grad); /* still works */
  cermet_bytes_release(bytes);
  cermet_ndarray_release(copy);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(grad);
  cermet_optimizer_release(one);
  cermet_optimizer_release(other);
}

Test(optimizer, goes_on_where_it_was_saved) {
  for (size_t k = 0; k < NUM_STEPS; ++k) {
    save_and_restore(k, CERMET_FLOAT64);
    save_and_restore(k, CERMET_FLOAT16);
  }
}

Test(optimizer, bad_input_changes_nothing) {
  cermet_optimizer *adam = optimizer("adam", NULL), *sgd = optimizer("sgd", NULL);
  cermet_ndarray *weight = make(CERMET_FLOAT32, kWeight), *grad = make(CERMET_FLOAT32, kGrad),
                 *wide = make(CERMET_FLOAT64, kGrad);
  cermet_ndarray *longer = floats(SHAPE(4), VALUES(1, 2, 3, 4)), *ints = NULL;
  OK(cermet_ndarray_create(SHAPE(3), CERMET_INT32, CERMET_CPU, 0, &ints));
  const char *names[2] = {"w", "w"};
  cermet_ndarray *weights[2] = {weight, weight}, *grads[2] = {grad, grad};
  FAILS(CERMET_INVALID_ARGUMENT, "'w' twice", cermet_optimizer_update(adam, names, weights, grads, 2));
  FAILS(CERMET_DTYPE, "got float64 for 'w'; want float32", cermet_optimizer_update(adam, names, weights, &wide, 1));
  FAILS(CERMET_SHAPE, "'w'", cermet_optimizer_update(adam, names, weights, &longer, 1));
  FAILS(CERMET_DTYPE, "floating-point", cermet_optimizer_update(adam, names, &ints, &ints, 1));
  expect_values(weight, kWeight, 0);
  OK(cermet_optimizer_update(adam, names, weights, grads, 1));
  FAILS(CERMET_SHAPE, "as before", cermet_optimizer_update(adam, names, &longer, &longer, 1));
  FAILS(CERMET_DTYPE, "another dtype", cermet_optimizer_update(adam, names, &wide, &wide, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "learning_rate", cermet_optimizer_set_learning_rate(adam, NAN));
  FAILS(CERMET_INVALID_ARGUMENT, "learning_rate", cermet_optimizer_set_learning_rate(adam, -1));
  cermet_bytes *bytes = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  OK(cermet_optimizer_to_bytes(adam, &bytes));
  OK(cermet_bytes_data(bytes, &data, &nbytes));
  FAILS(CERMET_INVALID_ARGUMENT, "'sgd'", cermet_optimizer_restore(sgd, data, nbytes));
  FAILS(CERMET_INVALID_ARGUMENT, "optimizer", cermet_optimizer_create(find(CERMET_KIND_METRIC, "mse"), NULL, &sgd));
  cermet_bytes_release(bytes);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(grad);
  cermet_ndarray_release(wide);
  cermet_ndarray_release(longer);
  cermet_ndarray_release(ints);
  cermet_optimizer_release(adam);
  cermet_optimizer_release(sgd);
}

/* Rates of updates 1 to 8 from the base rate 1. */
static const struct {
  const char *name, *texts[9];
  double want[8];
} kSchedules[] = {
    {"constant", {"warmup_steps", "4"}, {0.25, 0.5, 0.75, 1, 1, 1, 1, 1}},
    {"constant",
     {"warmup_steps", "2", "warmup_mode", "constant", "warmup_begin_lr", "0.1"},
     {0.1, 1, 1, 1, 1, 1, 1, 1}},
    {"factor", {"step", "2", "factor", "0.5"}, {1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125}},
    {"factor", {"step", "1", "factor", "0.1", "stop_factor_lr", "0.01"}, {1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01}},
    {"multi_factor", {"steps", "(2, 5)", "factor", "0.1"}, {1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01}},
    /* (1 - (t - 2) / 4) ** 2 after a warm-up of 2 */
    {"poly", {"max_update", "6", "warmup_steps", "2"}, {0.5, 1, 0.5625, 0.25, 0.0625, 0, 0, 0}},
    /* .1 + .9 * (1 + cos(pi * t / 4)) / 2 */
    {"cosine", {"max_update", "4", "final_lr", "0.1"}, {0.8681980515, 0.55, 0.2318019485, 0.1, 0.1, 0.1, 0.1, 0.1}},
};

Test(optimizer, names_are_utf8) {
  cermet_optimizer *o = optimizer("sgd", NULL);
  cermet_ndarray *weight = make(CERMET_FLOAT32, kWeight), *grad = make(CERMET_FLOAT32, kGrad);
  const char *name = "w\xff";
  cermet_bytes *bytes = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "names[0]: got 'w\\xff'; want UTF-8",
        cermet_optimizer_update(o, &name, &weight, &grad, 1));
  expect_values(weight, kWeight, 0);
  OK(cermet_optimizer_to_bytes(o, &bytes));
  cermet_bytes_release(bytes);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(grad);
  cermet_optimizer_release(o);
}

/* An update needs the old weight: where that failed, so did the new one. */
Test(optimizer, a_failed_weight_stays_failed) {
  cermet_optimizer *o = optimizer("sgd", NULL);
  cermet_attrs *raising = attrs_of(find(CERMET_KIND_OPERATOR, "take"), TEXTS("mode", "raise"));
  cermet_ndarray *values = make(CERMET_FLOAT32, kWeight), *grad = make(CERMET_FLOAT32, kGrad),
                 *places = floats(SHAPE(3), VALUES(0, 9, 1));
  OK(cermet_set_execution(CERMET_EXECUTION_ASYNC));
  cermet_ndarray *weight = call("take", raising, NULL, values, places, NULL);
  step(o, "w", weight, grad);
  FAILS(CERMET_INVALID_ARGUMENT, "take: ", cermet_ndarray_wait(weight));
  OK(cermet_set_execution(CERMET_EXECUTION_INLINE));
  cermet_ndarray *held[] = {values, grad, places, weight};
  for (int k = 0; k < 4; ++k) cermet_ndarray_release(held[k]);
  cermet_attrs_release(raising);
  cermet_optimizer_release(o);
}

Test(schedule, rates_of_the_next_update) {
  for (size_t k = 0; k < sizeof kSchedules / sizeof *kSchedules; ++k) {
    cermet_optimizer *o = optimizer("sgd", TEXTS("learning_rate", "1"));
    const cermet_def *def = find(CERMET_KIND_SCHEDULE, kSchedules[k].name);
    cermet_attrs *attrs = attrs_of(def, kSchedules[k].texts);
    cermet_ndarray *weight = make(CERMET_FLOAT32, kWeight), *grad = make(CERMET_FLOAT32, kGrad);
    OK(cermet_optimizer_set_schedule(o, def, attrs));
    for (int t = 0; t < 8; ++t) {
      double rate = 0;
      OK(cermet_optimizer_learning_rate(o, &rate));
      cr_assert(fabs(rate - kSchedules[k].want[t]) < 1e-9, "%s, update %d: got %.12g, want %.12g", kSchedules[k].name,
                t + 1, rate, kSchedules[k].want[t]);
      step(o, "w", weight, grad);
    }
    cermet_ndarray_release(weight);
    cermet_ndarray_release(grad);
    cermet_attrs_release(attrs);
    cermet_optimizer_release(o);
  }
}

Test(schedule, attributes_are_checked_together) {
  cermet_optimizer *o = optimizer("sgd", NULL);
  const cermet_def *poly = find(CERMET_KIND_SCHEDULE, "poly"), *multi = find(CERMET_KIND_SCHEDULE, "multi_factor");
  cermet_attrs *late = attrs_of(poly, TEXTS("max_update", "4", "warmup_steps", "4"));
  cermet_attrs *falling = attrs_of(multi, TEXTS("steps", "(5, 2)"));
  FAILS(CERMET_INVALID_ARGUMENT, "warmup_steps", cermet_optimizer_set_schedule(o, poly, late));
  FAILS(CERMET_INVALID_ARGUMENT, "rising", cermet_optimizer_set_schedule(o, multi, falling));
  FAILS(CERMET_INVALID_ARGUMENT, "max_update", cermet_optimizer_set_schedule(o, poly, NULL));
  cermet_attrs_release(late);
  cermet_attrs_release(falling);
  cermet_optimizer_release(o);
}

static cermet_metric *metric(const char *name, const char *const *texts) {
  const cermet_def *def = find(CERMET_KIND_METRIC, name);
  cermet_attrs *attrs = attrs_of(def, texts);
  cermet_metric *out = NULL;
  OK(cermet_metric_create(def, attrs, &out));
  cermet_attrs_release(attrs);
  return out;
}

/* Two batches: labels (3, 1, 0) and (2) for the probabilities below. */
static const float kProbabilities[16] = {.1f,  .2f,  .3f,  .4f,  .7f, .1f, .1f, .1f,
                                         .25f, .25f, .25f, .25f, .4f, .3f, .2f, .1f};

static void expect_metric(const char *name, const char *const *texts, double want) {
  cermet_metric *m = metric(name, texts);
  cermet_ndarray *labels = floats(SHAPE(3), VALUES(3, 1, 0)), *last_label = floats(SHAPE(1, 1), VALUES(2));
  cermet_ndarray *first = floats(SHAPE(3, 4), kProbabilities, 12), *last = floats(SHAPE(1, 4), kProbabilities + 12, 4);
  double value = 0;
  OK(cermet_metric_value(m, &value));
  cr_assert(isnan(value));
  for (int round = 0; round < 2; ++round) {
    OK(cermet_metric_update(m, labels, first));
    OK(cermet_metric_update(m, last_label, last));
    OK(cermet_metric_value(m, &value));
    cr_assert(fabs(value - want) < 1e-6, "%s: got %.10g, want %.10g", name, value, want);
    OK(cermet_metric_reset(m));
  }
  cermet_ndarray_release(labels);
  cermet_ndarray_release(last_label);
  cermet_ndarray_release(first);
  cermet_ndarray_release(last);
  cermet_metric_release(m);
}

Test(metric, of_classes) {
  expect_metric("accuracy", NULL, 0.5);                       /* cases 1 and 3 (a tie goes to the first class) */
  expect_metric("top_k_accuracy", TEXTS("top_k", "2"), 0.75); /* and case 2 */
  /* p = [.4, .1, .25, .2]: -mean(log(p)); exp of it; without the last label */
  expect_metric("cross_entropy", NULL, 1.5536520246);
  expect_metric("negative_log_likelihood", NULL, 1.5536520246);
  expect_metric("perplexity", NULL, 4.7287080450);
  expect_metric("perplexity", TEXTS("ignore_label", "2"), 4.6415888336);
}

Test(metric, scores_that_are_no_numbers_are_wrong) {
  cermet_ndarray *labels = floats(SHAPE(3), VALUES(0, 1, 0)),
                 *scores = floats(SHAPE(3, 2), VALUES(NAN, NAN, NAN, 0.5F, 0.5F, 0.1F));
  const char *const names[] = {"accuracy", "top_k_accuracy"};
  for (int k = 0; k < 2; ++k) {
    cermet_metric *m = metric(names[k], NULL);
    double value = 0;
    OK(cermet_metric_update(m, labels, scores));
    OK(cermet_metric_value(m, &value));
    cr_assert_float_eq(value, 1.0 / 3, 1e-12, "%s: got %g; only the last case is right", names[k], value);
    cermet_metric_release(m);
  }
  cermet_ndarray_release(labels);
  cermet_ndarray_release(scores);
}

Test(metric, f1_of_two_classes) {
  /* predicted 1, 1, 0, 0; true 1, 0, 1, 0: precision 1/2, recall 1/2 */
  cermet_metric *m = metric("f1", NULL);
  cermet_ndarray *labels = floats(SHAPE(4), VALUES(1, 0, 1, 0));
  cermet_ndarray *scores = floats(SHAPE(4, 2), VALUES(.2f, .8f, .4f, .6f, .7f, .3f, .9f, .1f));
  double value = 0;
  OK(cermet_metric_update(m, labels, scores));
  OK(cermet_metric_value(m, &value));
  cr_assert(fabs(value - 0.5) < 1e-12);
  cermet_ndarray_release(labels);
  cermet_ndarray_release(scores);
  cermet_metric_release(m);
}

Test(metric, of_numbers) {
  /* differences 0, -2, 1 and -5, in batches of 3 and 1 */
  const struct {
    const char *name;
    double want;
  } cases[] = {{"mse", 7.5}, {"rmse", 2.7386127875}, {"mae", 2}, {"loss", 3}};
  for (size_t k = 0; k < 4; ++k) {
    cermet_metric *m = metric(cases[k].name, NULL);
    cermet_ndarray *labels = floats(SHAPE(3), VALUES(1, 2, 3)), *first = floats(SHAPE(3, 1), VALUES(1, 4, 2));
    cermet_ndarray *label = floats(SHAPE(1), VALUES(0)), *last = floats(SHAPE(1, 1), VALUES(5));
    double value = 0;
    OK(cermet_metric_update(m, labels, first));
    OK(cermet_metric_update(m, label, last));
    OK(cermet_metric_value(m, &value));
    cr_assert(fabs(value - cases[k].want) < 1e-9, "%s: got %.10g", cases[k].name, value);
    cermet_ndarray_release(labels);
    cermet_ndarray_release(first);
    cermet_ndarray_release(label);
    cermet_ndarray_release(last);
    cermet_metric_release(m);
  }
}

Test(metric, a_refused_batch_leaves_no_trace) {
  cermet_metric *entropy = metric("cross_entropy", NULL), *accuracy = metric("accuracy", NULL),
                *mse = metric("mse", NULL);
  cermet_ndarray *predictions = floats(SHAPE(3, 4), kProbabilities, 12), *few = floats(SHAPE(2), VALUES(0, 1));
  cermet_ndarray *strange = floats(SHAPE(3), VALUES(0, 1, 9));
  double value = 0;
  FAILS(CERMET_SHAPE, "cross_entropy: labels", cermet_metric_update(entropy, few, predictions));
  FAILS(CERMET_INVALID_ARGUMENT, "got 9; want a class from 0 to 3",
        cermet_metric_update(entropy, strange, predictions));
  FAILS(CERMET_SHAPE, "accuracy: labels", cermet_metric_update(accuracy, few, predictions));
  FAILS(CERMET_SHAPE, "mse: labels", cermet_metric_update(mse, few, predictions));
  OK(cermet_metric_value(entropy, &value));
  cr_assert(isnan(value));
  cermet_ndarray_release(predictions);
  cermet_ndarray_release(few);
  cermet_ndarray_release(strange);
  cermet_metric_release(entropy);
  cermet_metric_release(accuracy);
  cermet_metric_release(mse);
}

/* Values of a (rows, columns) weight of a fully connected layer under an initializer. */
static cermet_ndarray *initialized(const char *name, const char *const *texts, int64_t rows, int64_t columns,
                                   uint64_t seed) {
  const cermet_def *fc = find(CERMET_KIND_OPERATOR, "fully_connected"), *def = find(CERMET_KIND_INITIALIZER, name);
  cermet_attrs *attrs = NULL, *values = attrs_of(def, texts);
  cermet_symbol *data = NULL, *symbol = NULL;
  cermet_model *model = NULL;
  cermet_specs *specs = NULL;
  cermet_rng *rng = NULL;
  cermet_ndarray *out = NULL;
  OK(cermet_attrs_create(fc, &attrs));
  OK(cermet_attrs_set_int(attrs, "num_hidden", rows));
  OK(cermet_symbol_variable("data", &data));
  OK(cermet_symbol_apply(fc, attrs, "fc", &data, 1, &symbol));
  OK(cermet_model_create(symbol, &model));
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "data", (const int64_t[]){1, columns}, 2, CERMET_FLOAT32));
  OK(cermet_rng_create(seed, &rng));
  OK(cermet_model_initialize(model, specs, def, values, rng));
  OK(cermet_model_parameter(model, "fc_weight", &out));
  cermet_rng_release(rng);
  cermet_specs_release(specs);
  cermet_model_release(model);
  cermet_symbol_release(symbol);
  cermet_symbol_release(data);
  cermet_attrs_release(attrs);
  cermet_attrs_release(values);
  return out;
}

/* Mean 0 within five standard errors, the given deviation within 5 %, nothing beyond `limit`. */
static void expect_spread(const char *name, const char *const *texts, double deviation, double limit) {
  enum { kRows = 60, kColumns = 50, kCount = kRows * kColumns };
  static float values[kCount], again[kCount], other[kCount];
  float *runs[3] = {values, again, other};
  for (int run = 0; run < 3; ++run) {
    cermet_ndarray *weight = initialized(name, texts, kRows, kColumns, run == 2 ? 8 : 7);
    OK(cermet_ndarray_read(weight, runs[run], sizeof values));
    cermet_ndarray_release(weight);
  }
  cr_assert(memcmp(values, again, sizeof values) == 0 && memcmp(values, other, sizeof values) != 0, "%s: seeds", name);
  double sum = 0, square = 0, largest = 0;
  for (int k = 0; k < kCount; ++k) {
    sum += (double)values[k];
    square += (double)values[k] * (double)values[k];
    largest = fmax(largest, fabs((double)values[k]));
  }
  cr_assert(fabs(sum / kCount) < 5 * deviation / sqrt(kCount), "%s: mean %g", name, sum / kCount);
  cr_assert(fabs(sqrt(square / kCount) / deviation - 1) < 0.05, "%s: deviation %g, want %g", name,
            sqrt(square / kCount), deviation);
  cr_assert(largest <= limit, "%s: %g beyond %g", name, largest, limit);
}

Test(initializer, spreads) {
  /* a weight of 60 outputs and 50 inputs; the deviation of a uniform number is its limit / sqrt(3) */
  expect_spread("uniform", TEXTS("scale", "0.3"), 0.3 / sqrt(3), 0.3);
  expect_spread("normal", TEXTS("sigma", "0.2"), 0.2, 2);
  expect_spread("xavier", NULL, sqrt(3.0 / 55) / sqrt(3), sqrt(3.0 / 55));
  expect_spread("xavier", TEXTS("rnd_type", "gaussian", "factor_type", "in", "magnitude", "2"), sqrt(2.0 / 50), 2);
  expect_spread("xavier", TEXTS("factor_type", "out"), sqrt(3.0 / 60) / sqrt(3), sqrt(3.0 / 60));
  expect_spread("msra_prelu", TEXTS("slope", "0"), sqrt(2.0 / 55), 2);
  expect_spread("orthogonal", TEXTS("scale", "2"), 2 / sqrt(60), 2);
}

Test(initializer, orthogonal_rows_and_columns) {
  for (int tall = 0; tall < 2; ++tall) {
    enum { kShort = 5, kLong = 8 };
    float w[kShort * kLong];
    cermet_ndarray *weight =
        initialized("orthogonal", TEXTS("scale", "1.5"), tall ? kLong : kShort, tall ? kShort : kLong, 3);
    OK(cermet_ndarray_read(weight, w, sizeof w));
    for (int a = 0; a < kShort; ++a)
      for (int b = 0; b < kShort; ++b) {
        double dot = 0;
        for (int k = 0; k < kLong; ++k)
          dot += tall ? (double)w[k * kShort + a] * (double)w[k * kShort + b]
                      : (double)w[a * kLong + k] * (double)w[b * kLong + k];
        cr_assert(fabs(dot - (a == b ? 2.25 : 0)) < 1e-5, "%d, %d: %g", a, b, dot);
      }
    cermet_ndarray_release(weight);
  }
}

Test(initializer, constants) {
  const struct {
    const char *name, *texts[3];
    float want;
  } cases[] = {{"zero", {NULL}, 0}, {"one", {NULL}, 1}, {"constant", {"value", "2.5"}, 2.5f}};
  for (int k = 0; k < 3; ++k) {
    cermet_ndarray *weight = initialized(cases[k].name, cases[k].texts, 1, 2, 1);
    expect_floats(weight, VALUES(cases[k].want, cases[k].want), 0);
    cermet_ndarray_release(weight);
  }
}
