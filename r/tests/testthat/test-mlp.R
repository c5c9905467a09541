# SPDX-License-Identifier: Apache-2.0

test_that("a regression answers in the units of the outcome", {
  set.seed(1)
  model <- cm_mlp(mpg ~ ., data = mtcars, hidden = 16, epochs = 100)
  predicted <- predict(model, mtcars)
  expect_gt(cor(predicted, mtcars$mpg), 0.9)
  expect_lt(abs(mean(predicted) - mean(mtcars$mpg)), 1)
  expect_output(print(model), "cm_mlp\\(formula = mpg")
  expect_gt(evaluate(model, mtcars, mtcars$mpg)[["loss"]], 0)
})

test_that("without hidden layers it is the linear model", {
  set.seed(1)
  model <- cm_mlp(mpg ~ wt + factor(cyl), data = mtcars, hidden = integer(), epochs = 300, batch_size = 32,
                  optimizer = cm_opt_adam(learning_rate = 0.05))
  exact <- lm(mpg ~ wt + factor(cyl), mtcars)
  expect_equal(unname(predict(model, mtcars)), unname(predict(exact, mtcars)), tolerance = 0.02)
  expect_equal(as.vector(coef(model)$dense_1_weight), unname(coef(exact)[-1]), tolerance = 0.1)
})

test_that("a classifier knows its levels; factors and interactions enter by the formula", {
  set.seed(1)
  model <- cm_mlp(Species ~ Petal.Length * Petal.Width, data = iris, hidden = 8, epochs = 30, validation = 0.2)
  classes <- predict(model, iris, type = "class")
  expect_gt(mean(classes == iris$Species), 0.9)
  expect_identical(colnames(predict(model, iris[1, ], type = "prob")), levels(iris$Species))
  expect_true("valid_accuracy" %in% names(model$history))
})

test_that("new data is checked", {
  set.seed(1)
  data <- transform(mtcars, cyl = factor(cyl))
  model <- cm_mlp(mpg ~ wt + cyl, data = data, hidden = 4, epochs = 1)
  expect_cermet_error(predict(model, data.frame(wt = 1)), "invalid_argument")
  expect_cermet_error(predict(model, data.frame(wt = 1, cyl = factor("5"))), "invalid_argument", regexp = "new level")
  expect_length(predict(model, data[1, ]), 1)
})

test_that("formulas and outcomes are checked", {
  expect_cermet_error(cm_mlp(~wt, mtcars), "invalid_argument")
  expect_cermet_error(cm_mlp(mpg ~ 1, mtcars), "invalid_argument", regexp = "predictors")
  expect_cermet_error(cm_mlp(mpg ~ wt, mtcars[1, ]), "invalid_argument")
  expect_cermet_error(cm_mlp(mpg ~ wt, mtcars, hidden = 0), "invalid_argument")
  expect_cermet_error(cm_mlp(as.Date("2020-01-01") + mpg ~ wt, mtcars), "invalid_argument")
})

test_that("saveRDS keeps the formula's knowledge", {
  set.seed(1)
  model <- cm_mlp(Species ~ ., data = iris, hidden = 8, epochs = 2)
  path <- tempfile()
  saveRDS(model, path)
  expect_identical(predict(readRDS(path), iris), predict(model, iris))
})

test_that("models become data frames", {
  set.seed(1)
  model <- cm_mlp(Species ~ ., data = iris, hidden = 8, epochs = 3, validation = 0.2)
  expect_identical(dim(tidy(model)), c(12L, 4L))
  expect_identical(nrow(glance(model)), 1L)
  expect_equal(glance(model)$parameters, 5 * 8 + 9 * 3)
  augmented <- augment(model, iris)
  expect_identical(augmented$.pred_class, predict(model, iris, type = "class"))
  expect_equal(augmented$.pred_setosa, unname(predict(model, iris)[, "setosa"]))
  expect_true(".pred" %in% names(augment(cm_mlp(mpg ~ wt, mtcars, epochs = 1), mtcars)))
  expect_cermet_error(augment(model, 3), "invalid_argument")
})

test_that("a regression knows its fitted values and residuals, with na.action's gaps", {
  set.seed(1)
  model <- cm_mlp(Ozone ~ Wind + Temp, airquality, hidden = 4, epochs = 2)
  complete <- !is.na(airquality$Ozone)
  expect_length(fitted(model), sum(complete))
  expect_equal(fitted(model), predict(model, airquality[complete, ]), tolerance = 1e-5)
  expect_equal(unname(residuals(model) + fitted(model)), airquality$Ozone[complete], tolerance = 1e-6)
  expect_identical(predict(model), model$fitted.values)
  padded <- cm_mlp(Ozone ~ Wind, airquality, hidden = 2, epochs = 1, na.action = na.exclude)
  expect_identical(is.na(unname(residuals(padded))), is.na(airquality$Ozone))
  classifier <- cm_mlp(Species ~ ., iris, hidden = 2, epochs = 1)
  expect_identical(dim(fitted(classifier)), c(150L, 3L))
  expect_cermet_error(residuals(classifier), "unsupported", regexp = "classifier")
  expect_cermet_error(fitted(fit_iris(epochs = 1)), "unsupported", regexp = "predict")
})

