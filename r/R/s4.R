# SPDX-License-Identifier: Apache-2.0
# S4 classes and methods: only what S3 cannot do (`%*%`) or does slowly (arithmetic in loops).

for (class in c("cermet_array", "cermet_symbol")) {
  setClass(class, contains = "externalptr")
  setMethod("show", class, function(object) print(object))
  setMethod("%*%", c(class, class), function(x, y) matmul(x, y))
  setMethod("%*%", c(class, "ANY"), function(x, y) matmul(x, y))
  setMethod("%*%", c("ANY", class), function(x, y) matmul(x, y))
}
rm(class)

# R finds these in half the time of Ops.cermet_array, which stands for all other pairs. Each has the quick way in its
# own body: one more closure would cost as much as the call itself.
setMethod("Arith", c("cermet_array", "cermet_array"), function(e1, e2) {
  result <- .Call(C_arith, .Generic, e1, e2)
  if (is.null(result)) operate(.Generic, e1, e2) else result
})
setMethod("Arith", c("cermet_array", "numeric"), function(e1, e2) {
  result <- .Call(C_arith, .Generic, e1, e2)
  if (is.null(result)) operate(.Generic, e1, e2) else result
})
setMethod("Arith", c("numeric", "cermet_array"), function(e1, e2) {
  result <- .Call(C_arith, .Generic, e1, e2)
  if (is.null(result)) operate(.Generic, e1, e2) else result
})
