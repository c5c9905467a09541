// SPDX-License-Identifier: Apache-2.0
#include "ops/common/fill.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"

namespace cermet {

namespace {
constexpr int64_t kGrainBytes = int64_t{1} << 18;
}

void fill(const Tensor &out, double value) {
  dispatch(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(out.numel(), kGrainBytes / static_cast<int64_t>(sizeof(T)), [&](int64_t begin, int64_t end) {
      std::fill(out.as<T>() + begin, out.as<T>() + end, convert<T>(value));
    });
  });
}

void copy_bytes(const void *from, void *to, int64_t nbytes) {
  if (from == to) return;
  parallel_for(nbytes, kGrainBytes, [&](int64_t begin, int64_t end) {
    std::memcpy(static_cast<char *>(to) + begin, static_cast<const char *>(from) + begin,
                static_cast<size_t>(end - begin));
  });
}

}  // namespace cermet
