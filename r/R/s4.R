# SPDX-License-Identifier: Apache-2.0
# S4 classes and methods: only what S3 cannot do before R 4.3 (`%*%`). S4 methods for `+` and the like, exported or made
# at load, took as many instructions as Ops.cermet_array.

for (class in c("cermet_array", "cermet_symbol")) {
  setClass(class, contains = "externalptr")
  setMethod("show", class, function(object) print(object))
  setMethod("%*%", c(class, class), function(x, y) matmul(x, y))
  setMethod("%*%", c(class, "ANY"), function(x, y) matmul(x, y))
  setMethod("%*%", c("ANY", class), function(x, y) matmul(x, y))
}
rm(class)
