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

# The pairs that loops are made of; Ops.cermet_array stands for all others. A method for one operator takes two thirds
# of the instructions of the S3 method; one for the group "Arith", or one more closure, would give that away again.
for (generic in c("+", "-", "*", "/", "^")) {
  method <- eval(bquote(function(e1, e2) {
    result <- .Call(C_arith, .(generic), e1, e2)
    if (is.null(result)) operate(.(generic), e1, e2) else result
  }))
  setMethod(generic, c("cermet_array", "cermet_array"), method)
  setMethod(generic, c("cermet_array", "numeric"), method)
  setMethod(generic, c("numeric", "cermet_array"), method)
}
rm(generic, method)
