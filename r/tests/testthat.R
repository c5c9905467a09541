# SPDX-License-Identifier: Apache-2.0
library(testthat)
library(cermet)

test_check("cermet")
