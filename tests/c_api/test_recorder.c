/* SPDX-License-Identifier: Apache-2.0 */
/* Recording and gradients of imperative calls: values, accumulation, second order, overwritten values, bad input. */
#include "support.h"

Test(recorder, gradient_of_a_product) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(3), VALUES(1, 2, 3)), *y = floats(SHAPE(3), VALUES(4, 5, 6)), *grads[2];
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *z = call("multiply", NULL, recorder, x, y, NULL), *variables[2] = {x, y};
  OK(cermet_recorder_gradient(recorder, &z, 1, NULL, variables, 2, 0, grads));
  expect_floats(grads[0], VALUES(4, 5, 6), 0);
  expect_floats(grads[1], VALUES(1, 2, 3), 0);
  cermet_ndarray_release(grads[0]);
  cermet_ndarray_release(grads[1]);
  cermet_ndarray *head_grad = floats(SHAPE(3), VALUES(10, 20, 30));
  OK(cermet_recorder_gradient(recorder, &z, 1, &head_grad, variables, 1, 0, grads));
  expect_floats(grads[0], VALUES(40, 100, 180), 0);
  cermet_ndarray *held[] = {x, y, z, head_grad, grads[0]};
  for (int k = 0; k < 5; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, a_value_used_twice_sums_its_gradients) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(3, -2)), *grad = NULL;
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *squared = call("multiply", NULL, recorder, x, x, NULL);
  cermet_ndarray *sum = call("add", NULL, recorder, squared, x, NULL);
  OK(cermet_recorder_gradient(recorder, &sum, 1, NULL, &x, 1, 0, &grad));
  expect_floats(grad, VALUES(7, -3), 0);
  cermet_ndarray *held[] = {x, squared, sum, grad};
  for (int k = 0; k < 4; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

/* d2/dx2 of x^3 is 6x, d3/dx3 is 6. */
Test(recorder, higher_orders) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(2, -1)), *first = NULL, *second = NULL, *third = NULL;
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *squared = call("multiply", NULL, recorder, x, x, NULL);
  cermet_ndarray *cubed = call("multiply", NULL, recorder, squared, x, NULL);
  OK(cermet_recorder_gradient(recorder, &cubed, 1, NULL, &x, 1, 1, &first));
  expect_floats(first, VALUES(12, 3), 1e-6);
  OK(cermet_recorder_gradient(recorder, &first, 1, NULL, &x, 1, 1, &second));
  expect_floats(second, VALUES(12, -6), 1e-6);
  OK(cermet_recorder_gradient(recorder, &second, 1, NULL, &x, 1, 0, &third));
  expect_floats(third, VALUES(6, 6), 1e-6);
  cermet_ndarray *held[] = {x, squared, cubed, first, second, third};
  for (int k = 0; k < 6; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, backward_writes_or_adds) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *y = floats(SHAPE(2), VALUES(5, 6)), *gx = NULL, *gy = NULL;
  OK(cermet_recorder_create(1, &recorder));
  OK(cermet_ndarray_attach_grad(x, CERMET_GRAD_WRITE));
  OK(cermet_ndarray_attach_grad(y, CERMET_GRAD_ADD));
  OK(cermet_ndarray_grad(x, &gx));
  OK(cermet_ndarray_grad(y, &gy));
  for (int round = 1; round <= 2; ++round) {
    cermet_ndarray *z = call("multiply", NULL, recorder, x, y, NULL);
    OK(cermet_recorder_backward(recorder, &z, 1, NULL, 0));
    expect_floats(gx, VALUES(5, 6), 0);
    expect_floats(gy, VALUES(1.0f * (float)round, 2.0f * (float)round), 0);
    FAILS(CERMET_INVALID_ARGUMENT, "heads[0]", cermet_recorder_backward(recorder, &z, 1, NULL, 0));
    cermet_ndarray_release(z);
  }
  cermet_ndarray *held[] = {x, y, gx, gy};
  for (int k = 0; k < 4; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, an_overwritten_value_is_noticed) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *grad = NULL;
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *z = call("multiply", NULL, recorder, x, x, NULL);
  OK(cermet_ndarray_write(x, (float[]){7, 8}, 8));
  cermet_ndarray *y = floats(SHAPE(2), VALUES(1, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "overwritten", cermet_recorder_gradient(recorder, &z, 1, NULL, &x, 1, 0, &grad));
  cermet_ndarray *held[] = {x, y, z};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

/* Which value is meant would be a guess: the one it began with, or the one it has now. */
Test(recorder, a_variable_that_an_operator_overwrote_is_refused) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *grad = NULL, *out = x;
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *inputs[2] = {x, x};
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "add"), NULL, inputs, 2, recorder, NULL, &out, 1));
  cermet_ndarray *z = call("multiply", NULL, recorder, x, x, NULL);
  FAILS(CERMET_INVALID_ARGUMENT, "variables[0]: was overwritten",
        cermet_recorder_gradient(recorder, &z, 1, NULL, &x, 1, 0, &grad));
  cermet_ndarray_release(z);
  OK(cermet_recorder_clear(recorder));
  z = call("multiply", NULL, recorder, x, x, NULL);
  OK(cermet_recorder_gradient(recorder, &z, 1, NULL, &x, 1, 0, &grad));
  expect_floats(grad, VALUES(4, 8), 0);
  cermet_ndarray *held[] = {x, z, grad};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

