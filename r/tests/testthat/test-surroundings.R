# SPDX-License-Identifier: Apache-2.0
# R as scripts and services run it: no terminal, no profile, other locales.

script <- '
library(cermet)
options(OutDec = ",")
set.seed(1)
net <- cm_layer_dense(cm_sequential(4), 3)
net <- compile(net, "cross_entropy", cm_opt_adam(learning_rate = 0.5), initializer = cm_init_normal(sigma = 0.25))
model <- fit(net, as.matrix(iris[, 1:4]), factor(paste0("\\u00e4", iris$Species)), epochs = 2, verbose = TRUE)
path <- tempfile(fileext = ".safetensors")
cm_save(model, path)
stopifnot(identical(cm_load(path)$levels, model$levels))
x <- cm_variable("w", shape = c(2, 2), initializer = cm_init_constant(value = 0.125)) * 0.5
stopifnot(grepl("0.125", cm_to_json(x), fixed = TRUE), grepl("0.5", cm_to_json(x), fixed = TRUE))
csv <- tempfile()
writeLines("1.5,2.25", csv)
stopifnot(identical(as.vector(cm_read_csv(csv)), c(1.5, 2.25)))
cat(sprintf("%.6f", model$history$loss), "\\n")
'

# What the script prints in a session of its own, standard error last.
run_script <- function(code, env = character()) {
  path <- tempfile(fileext = ".R")
  errors <- tempfile()
  writeLines(code, path)
  libraries <- paste0("R_LIBS=", shQuote(paste(.libPaths(), collapse = .Platform$path.sep)))
  output <- suppressWarnings(system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(path)),
                                     stdout = TRUE, stderr = errors, stdin = nullfile(), env = c(env, libraries)))
  c(output, readLines(errors))
}

# A locale with a decimal comma, made for this test where the machine can.
comma_locale <- function() {
  skip_if(Sys.which("localedef") == "", "no localedef")
  skip_if_not(file.exists("/usr/share/i18n/locales/de_DE"), "no sources of locales")
  folder <- tempfile()
  dir.create(folder)
  system2("localedef", c("-i", "de_DE", "-f", "UTF-8", file.path(folder, "de_DE.UTF-8")), stdout = FALSE, stderr = FALSE)
  skip_if_not(dir.exists(file.path(folder, "de_DE.UTF-8")), "localedef failed")
  paste0("LOCPATH=", folder)
}

test_that("a script runs in the C locale without terminal and profile", {
  printed <- run_script(script, "LC_ALL=C")
  expect_match(printed[1], "^[0-9]+\\.[0-9]{6} [0-9.]+ $")
  expect_match(printed[2], "^epoch 1/2: loss", all = FALSE)
  expect_identical(printed[1], run_script(script, "LC_ALL=C.UTF-8")[1])
})

test_that("a decimal comma changes no number and no file", {
  locale <- comma_locale()
  # R keeps LC_NUMERIC at C unless it is told so.
  comma <- paste("suppressWarnings(Sys.setlocale(\"LC_NUMERIC\", \"de_DE.UTF-8\"))",
                 "stopifnot(identical(Sys.localeconv()[[\"decimal_point\"]], \",\"))", script, sep = "\n")
  printed <- run_script(comma, c(locale, "LC_ALL=de_DE.UTF-8"))
  expect_identical(gsub(",", ".", printed[grepl("^[0-9]", printed)], fixed = TRUE), run_script(script, "LC_ALL=C")[1])
})

test_that("an error in a script ends it with a message and a status", {
  printed <- run_script("library(cermet); cm_load('nothing.safetensors')", "LC_ALL=C")
  expect_match(printed, "cm_load: nothing.safetensors", all = FALSE)
})
