// SPDX-License-Identifier: Apache-2.0
// oneDNN's version, for cermet_features.
#pragma once

#include <string>

namespace cermet::onednn {

// Of the library that is loaded: "2.6.3".
std::string version();

}  // namespace cermet::onednn
