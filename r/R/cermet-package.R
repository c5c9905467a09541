# SPDX-License-Identifier: Apache-2.0

#' cermet: deep learning on the Cermet engine
#'
#' Arrays with automatic differentiation ([cm_array()], [cm_value_and_grad()]), networks of layers ([cm_sequential()],
#' [fit()][fit.cermet_network]), tabular models from a formula ([cm_mlp()]), and models shared by file with Java, Scala,
#' Julia and C ([cm_save()]).
#'
#' Everything counts from 1 (axes, classes, indices), arrays keep the dimensions that they have in R, observations come
#' first, and `set.seed()` is the only seed.
#'
#' @useDynLib cermet, .registration = TRUE
#' @importFrom methods setClass setMethod show
#' @keywords internal
"_PACKAGE"

.onLoad <- function(libname, pkgname) {
  # CRAN's checks allow two cores.
  limit <- Sys.getenv("_R_CHECK_LIMIT_CORES_")
  if (nzchar(limit) && !tolower(limit) %in% c("false", "no", "0")) {
    .Call(C_set_threads, min(2L, .Call(C_threads)))
  }
}

.onUnload <- function(libpath) library.dynam.unload("cermet", libpath)
