// SPDX-License-Identifier: Apache-2.0
#include <cblas.h>

#include "base/isa.h"
#include "base/json.h"
#include "base/parallel.h"
#include "guard.h"
#include "ops/onednn/version.h"

using namespace cermet;

namespace {

std::string features() {
  std::vector<std::string> devices{"cpu"};
  for (int id = 0; id < cuda::device_count(); ++id) devices.push_back(cat("cuda:", id));
  OrderedJson out = {{"version", cat(CERMET_VERSION_MAJOR, ".", CERMET_VERSION_MINOR, ".", CERMET_VERSION_PATCH)},
                     {"compiler", __VERSION__},
                     {"openblas", openblas_get_config()},
                     {"onednn", onednn::version()},
                     {"isa", isa_name(isa())},
                     {"threads", num_threads()},
                     {"devices", devices}};
  return out.dump();
}

}  // namespace

const char *cermet_features(void) {
  // Never fails: without memory for the text there is an empty object.
  static const std::string *text = [] {
    try {
      return new std::string(features());
    } catch (...) {
      return static_cast<std::string *>(nullptr);
    }
  }();
  return text ? text->c_str() : "{}";
}
