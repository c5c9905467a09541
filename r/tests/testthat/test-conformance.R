# SPDX-License-Identifier: Apache-2.0
# The cases that every language replays. They lie in the repository, beside the package, not in it.

replay <- new.env()
sys.source(system.file("conformance.R", package = "cermet"), replay)

expect_no_failures <- function(folder) {
  results <- replay$replay_folder(folder)
  failed <- results[results$result == "failed", ]
  expect_identical(paste(failed$id, failed$detail, recycle0 = TRUE), character())
  expect_gt(sum(results$result == "passed"), 0)
}

test_that("the project's own conformance cases", {
  folder <- Sys.getenv("CERMET_CONFORMANCE", file.path("..", "..", "..", "bindings", "conformance"))
  skip_if_not_installed("jsonlite")
  skip_if(length(list.files(folder, "\\.jsonl$")) == 0, "no conformance cases found (CERMET_CONFORMANCE)")
  expect_no_failures(folder)
})
