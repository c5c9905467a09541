# SPDX-License-Identifier: Apache-2.0
# The sum of two arrays of two numbers, from R:  Rscript add.R SECONDS
# R collects garbage when its own memory runs out, so the release of arrays is part of what is timed.
library(cermet)
seconds <- as.numeric(commandArgs(TRUE)[1])
x <- cm_array(c(1, 2))
y <- cm_array(c(3, 4))
now <- function() as.numeric(Sys.time())
for (k in 1:2000) x + y
begin <- now()
repeat {
  start <- now()
  calls <- 0L
  repeat {
    for (k in 1:500) x + y
    calls <- calls + 500L
    if (now() - start >= 0.1) break
  }
  cat(sprintf("sample %.6f %.6f %d\n", start, now(), calls))
  if (now() - begin >= seconds) break
}