test_that("predictions for rows with missing values are missing", {
  set.seed(1)
  model <- cm_mlp(Ozone ~ Wind + Solar.R, airquality, hidden = 4, epochs = 2)
  predicted <- predict(model, airquality)
  expect_identical(is.na(predicted), is.na(airquality$Solar.R))
  expect_identical(predict(model, airquality[5, ]), NA_real_)
  expect_identical(nrow(augment(model, airquality)), nrow(airquality))
  flowers <- iris
  flowers$Sepal.Width[2] <- NA
  classifier <- cm_mlp(Species ~ ., iris, hidden = 2, epochs = 1)
  expect_identical(which(is.na(predict(classifier, flowers, type = "class"))), 2L)
  expect_identical(which(is.na(predict(classifier, flowers)[, 3])), 2L)
  flowers$Sepal.Width[3] <- Inf
  expect_cermet_error(predict(classifier, flowers), "invalid_argument", regexp = "Sepal.Width")
})

# An outcome that depends on the level of a factor with many levels.
towns <- function(n = 400) {
  set.seed(1)
  data <- data.frame(town = sample(sprintf("town%02d", 1:20), n, replace = TRUE), size = runif(n, 100, 200))
  data$rent <- 10 * as.integer(factor(data$town)) + data$size + rnorm(n)
  data
}

test_that("a factor may be embedded", {
  data <- towns()
  model <- cm_mlp(rent ~ size + town, data, hidden = 16, epochs = 60, embedding = c(town = 3))
  expect_identical(dim(coef(model)$embedding_town_weight), c(21L, 3L))
  expect_identical(dim(coef(model)$dense_1_weight), c(16L, 4L))
  expect_gt(cor(fitted(model), data$rent), 0.97)
  expect_equal(predict(model, data), fitted(model), tolerance = 1e-5)
  # The network takes columns as they are, in any language.
  path <- tempfile(fileext = ".safetensors")
  cm_save(model, path)
  columns <- cbind(data$size, as.integer(factor(data$town)) - 1)
  expect_equal(predict(cm_load(path), columns), fitted(model), tolerance = 1e-5)
  # Unknown and missing levels.
  new <- data.frame(size = 150, town = c("town03", "elsewhere", NA))
  predicted <- predict(model, new)
  expect_identical(is.na(predicted), c(FALSE, FALSE, TRUE))
  expect_equal(coef(model)$embedding_town_weight[21, ], colMeans(coef(model)$embedding_town_weight[-21, ]),
               tolerance = 1e-5)
})

test_that("embeddings stand alone or beside other factors", {
  data <- transform(towns(100), kind = factor(rep(c("flat", "house"), 50)))
  alone <- cm_mlp(rent ~ town, data, hidden = integer(), epochs = 1, embedding = "town")
  expect_identical(dim(coef(alone)$embedding_town_weight), c(21L, 10L))
  both <- cm_mlp(kind ~ town + size, data, hidden = 4, epochs = 1, embedding = c(town = 2))
  expect_identical(levels(predict(both, data, type = "class")), c("flat", "house"))
  mixed <- cm_mlp(rent ~ kind * size + town, data, hidden = 4, epochs = 1, embedding = c(town = 2))
  expect_cermet_error(predict(mixed, transform(data[1, ], kind = "tent")), "invalid_argument", regexp = "new level")
  expect_length(predict(mixed, transform(data[1:2, ], town = "nowhere")), 2)
  two <- cm_mlp(rent ~ town + kind, data, hidden = 4, epochs = 1, embedding = c(town = 2, kind = 1))
  expect_equal(predict(two, data), fitted(two), tolerance = 1e-5)
})

test_that("what cannot be embedded is refused", {
  data <- towns(50)
  expect_cermet_error(cm_mlp(rent ~ size + town, data, embedding = "city"), "not_found", regexp = "size, town")
  expect_cermet_error(cm_mlp(rent ~ size + town, data, embedding = "rent"), "not_found")
  expect_cermet_error(cm_mlp(rent ~ size + town, data, embedding = "size"), "invalid_argument", regexp = "numeric")
  expect_cermet_error(cm_mlp(rent ~ size * town, data, embedding = "town"), "invalid_argument", regexp = "size:town")
  expect_cermet_error(cm_mlp(rent ~ size + town, data, embedding = c(town = 0)), "invalid_argument")
  expect_cermet_error(cm_mlp(rent ~ size + town, data, embedding = 3), "invalid_argument", regexp = "by name")
})
