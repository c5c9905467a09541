# SPDX-License-Identifier: Apache-2.0
# Data: the embedded digits, readers of simple files, files of arrays.

#' Handwritten digits
#'
#' 1,797 scans of handwritten digits, 8 x 8 pixels with values from 0 to 16: the test part of the UCI "Optical
#' Recognition of Handwritten Digits" data.
#'
#' @return A list: `x`, an array of dimensions (1797, 1, 8, 8): observations, channels, rows, columns; `y`, a factor
#'   with the levels `"0"` to `"9"`.
#' @source E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, \doi{10.24432/C50P49}. Licence: Creative
#'   Commons Attribution 4.0 International (CC BY 4.0).
#' @examples
#' digits <- cm_digits()
#' image(t(digits$x[1, 1, 8:1, ]), main = digits$y[1], col = grey(16:0 / 16))
#' @export
cm_digits <- function() {
  path <- system.file("extdata", "digits.csv.gz", package = "cermet", mustWork = TRUE)
  values <- as.array(cm_read_csv(path))
  n <- nrow(values)
  # The file has the pixels of an image row by row: the last dimension runs fastest.
  x <- aperm(array(t(values[, 1:64]), c(8, 8, 1, n)), 4:1)
  list(x = x, y = factor(values[, 65], levels = 0:9))
}

#' Read numbers from files
#'
#' `cm_read_csv()` reads a CSV file of numbers, plain or gzip; an empty field or `NA` is `NaN`. `cm_read_idx()` reads
#' the IDX format of MNIST, plain or gzip. `cm_load_arrays()` and `cm_save_arrays()` read and write named arrays:
#' `.npz`, `.safetensors`, or else MXNet's format.
#'
#' @param path path of the file.
#' @param delimiter character between fields.
#' @param skip_rows number of header lines.
#' @param arrays a list of arrays or R arrays.
#' @return An array; `cm_load_arrays()`: a list of arrays, named where the file has names.
#' @examples
#' path <- tempfile(fileext = ".npz")
#' cm_save_arrays(list(a = matrix(1:4, 2)), path)
#' cm_load_arrays(path)$a
#' @export
cm_read_csv <- function(path, delimiter = ",", skip_rows = 0) {
  check_count(skip_rows, "cm_read_csv", "skip_rows", 0)
  check_text(delimiter, "cm_read_csv", "delimiter")
  if (nchar(delimiter, "bytes") != 1) stop_argument("cm_read_csv", "delimiter", "want one character")
  .Call(C_read_csv, path, delimiter, skip_rows)
}

#' @rdname cm_read_csv
#' @export
cm_read_idx <- function(path) .Call(C_read_idx, path)

#' @rdname cm_read_csv
#' @export
cm_load_arrays <- function(path) .Call(C_arrays_load, path)

#' @rdname cm_read_csv
#' @export
cm_save_arrays <- function(arrays, path) {
  if (!is.list(arrays)) stop_argument("cm_save_arrays", "arrays", "got ", describe_value(arrays), "; want a list")
  .Call(C_arrays_save, path, names(arrays), lapply(arrays, cm_array))
  invisible(arrays)
}
