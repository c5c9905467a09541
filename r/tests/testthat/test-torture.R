# SPDX-License-Identifier: Apache-2.0
# The glue under stress: collections at every allocation, long loops, jumps out of callbacks.

# A bit of everything that makes handles; nothing in it depends on names that are unique in the process.
tour <- function() {
  a <- cm_array(matrix(c(1, 2, 3, 4), 2))
  x <- cm_fully_connected(cm_variable("x"), num_hidden = 2, name = "f")
  executor <- cm_bind(x, list(x = c(3, 2)))
  output <- cm_forward(executor, x = matrix(1, 3, 2), train = TRUE)
  path <- tempfile(fileext = ".npz")
  cm_save_arrays(list(a = a, b = a * 2), path)
  results <- list(
    a + a / 2, cm_split(a, num_outputs = 2), cm_grad(function(w) sum(w^2))(a), output, cm_backward(executor),
    cm_update(cm_optimizer("adam"), list(w = a), list(w = a)), cm_load_arrays(path), a[1, ]
  )
  failure <- tryCatch(a + cm_array(1:3), error = conditionMessage)
  list(rapply(results, as.array, how = "list"), cm_infer_shape(x, list(x = c(3, 2))), failure)
}

test_that("collections at every fiftieth allocation change nothing", {
  set.seed(1)
  expected <- tour()
  on.exit(gctorture2(0))
  set.seed(1)
  gctorture2(50)
  tortured <- tour()
  gctorture2(0)
  expect_identical(tortured, expected)
})

resident <- function() {
  line <- grep("^VmRSS", readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

test_that("memory is flat over many operators, without a call of gc()", {
  skip_if_not(file.exists("/proc/self/status"))
  a <- cm_array(matrix(runif(250000), 500))
  step <- function(n) for (i in seq_len(n)) a <<- a * 0.5
  step(300)
  before <- resident()
  step(1000) # a gigabyte, if nothing were collected
  expect_lt(resident() - before, 300)
  small <- cm_array(c(1, 2))
  loop <- function(n) for (i in seq_len(n)) small <<- small * 0.5 + 1
  loop(20000)
  before <- resident()
  loop(50000) # 10^5 operators
  expect_lt(resident() - before, 50)
})

test_that("errors and jumps leave nothing behind", {
  broken <- cm_callback("broken", on_batch_end = function(run) stop("jump"))
  jump <- function() {
    for (i in 1:20) {
      tryCatch(cm_array(1:2) + cm_array(1:3), error = identity)
      tryCatch(fit_iris(callbacks = broken), error = identity)
      withRestarts(fit_iris(callbacks = cm_callback("out", on_batch_end = function(run) invokeRestart("leave"))),
                   leave = function() NULL)
      tryCatch(cm_record(cm_recorder(), stop("jump")), error = identity)
      tryCatch(cm_grad(function(x) stop("jump"))(cm_array(1)), error = identity)
    }
    gc()
    cm_memory()[["in_use"]]
  }
  expect_identical(jump(), jump())
  expect_false(cermet:::is_recording())
})
