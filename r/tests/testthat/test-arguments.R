# SPDX-License-Identifier: Apache-2.0
# Arguments that no operator can take, as a table: a call, its status, and what the message must say.

a <- cm_array(matrix(as.numeric(1:100), 10))
image <- cm_array(array(0, c(1, 1, 8, 8)))
kernel <- cm_zeros(c(1, 1, 3, 3))
empty <- cm_array(numeric())

bad_calls <- alist(
  list(cm_zeros(c(65536, 65536, 65536, 65536)), "shape", "overflow"),
  list(cm_zeros(2^40), "limit", "cm_zeros: memory"),
  list(cm_zeros(-1), "invalid_argument", "at least 0"),
  list(cm_zeros(rep(1, 33)), "shape", "rank 33"),
  list(cm_reshape(a, shape = c(-1, -1)), "invalid_argument", "twice"),
  list(cm_reshape(a, shape = c(-1, 3)), "shape", "10, 10"),
  list(cm_take(empty, 1), "shape", "empty"),
  list(cm_take(a, 0), "invalid_argument", "cm_take: indices: got 0; .*count from 1"),
  list(cm_take(a, NA_real_), "invalid_argument", "got NA"),
  list(cm_pick(a, empty), "shape", "index"),
  list(cm_embedding(c(0, 1), cm_zeros(c(10, 4)), input_dim = 10, output_dim = 4), "invalid_argument", "got 0"),
  list(cm_convolution(image, kernel, kernel = c(3, 3), num_filter = 1, num_group = 0), "invalid_argument", "num_group"),
  list(cm_convolution(image, kernel, kernel = c(0, 3), num_filter = 1), "invalid_argument", "kernel: got \\(0, 3\\)"),
  list(cm_convolution(image, kernel, kernel = c(3, 3), num_filter = 1, stride = 0), "invalid_argument", "stride"),
  list(cm_depth_to_space(image, block_size = -2147483648), "invalid_argument", "block_size"),
  list(cm_sum(a, axis = 3), "invalid_argument", "add 1 to read"),
  list(cm_sum(a, axis = 0), "invalid_argument", "count from 1"),
  list(cm_sum(a, axis = c(1, 1)), "invalid_argument", "twice"),
  list(cm_sum(a, axis = 1.5), "invalid_argument", "1.5"),
  list(cm_sum(a, axis = NA), "invalid_argument", "got NA"),
  list(cm_sum(a, axis = "x"), "invalid_argument", "got character"),
  list(cm_sum(a, axis = factor("1")), "invalid_argument", "want numbers"),
  list(cm_sum(a, axis = list(1)), "invalid_argument", "got list"),
  list(cm_sum(a, axis = -2147483648), "invalid_argument", "axis"),
  list(cm_sum(a, axis = 1e300), "invalid_argument", "axis"),
  list(cm_clip(a, a_min = NA, a_max = 1), "invalid_argument", "a_min: got NA"),
  list(cm_sum(a, keepdims = NA), "invalid_argument", "TRUE or FALSE"),
  list(cm_sum(a, keepdims = "yes"), "invalid_argument", "TRUE or FALSE"),
  list(cm_cast(a, dtype = c("int32", "int8")), "invalid_argument", "one string"),
  list(cm_repeat(a, repeats = -1), "invalid_argument", "at least 0"),
  list(cm_tile(a, reps = 2^40), "limit", "cm_tile"),
  list(cm_one_hot(1, depth = 1e12), "limit", "cm_one_hot"),
  list(cm_dot(a, cm_cast(a, dtype = "int64")), "dtype", "int64"),
  list(cm_arange(start = 1, stop = 1e20), "invalid_argument", "stop"),
  list(cm_arange(start = 1, stop = 2, step = 0), "invalid_argument", "step"),
  list(cm_random_normal(scale = -1, shape = 2), "invalid_argument", "scale"),
  list(cm_sgd_update(cm_ones(1), empty, lr = 0.1), "shape", "grad"),
  list(cm_dropout(a, p = 2), "invalid_argument", "0 to 1"),
  list(cm_activation(a, act_type = "relux"), "invalid_argument", "relu"),
  list(cm_array(1:3, c("int32", "int8")), "invalid_argument", "one string"),
  list(cm_array(array(1, 2), dtype = 3), "invalid_argument", "one string"),
  list(a[11, 1], "invalid_argument", "1 to 10"),
  list(a %*% cm_ones(c(3, 3)), "shape", "contracted"),
  list(cm_concat(list()), "invalid_argument", "concat"),
  list(cm_relu(quote(x)), "invalid_argument", "symbol"),
  list(cm_relu(NULL), "invalid_argument", "data")
)

test_that("arguments that no operator can take are refused by name, and leave the session well", {
  expected <- as.vector(a %*% t(a))
  for (call in bad_calls) {
    condition <- tryCatch(eval(call[[2]]), error = identity)
    expect_s3_class(condition, paste0("cermet_error_", call[[3]]))
    expect_match(conditionMessage(condition), call[[4]], info = deparse(call[[2]]))
    expect_true(nzchar(condition$argument) && nzchar(condition$op), info = deparse(call[[2]]))
  }
  expect_identical(as.vector(a %*% t(a)), expected)
})

test_that("the neighbours of what is refused work", {
  expect_same(cm_take(a, 10), matrix(as.numeric(seq(10, 100, 10)), 1))
  expect_identical(dim(cm_leaky_relu(cm_zeros(c(0, 1, 1)))), c(0L, 1L, 1L))
  expect_identical(dim(cm_array(array(1, c(0, 3))) + 1), c(0L, 3L))
  expect_identical(dim(cm_zeros(rep(1, 32))), rep(1L, 32))
  expect_same(cm_sum(a, axis = -2), colSums(as.array(a)))
  expect_identical(as.vector(cm_cast(cm_array(c(NaN, 1e30)), dtype = "int32")), c(0L, .Machine$integer.max))
  expect_same(cm_sort(cm_array(c(2, NaN, 1))), c(1, 2, NaN))
  expect_same(cm_arange(start = 1, stop = 2, step = 0.5), c(1, 1.5))
})
