# SPDX-License-Identifier: Apache-2.0

# The blocks of R code of a Markdown file, as one script.
r_blocks <- function(path) {
  lines <- readLines(path)
  inside <- FALSE
  kept <- character()
  for (line in lines) {
    if (inside && line != "```") kept <- c(kept, line)
    if (startsWith(line, "```")) inside <- line == "```r"
  }
  kept
}

test_that("the code of docs/r.md runs", {
  path <- file.path(Sys.getenv("CERMET_DOCS", file.path("..", "..", "..", "docs")), "r.md")
  skip_if_not(file.exists(path), "docs/r.md is not beside the package")
  capture.output(expect_error(eval(parse(text = r_blocks(path)), new.env()), NA))
})
