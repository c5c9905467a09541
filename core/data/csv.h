// SPDX-License-Identifier: Apache-2.0
// Tables of numbers as text.
#pragma once

#include <string>

#include "tensor/ndarray.h"

namespace cermet {

// Plain or gzip; float32 of shape (rows, columns). Empty fields and "NA" are NaN, quotes around a number are fine,
// empty lines at the end do not count. Other texts and ragged rows are `corrupt`, with line and column.
ArrayRef read_csv(const std::string &path, char delimiter, int skip_rows);

}  // namespace cermet
