# SPDX-License-Identifier: Apache-2.0

regression <- function() {
  cm_linear_regression_output(cm_fully_connected(cm_variable("x"), num_hidden = 1, name = "fc"), cm_variable("y"),
                              name = "out")
}

test_that("an executor computes what R computes", {
  set.seed(1)
  executor <- cm_bind(regression(), list(x = c(32, 2), y = c(32, 1)))
  expect_identical(executor$grad, c("fc_weight", "fc_bias"))
  x <- as.matrix(mtcars[, c("wt", "qsec")])
  y <- matrix(mtcars$mpg)
  output <- cm_forward(executor, x = x, y = y, train = TRUE)
  weight <- as.array(executor[["fc_weight"]])
  expect_gt(max(abs(weight)), 0)
  expect_equal(as.array(output), unname(x %*% t(weight)), tolerance = 1e-5)
  grads <- cm_backward(executor)
  expect_named(grads, c("fc_weight", "fc_bias"))
  expect_equal(as.array(grads$fc_weight), unname(t(as.array(output) - y) %*% x), tolerance = 1e-4)
  before <- as.array(output)
  cm_forward(executor, x = x * 2)
  expect_identical(as.array(output), before)
  executor[["fc_weight"]] <- matrix(c(1, 2), 1)
  expect_equal(as.array(cm_forward(executor, x = x)), unname(x %*% 1:2), tolerance = 1e-5)
})

test_that("gradients are written or added", {
  x <- cm_variable("x")
  written <- cm_bind(x * x, list(x = 3), grad = "x")
  added <- cm_bind(x * x, list(x = 3), grad = "x", grad_req = "add")
  for (executor in list(written, added)) {
    for (run in 1:2) {
      cm_forward(executor, x = c(1, 2, 3), train = TRUE)
      grads <- cm_backward(executor)
    }
    expect_same(grads$x, c(2, 4, 6) * if (identical(executor, added)) 2 else 1)
  }
  cm_forward(written, x = c(1, 2, 3), train = TRUE)
  expect_same(cm_backward(written, c(1, 0, -1))$x, c(2, 0, -6))
})

test_that("the plan is known before the run, and other shapes share the parameters", {
  executor <- cm_bind(regression(), list(x = c(64, 2), y = c(64, 1)))
  planned <- cm_planned_bytes(executor)
  expect_named(planned, c("arena", "arrays"))
  expect_gte(planned[["arrays"]], 4 * (64 * 2 + 64 + 2 * 3))
  expect_match(cm_plan(executor), "fully_connected")
  small <- cm_rebind(executor, list(x = c(3, 2), y = c(3, 1)))
  executor[["fc_weight"]] <- matrix(c(5, 7), 1)
  expect_same(small[["fc_weight"]], matrix(c(5, 7), 1))
  expect_identical(dim(cm_forward(small, x = matrix(1, 3, 2))), c(3L, 1L))
  expect_output(print(executor), "planned")
  expect_output(print(summary(executor)), "program for training: .* backward")
})

test_that("states and several outputs are reached by name", {
  net <- cm_batch_norm(cm_variable("x"), name = "bn")
  executor <- cm_bind(net, list(x = c(4, 2)))
  expect_same(executor[["bn_moving_var"]], c(1, 1))
  executor[["bn_moving_mean"]] <- c(1, 2)
  expect_same(executor[["bn_moving_mean"]], c(1, 2))
  a <- cm_variable("a")
  pair <- cm_bind(cm_group(a + 1, a * 2), list(a = 2))
  outputs <- cm_forward(pair, a = c(1, 2))
  expect_length(outputs, 2)
  expect_same(outputs[[2]], c(2, 4))
})

test_that("a loop with an optimizer learns, on arrays and on an executor", {
  set.seed(1)
  executor <- cm_bind(regression(), list(x = c(32, 2), y = c(32, 1)))
  x <- scale(mtcars[, c("wt", "hp")])
  y <- matrix(scale(mtcars$mpg))
  sgd <- cm_optimizer(cm_opt_sgd(learning_rate = 0.5 / 32))
  for (step in 1:50) {
    output <- cm_forward(executor, x = x, y = y, train = TRUE)
    cm_backward(executor)
    cm_update(sgd, executor)
  }
  expected <- unname(coef(lm(y ~ x))[-1])
  expect_equal(as.vector(executor[["fc_weight"]]), expected, tolerance = 1e-3)
  loss <- cm_value_and_grad(function(w) mean((cm_array(unname(x)) %*% w - cm_array(y))^2))
  first <- list(w = cm_zeros(c(2, 1)))
  parameters <- first
  adam <- cm_optimizer(cm_opt_adam(learning_rate = 0.05))
  for (step in 1:200) parameters <- cm_update(adam, parameters, loss(parameters$w)$grad)
  expect_equal(as.vector(parameters$w), expected, tolerance = 1e-2)
  expect_same(first$w, matrix(0, 2, 1))
  expect_equal(cm_learning_rate(adam, 0.01), 0.01)
  expect_output(print(adam), "adam.*0.01")
})

test_that("what cannot be bound or run is refused", {
  net <- regression()
  good <- list(x = c(4, 2), y = c(4, 1))
  expect_cermet_error(cm_bind(3, good), "invalid_argument", regexp = "want a symbol")
  expect_cermet_error(cm_bind(net, list(z = 1)), "not_found", regexp = "fc_weight")
  expect_cermet_error(cm_bind(net, list(y = c(4, 1))), "shape")
  expect_cermet_error(cm_bind(net, good, grad = "w"), "not_found")
  expect_cermet_error(cm_bind(net, good, grad_req = "sum"), "invalid_argument", regexp = "write or add")
  expect_cermet_error(cm_bind(net, good, dtype = "float"), "invalid_argument", regexp = "^cm_bind")
  executor <- cm_bind(net, good)
  expect_cermet_error(cm_forward(executor, x = matrix(0, 2, 4)), "shape", regexp = "x: got \\[2 x 4\\]; want \\[4 x 2\\]")
  expect_cermet_error(cm_forward(executor, z = 1), "not_found")
  expect_cermet_error(cm_forward(executor, 1), "invalid_argument", regexp = "name")
  expect_cermet_error(cm_forward(executor, x = "a"), "invalid_argument")
  expect_cermet_error(cm_forward(net), "invalid_argument", regexp = "cm_bind")
  expect_cermet_error(cm_backward(cm_bind(net, good)), "invalid_argument")
  expect_cermet_error(cm_backward(executor, list(cm_array(1), cm_array(2))), "invalid_argument")
  expect_cermet_error(executor[["nothing"]], "not_found")
  sgd <- cm_optimizer("sgd")
  expect_cermet_error(cm_optimizer("sgdd"), "not_found")
  expect_cermet_error(cm_update(3, list(), list()), "invalid_argument", regexp = "cm_optimizer")
  expect_cermet_error(cm_update(sgd, list(cm_array(1)), list(cm_array(1))), "invalid_argument", regexp = "name")
  expect_cermet_error(cm_update(sgd, list(w = cm_array(1)), list(v = cm_array(1))), "invalid_argument", regexp = "w")
  expect_cermet_error(cm_update(sgd, list(w = cm_array(1)), list(w = cm_array(c(1, 2)))), "shape")
  expect_cermet_error(cm_learning_rate(sgd, -1), "invalid_argument")
})