/* A write through a view changes a result that the recording knows: using it further must not give a gradient of 0. */
Test(recorder, a_result_that_was_overwritten_is_not_a_constant) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *view = NULL, *next = NULL;
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *z = call("multiply", NULL, recorder, x, x, NULL);
  OK(cermet_ndarray_slice(z, (int64_t[]){0}, (int64_t[]){1}, (int64_t[]){1}, 1, &view));
  OK(cermet_ndarray_write(view, (float[]){9}, 4));
  cermet_ndarray *inputs[2] = {z, x};
  FAILS(CERMET_INVALID_ARGUMENT, "was overwritten after it was recorded",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "add"), NULL, inputs, 2, recorder, NULL, &next, 1));
  cr_assert(next == NULL);
  cermet_ndarray *copy = NULL;
  OK(cermet_ndarray_copy(z, &copy));
  inputs[0] = copy;
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "add"), NULL, inputs, 2, recorder, NULL, &next, 1));
  cermet_ndarray *held[] = {x, z, view, copy, next};
  for (int k = 0; k < 5; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, pausing_and_clearing) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *grad = NULL;
  int32_t recording = 9, train = 9;
  int64_t before = bytes_in_use();
  OK(cermet_recorder_create(1, &recorder));
  OK(cermet_recorder_set_mode(recorder, 0, 0));
  OK(cermet_recorder_mode(recorder, &recording, &train));
  cr_assert(recording == 0 && train == 0);
  cermet_ndarray *z = call("multiply", NULL, recorder, x, x, NULL);
  FAILS(CERMET_INVALID_ARGUMENT, "heads[0]", cermet_recorder_gradient(recorder, &z, 1, NULL, &x, 1, 0, &grad));
  cermet_ndarray_release(z);
  OK(cermet_recorder_set_mode(recorder, 1, 1));
  z = call("multiply", NULL, recorder, x, x, NULL);
  cermet_ndarray_release(z);
  cr_assert(bytes_in_use() > before);
  OK(cermet_recorder_clear(recorder));
  cr_assert(bytes_in_use() == before);
  cermet_ndarray_release(x);
  cermet_recorder_release(recorder);
}

Test(recorder, bad_head_gradients_are_refused) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *grad = NULL, *wrong = floats(SHAPE(3), VALUES(1, 1, 1));
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *z = call("multiply", NULL, recorder, x, x, NULL);
  FAILS(CERMET_SHAPE, "head_grads[0]: got (3,); want (2,)",
        cermet_recorder_gradient(recorder, &z, 1, &wrong, &x, 1, 0, &grad));
  FAILS(CERMET_INVALID_ARGUMENT, "no array with an attached gradient",
        cermet_recorder_backward(recorder, &z, 1, NULL, 1));
  cermet_ndarray *held[] = {x, wrong, z};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

static cermet_attrs *one_text(const char *op, const char *name, const char *text) {
  cermet_attrs *out = NULL;
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, op), &out));
  OK(cermet_attrs_set_text(out, name, text));
  return out;
}

/* batch_norm, or a composite of it, of one channel; gamma 1, beta 0, moving variance 1. */
static cermet_ndarray *normalized(const char *op, cermet_ndarray *data, cermet_ndarray *mean,
                                  cermet_recorder *recorder) {
  cermet_ndarray *inputs[5] = {data, floats(SHAPE(1), VALUES(1)), floats(SHAPE(1), VALUES(0)), mean,
                               floats(SHAPE(1), VALUES(1))},
                 *out = NULL;
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, op), NULL, inputs, 5, recorder, NULL, &out, 1));
  cermet_ndarray_release(inputs[1]);
  cermet_ndarray_release(inputs[2]);
  cermet_ndarray_release(inputs[4]);
  return out;
}

