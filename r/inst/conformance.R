# SPDX-License-Identifier: Apache-2.0
# Replays conformance cases: folders of <family>.jsonl (a case a line) and <family>.npz (their arrays).
#
#   Rscript conformance.R FOLDER...
#
# Prints a table per family and "N passed, N failed, N skipped"; exits with 1 if a case failed. The tests of the package
# source this file and call replay_folder().

# Outcome of one case: list(result = "passed" / "failed" / "missing" / "skipped", detail).
outcome <- function(result, detail = "") list(result = result, detail = detail)

read_cases <- function(path) {
  lines <- readLines(path, encoding = "UTF-8", warn = FALSE)
  lapply(lines[nzchar(lines)], jsonlite::fromJSON, simplifyVector = FALSE)
}

# Why `got` is not `want` within the tolerance, or NULL.
difference <- function(got, want, tol, what) {
  if (cermet::cm_dtype(got) != cermet::cm_dtype(want)) {
    return(paste0(what, ": dtype ", cermet::cm_dtype(got), ", want ", cermet::cm_dtype(want)))
  }
  if (!identical(as.numeric(dim(got)), as.numeric(dim(want)))) {
    shape <- function(x) paste0("(", paste(dim(x), collapse = ", "), ")")
    return(paste0(what, ": shape ", shape(got), ", want ", shape(want)))
  }
  got <- as.numeric(as.vector(got))
  want <- as.numeric(as.vector(want))
  close <- got == want | abs(got - want) <= tol$atol + tol$rtol * abs(want)
  close[is.nan(want)] <- is.nan(got[is.nan(want)])
  close[is.na(close)] <- FALSE
  if (all(close)) return(NULL)
  worst <- which(!close)[1]
  sprintf("%s: %d of %d values differ; at %d (R's order) got %.8g, want %.8g", what, sum(!close), length(want), worst,
          got[worst], want[worst])
}

is_sparse <- function(case) {
  any(vapply(c(case$inputs, case$outputs), function(array) !is.null(array$stype) && array$stype != "default", NA))
}

case_operator <- function(case) if (is.null(case$called_as)) case$op else case$called_as

run_case <- function(case, arrays) {
  recorder <- cermet::cm_recorder(identical(case$mode, "train"))
  # Copies: operators change states in place, and cases share arrays.
  inputs <- lapply(case$inputs, function(input) cermet::cm_copy(arrays[[input$key]]))
  attrs <- case$attrs
  codes <- strrep("t", length(attrs))
  outputs <- cermet::cm_record(recorder, cermet:::invoke(case_operator(case), inputs, attrs, codes, TRUE))
  if (!is.list(outputs)) outputs <- list(outputs)
  list(recorder = recorder, inputs = inputs, outputs = outputs)
}

compare_case <- function(case, arrays, run) {
  if (length(run$outputs) != length(case$outputs)) {
    return(paste(length(run$outputs), "outputs, want", length(case$outputs)))
  }
  for (i in seq_along(case$outputs)) {
    if (isTRUE(case$outputs[[i]]$undefined)) next
    found <- difference(run$outputs[[i]], arrays[[case$outputs[[i]]$key]], case$tol, paste("output", i))
    if (!is.null(found)) return(found)
  }
  in_place <- unlist(case$written_into_inputs)
  for (state in case$mutated) {
    if (state$input %in% in_place || state$name %in% in_place) next
    found <- difference(run$inputs[[state$input + 1]], arrays[[state$key]], case$tol, paste("state", state$name))
    if (!is.null(found)) return(found)
  }
  compare_gradients(case, arrays, run)
}

compare_gradients <- function(case, arrays, run) {
  if (length(case$grads) == 0 || !is.null(case$no_gradient) || !is.null(case$gradient_defect)) return(NULL)
  heads <- lapply(case$head_grads, function(head) if (!is.null(head)) arrays[[head$key]])
  floating <- vapply(run$outputs, function(x) grepl("float", cermet::cm_dtype(x)), NA)
  variables <- run$inputs[vapply(case$grads, function(grad) grad$input + 1, 0)]
  got <- cermet::cm_gradient(run$recorder, run$outputs[floating], variables, heads[floating[seq_along(heads)]])
  for (i in seq_along(case$grads)) {
    grad <- got[[i]]
    if (identical(case$grad_req, "add")) grad <- grad + arrays[[case$grads[[i]]$initial]]
    found <- difference(grad, arrays[[case$grads[[i]]$key]], case$grad_tol, paste("gradient of", case$grads[[i]]$of))
    if (!is.null(found)) return(found)
  }
  NULL
}

replay_case <- function(case, arrays) {
  if (is_sparse(case)) return(outcome("skipped", "sparse"))
  if (!cermet:::has_operator(case_operator(case))) return(outcome("missing", case$op))
  if (identical(case$kind, "moments")) return(outcome("skipped", "random values"))
  if (identical(case$kind, "error")) {
    refused <- tryCatch({
      run_case(case, arrays)
      FALSE
    }, cermet_error = function(condition) TRUE)
    return(if (refused) outcome("passed") else outcome("failed", "want an error, got none"))
  }
  found <- tryCatch(compare_case(case, arrays, run_case(case, arrays)),
                    error = function(condition) conditionMessage(condition))
  if (is.null(found)) outcome("passed") else outcome("failed", found)
}

# A data frame: family, id, result, detail.
replay_folder <- function(folder) {
  families <- sub("\\.jsonl$", "", list.files(folder, "\\.jsonl$"))
  results <- lapply(families, function(family) {
    cases <- read_cases(file.path(folder, paste0(family, ".jsonl")))
    arrays <- cermet::cm_load_arrays(file.path(folder, paste0(family, ".npz")))
    outcomes <- lapply(cases, replay_case, arrays)
    data.frame(family = rep(family, length(cases)), id = vapply(cases, `[[`, "", "id"),
               result = vapply(outcomes, `[[`, "", "result"), detail = vapply(outcomes, `[[`, "", "detail"))
  })
  do.call(rbind, results)
}

main <- function(folders) {
  if (length(folders) == 0) stop("usage: Rscript conformance.R FOLDER...")
  results <- do.call(rbind, lapply(folders, replay_folder))
  failed <- results[results$result == "failed", ]
  for (i in seq_len(nrow(failed))) cat("FAILED ", failed$id[i], ": ", failed$detail[i], "\n", sep = "")
  print_table(results)
  count <- function(...) sum(results$result %in% c(...))
  cat(count("passed"), "passed,", count("failed"), "failed,", count("missing", "skipped"), "skipped\n")
  if (nrow(failed) > 0) quit(status = 1)
}

# The same table as that of the other languages.
print_table <- function(results) {
  line <- function(...) cat(sprintf("%-16s", ..1), sprintf("%9s", c(...)[-1]), "\n", sep = "")
  line("family", "present", "missing", "passed", "failed", "skipped")
  for (family in unique(results$family)) {
    rows <- results[results$family == family, ]
    operators <- sub("/[^/]*$", "", rows$id)
    missing <- unique(operators[rows$result == "missing"])
    line(family, length(unique(operators)) - length(missing), length(missing), sum(rows$result == "passed"),
         sum(rows$result == "failed"), sum(rows$result %in% c("missing", "skipped")))
  }
  cat("present, missing: operators; passed, failed, skipped: cases\n")
}

if (sys.nframe() == 0) main(commandArgs(trailingOnly = TRUE))
