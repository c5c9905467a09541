# SPDX-License-Identifier: Apache-2.0

set.seed(12)
model <- fit_iris(epochs = 20)

test_that("a model in integers predicts what the model predicts", {
  expected <- predict(model, iris_x)
  for (calibration in c("none", "naive", "entropy")) {
    quantized <- cm_quantize_model(model, iris_x, calibration, batch_size = 50)
    expect_lt(max(abs(predict(quantized, iris_x) - expected)), 0.1)
    expect_true(any(grepl("weight_quantize$", names(coef(quantized)))))
    expect_identical(quantized$levels, model$levels)
  }
  path <- tempfile(fileext = ".safetensors")
  cm_save(quantized, path)
  expect_identical(predict(cm_load(path), iris_x), predict(quantized, iris_x))
})

test_that("what cannot be is refused", {
  expect_error(cm_quantize_model(1, iris_x), "fitted model")
  expect_error(cm_quantize_model(model, iris_x, calibration = "best"), "entropy, naive, none")
  expect_error(cm_quantize_model(model, iris_x, type = "int4"), "auto, int8, uint8")
  expect_error(cm_quantize_model(model, iris_x, batch_size = 0), "batch_size")
  expect_error(cm_quantize_model(model, iris_x, exclude = 3), "want names")
  expect_cermet_error(cm_quantize_model(model, iris_x, exclude = "no such layer"), "not_found")
  expect_cermet_error(cm_quantize_model(model, -iris_x, "naive", "uint8"), "invalid_argument")
  expect_cermet_error(cm_quantize_model(model, iris_x, "none", "uint8"), "invalid_argument")
})
