# SPDX-License-Identifier: Apache-2.0

deep_net <- function(layers = 6) {
  net <- cm_variable("x")
  for (layer in seq_len(layers)) net <- cm_softmax(cm_fully_connected(net, num_hidden = 64, name = paste0("fc", layer)))
  net
}

test_that("the table holds the bytes of the plan", {
  executor <- cm_bind(deep_net(), list(x = c(32, 64)))
  memory <- cm_memory_plan(executor)
  expect_s3_class(memory, c("cermet_memory_plan", "data.frame"))
  expect_named(memory, c("operator", "node", "pass", "value", "bytes", "offset", "first", "last"))
  expect_true(all(memory$first >= 1 & memory$first <= memory$last))
  expect_lte(max(attr(memory, "live")), cm_planned_bytes(executor)[["arena"]])
  expect_gte(max(attr(memory, "live")), 0.8 * cm_planned_bytes(executor)[["arena"]])
  peak <- which.max(attr(memory, "live"))
  expect_equal(sum(summary(memory)$bytes), max(attr(memory, "live")))
  expect_output(print(memory), "peak: .* at step")
  expect_true("softmax" %in% summary(memory)$operator)
})

test_that("the plot marks the peak", {
  memory <- cm_memory_plan(cm_bind(deep_net(), list(x = c(32, 64))))
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  on.exit(unlink(file))
  expect_identical(plot(memory, main = "mine"), memory)
  grDevices::dev.off()
  expect_gt(file.size(file), 1000)
})

test_that("a budget is kept, with the same results, or refused with what would do", {
  values <- matrix(seq(-1, 1, length.out = 32 * 64), 32)
  gradients <- function(...) {
    set.seed(1)
    executor <- cm_bind(deep_net(), list(x = c(32, 64)), ...)
    cm_forward(executor, x = values, train = TRUE)
    list(grads = lapply(cm_backward(executor), as.array), bytes = sum(cm_planned_bytes(executor)),
         memory = cm_memory_plan(executor))
  }
  whole <- gradients(recompute = 0)
  tight <- gradients(memory = whole$bytes - 16384)
  expect_lte(tight$bytes, whole$bytes - 16384)
  expect_true("recomputed" %in% tight$memory$pass)
  expect_identical(tight$grads, whole$grads)
  expect_error(gradients(memory = 1000), "at least", class = "cermet_error_limit")
  expect_error(gradients(memory = "a lot"), "number", class = "cermet_error_invalid_argument")
  expect_error(gradients(recompute = -1), "number", class = "cermet_error_invalid_argument")
  expect_error(cm_memory_plan(1), "cm_bind")
})

test_that("fit takes a limit", {
  net <- cm_sequential(input = 4)
  for (layer in 1:4) net <- cm_layer_dense(net, 64, activation = "tanh")
  net <- cm_layer_dense(net, 3) |> compile(loss = "cross_entropy")
  x <- as.matrix(iris[, 1:4])
  train <- function(...) {
    set.seed(3)
    fit(net, x, iris$Species, epochs = 1, batch_size = 50, verbose = FALSE, ...)$history$loss
  }
  expect_identical(train(memory = 1e6), train())
  expect_error(train(memory = 1e4), class = "cermet_error_limit")
})