/* Training: the gradients of a batch normalisation's inputs add up to 0, since its outputs do. Prediction with moving
 * variance 1: each is its own times 1 / sqrt(1 + eps). Whatever the mode is when they are asked for. */
Test(recorder, gradients_are_of_the_mode_of_the_call) {
  const char *const ops[] = {"batch_norm", "batch_norm_with_relu"};
  for (int form = 0; form < 2; ++form)
    for (int train = 0; train < 2; ++train) {
      cermet_recorder *recorder = NULL;
      cermet_ndarray *x = floats(SHAPE(4, 1), VALUES(1, 2, 3, 10)), *mean = floats(SHAPE(1), VALUES(0)), *grad = NULL;
      cermet_ndarray *head_grad = floats(SHAPE(4, 1), VALUES(0, 0, 0, 1));
      float got[4];
      OK(cermet_recorder_create(train, &recorder));
      cermet_ndarray *y = normalized(ops[form], x, mean, recorder);
      OK(cermet_recorder_set_mode(recorder, 0, !train));
      OK(cermet_recorder_gradient(recorder, &y, 1, &head_grad, &x, 1, 0, &grad));
      OK(cermet_ndarray_read(grad, got, sizeof got));
      if (train)
        cr_assert(got[0] != 0 && fabs((double)got[0] + (double)got[1] + (double)got[2] + (double)got[3]) < 1e-6);
      else
        cr_assert(got[0] == 0 && got[1] == 0 && got[2] == 0 && fabs((double)got[3] - 0.99950037) < 1e-6);
      cermet_ndarray *held[] = {x, mean, grad, head_grad, y};
      for (int k = 0; k < 5; ++k) cermet_ndarray_release(held[k]);
      cermet_recorder_release(recorder);
    }
}

Test(recorder, a_dropout_keeps_its_mask_when_the_mode_changes) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(8), VALUES(1, 1, 1, 1, 1, 1, 1, 1)), *grad = NULL;
  float out[8], got[8];
  OK(cermet_recorder_create(1, &recorder));
  cermet_attrs *half = one_text("dropout", "p", "0.5");
  cermet_ndarray *y = call("dropout", half, recorder, x, NULL, NULL);
  OK(cermet_recorder_set_mode(recorder, 0, 0));
  OK(cermet_recorder_gradient(recorder, &y, 1, NULL, &x, 1, 0, &grad));
  OK(cermet_ndarray_read(y, out, sizeof out));
  OK(cermet_ndarray_read(grad, got, sizeof got));
  cr_assert(memcmp(out, got, sizeof out) == 0); /* of ones, both are the mask times 2 */
  cermet_attrs_release(half);
  cermet_ndarray *held[] = {x, y, grad};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, gradients_are_new_arrays) {
  for (int create_graph = 0; create_graph < 2; ++create_graph) {
    cermet_recorder *recorder = NULL;
    cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *y = floats(SHAPE(2), VALUES(3, 4)), *grads[3] = {NULL};
    cermet_ndarray *head_grad = floats(SHAPE(2), VALUES(5, 5));
    const float sevens[2] = {7, 7};
    OK(cermet_recorder_create(1, &recorder));
    cermet_ndarray *z = call("add", NULL, recorder, x, y, NULL), *variables[3] = {x, y, z};
    OK(cermet_recorder_gradient(recorder, &z, 1, &head_grad, variables, 3, create_graph, grads));
    for (int k = 0; k < 3; ++k) {
      expect_floats(grads[k], VALUES(5, 5), 0);
      OK(cermet_ndarray_write(grads[k], sevens, sizeof sevens));
      expect_floats(head_grad, VALUES(5, 5), 0);
    }
    cermet_ndarray *held[] = {x, y, z, head_grad, grads[0], grads[1], grads[2]};
    for (int k = 0; k < 7; ++k) cermet_ndarray_release(held[k]);
    cermet_recorder_release(recorder);
  }
}

