# SPDX-License-Identifier: Apache-2.0
# The history of a training: a data frame with a row an epoch, and its plot.

#' Plot the history of a training
#'
#' One panel for the loss and one for each metric; training and validation as lines of one panel.
#'
#' @param x the `history` of a fitted model.
#' @param ... passed to [plot()].
#' @return `x`, invisibly.
#' @examples
#' \dontshow{example(fit.cermet_network, package = "cermet", echo = FALSE)}
#' plot(model$history)
#' @export
plot.cermet_history <- function(x, ...) {
  if (nrow(x) == 0) stop_argument("plot", "x", "the history has no epochs")
  figures <- figure_names(x)
  panels <- figures[!startsWith(figures, "valid_")]
  before <- graphics::par(mfrow = c(1, length(panels)), mar = c(4, 4, 2, 1))
  on.exit(graphics::par(before))
  for (figure in panels) plot_figure(x, figure, ...)
  invisible(x)
}

plot_figure <- function(history, figure, ...) {
  lines <- intersect(c(figure, paste0("valid_", figure)), names(history))
  values <- as.matrix(as.data.frame(history)[lines])
  colours <- c("#1b6ca8", "#d1495b")[seq_along(lines)]
  graphics::matplot(history$epoch, values, type = "o", pch = 20, lty = 1, lwd = 2, col = colours, xlab = "epoch",
                    ylab = figure, main = figure, ...)
  if (length(lines) == 2) {
    rising <- mean(diff(values[, 1])) > 0
    graphics::legend(if (isTRUE(rising)) "bottomright" else "topright", c("training", "validation"), col = colours,
                     lty = 1, lwd = 2, bty = "n")
  }
}

#' @export
as.data.frame.cermet_history <- function(x, ...) {
  class(x) <- "data.frame"
  x
}
