# SPDX-License-Identifier: Apache-2.0
# Progress of a training on standard error: a bar that is redrawn where the stream is a terminal, a line an epoch
# elsewhere.

new_progress <- function(verbose, epochs) {
  nothing <- function(...) NULL
  if (!verbose) return(list(batch = nothing, epoch = nothing, finish = nothing))
  dynamic <- is_terminal()
  drawn <- FALSE
  clear <- function() {
    if (drawn) cat("\r", strrep(" ", 78), "\r", sep = "", file = stderr())
    drawn <<- FALSE
  }
  width <- nchar(epochs)
  head <- function(epoch) sprintf("epoch %*d/%d", width, as.integer(epoch), as.integer(epochs))
  list(
    batch = function(epoch, batch, batches, figures) {
      if (!dynamic) return(NULL)
      clear()
      line <- paste0(head(epoch), " ", progress_bar(batch / batches), " ", format_figures(figures))
      cat(substr(line, 1, 78), file = stderr())
      drawn <<- TRUE
    },
    epoch = function(epoch, figures, seconds) {
      clear()
      cat(head(epoch), ": ", format_figures(figures), sprintf(" (%.1f s)", seconds), "\n", sep = "", file = stderr())
    },
    finish = clear
  )
}

# cli knows more terminals than isatty() does (RStudio's, for one).
is_terminal <- function() {
  if (requireNamespace("cli", quietly = TRUE)) cli::is_dynamic_tty(stderr()) else isatty(stderr())
}

progress_bar <- function(part, width = 20) {
  done <- min(width, floor(part * width))
  paste0("[", strrep("=", done), strrep(" ", width - done), "]")
}

format_figures <- function(figures) {
  paste(names(figures), formatC(figures, digits = 4, format = "g", flag = "#"), collapse = ", ")
}
