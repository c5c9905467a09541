# SPDX-License-Identifier: Apache-2.0
# S4 classes and methods: what S3 cannot do before R 4.3 (`%*%`), and the arithmetic of arrays, for speed.

for (class in c("cermet_array", "cermet_symbol")) {
  setClass(class, contains = "externalptr")
  setMethod("show", class, function(object) print(object))
  setMethod("%*%", c(class, class), function(x, y) matmul(x, y))
  setMethod("%*%", c(class, "ANY"), function(x, y) matmul(x, y))
  setMethod("%*%", c("ANY", class), function(x, y) matmul(x, y))
}

# An S3 method costs R two searches of all that is attached. An S4 method is found by one name, made of both classes, if
# that very name is defined (hence "numeric" and "integer" beside "ANY"), and the operator has been reset since a package
# with methods for it was loaded: after loading, R goes a way that is slower than S3.
quick_operators <- c("+", "-", "*", "/", "^")
for (generic in quick_operators) {
  method <- quick_method(generic)
  setMethod(generic, c("cermet_array", "cermet_array"), method)
  for (class in c("numeric", "integer", "ANY")) {
    setMethod(generic, c("cermet_array", class), method)
    setMethod(generic, c(class, "cermet_array"), method)
  }
}
setMethod("+", c("cermet_array", "missing"), function(e1, e2) operate_unary("+", e1))
setMethod("-", c("cermet_array", "missing"), function(e1, e2) operate_unary("-", e1))
rm(class, generic, method)

setLoadAction(function(namespace) {
  for (generic in quick_operators) setPrimitiveMethods(generic, get(generic, baseenv()), "reset", getGeneric(generic), NULL)
}, "operators")