Test(recorder, a_gradient_of_a_copied_gradient) { /* d/dv (v * x) for the head gradient v, which is the gradient by y */
  cermet_recorder *recorder = NULL;
  cermet_ndarray *x = floats(SHAPE(2), VALUES(1, 2)), *y = floats(SHAPE(2), VALUES(3, 4)), *first = NULL,
                 *second = NULL;
  cermet_ndarray *v = floats(SHAPE(2), VALUES(5, 6));
  OK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *z = call("add", NULL, recorder, x, y, NULL);
  OK(cermet_recorder_gradient(recorder, &z, 1, &v, &y, 1, 1, &first));
  cermet_ndarray *product = call("multiply", NULL, recorder, first, x, NULL);
  OK(cermet_recorder_gradient(recorder, &product, 1, NULL, &v, 1, 0, &second));
  expect_floats(second, VALUES(1, 2), 0);
  cermet_ndarray *held[] = {x, y, z, v, first, second, product};
  for (int k = 0; k < 7; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, backward_zeroes_what_the_head_does_not_depend_on) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *arrays[2] = {floats(SHAPE(2), VALUES(1, 2)), floats(SHAPE(2), VALUES(3, 4))}, *grads[2];
  const cermet_grad_req reqs[2] = {CERMET_GRAD_WRITE, CERMET_GRAD_ADD};
  const float nines[2] = {9, 9};
  cermet_ndarray *x = floats(SHAPE(2), VALUES(0, 0));
  OK(cermet_recorder_create(1, &recorder));
  OK(cermet_ndarray_attach_grad(x, CERMET_GRAD_WRITE));
  cermet_ndarray *z = call("exp", NULL, recorder, x, NULL, NULL);
  for (int k = 0; k < 2; ++k) {
    OK(cermet_ndarray_attach_grad(arrays[k], reqs[k]));
    OK(cermet_ndarray_grad(arrays[k], &grads[k]));
    OK(cermet_ndarray_write(grads[k], nines, sizeof nines));
    cermet_ndarray_release(call("exp", NULL, recorder, arrays[k], NULL, NULL));
  }
  OK(cermet_recorder_backward(recorder, &z, 1, NULL, 0));
  expect_floats(grads[0], VALUES(0, 0), 0); /* as an executor does */
  expect_floats(grads[1], VALUES(9, 9), 0);
  cermet_ndarray *held[] = {x, z, arrays[0], arrays[1], grads[0], grads[1]};
  for (int k = 0; k < 6; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}

Test(recorder, gradients_keep_nothing_in_the_recording) {
  cermet_recorder *recorder = NULL;
  const int64_t size = 1 << 18;
  cermet_ndarray *x = NULL;
  OK(cermet_recorder_create(1, &recorder));
  OK(cermet_ndarray_create(&size, 1, CERMET_FLOAT32, CERMET_CPU, 0, &x));
  cermet_ndarray *z = call("exp", NULL, recorder, x, NULL, NULL);
  int64_t before = bytes_in_use();
  cr_assert(before >= 2 * size * (int64_t)sizeof(float));
  for (int k = 0; k < 3; ++k) {
    cermet_ndarray *head_grad = NULL, *other = NULL, *grads[2] = {NULL};
    OK(cermet_ndarray_create(&size, 1, CERMET_FLOAT32, CERMET_CPU, 0, &head_grad));
    OK(cermet_ndarray_create(&size, 1, CERMET_FLOAT32, CERMET_CPU, 0, &other));
    cermet_ndarray *variables[2] = {x, other};
    OK(cermet_recorder_gradient(recorder, &z, 1, &head_grad, variables, 2, 0, grads));
    cermet_ndarray *held[] = {head_grad, other, grads[0], grads[1]};
    for (int i = 0; i < 4; ++i) cermet_ndarray_release(held[i]);
  }
  cr_assert(bytes_in_use() == before, "%ld bytes more", (long)(bytes_in_use() - before));
  cermet_ndarray_release(x);
  cermet_ndarray_release(z);
  cermet_recorder_release(recorder);
}

Test(recorder, prediction_leaves_moving_statistics_alone) {
  cermet_recorder *recorder = NULL;
  cermet_ndarray *mean = floats(SHAPE(1), VALUES(2)), *x = floats(SHAPE(1), VALUES(3)), *grad = NULL;
  cermet_ndarray *data = floats(SHAPE(1, 1), VALUES(5));
  OK(cermet_recorder_create(0, &recorder));
  cermet_ndarray *y = call("multiply", NULL, recorder, x, mean, NULL);
  cermet_ndarray *normal = normalized("batch_norm", data, mean, recorder);
  OK(cermet_recorder_gradient(recorder, &y, 1, NULL, &x, 1, 0, &grad)); /* mean is as it was */
  expect_floats(grad, VALUES(2), 0);
  cermet_ndarray *held[] = {mean, x, grad, data, y, normal};
  for (int k = 0; k < 6; ++k) cermet_ndarray_release(held[k]);
  cermet_recorder_release(recorder);
}
