// SPDX-License-Identifier: Apache-2.0
#include "ops/onednn/version.h"

#include <oneapi/dnnl/dnnl.h>

#include "base/text.h"

namespace cermet::onednn {

std::string version() {
  const dnnl_version_t *v = dnnl_version();
  return cat(v->major, ".", v->minor, ".", v->patch);
}

}  // namespace cermet::onednn
