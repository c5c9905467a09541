// SPDX-License-Identifier: Apache-2.0
#include "ops/common/lanes.h"

#include "ops/common/half_lanes.h"

namespace cermet {

template <class L>
void load_lanes(const void *data, DType dtype, int64_t offset, int64_t count, L *lanes) {
  dispatch(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto source = static_cast<const T *>(data) + offset;
    if constexpr (std::is_same_v<L, float> && std::is_class_v<T>)
      to_floats(source, count, lanes);
    else
      for (int64_t k = 0; k < count; ++k) lanes[k] = convert<L>(source[k]);
  });
}

template <class L>
void store_lanes(const L *lanes, void *data, DType dtype, int64_t offset, int64_t count) {
  dispatch(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto target = static_cast<T *>(data) + offset;
    if constexpr (std::is_same_v<L, float> && std::is_class_v<T>)
      from_floats(lanes, count, target);
    else
      for (int64_t k = 0; k < count; ++k) target[k] = convert<T>(lanes[k]);
  });
}

template void load_lanes(const void *, DType, int64_t, int64_t, float *);
template void load_lanes(const void *, DType, int64_t, int64_t, double *);
template void load_lanes(const void *, DType, int64_t, int64_t, int64_t *);
template void store_lanes(const float *, void *, DType, int64_t, int64_t);
template void store_lanes(const double *, void *, DType, int64_t, int64_t);
template void store_lanes(const int64_t *, void *, DType, int64_t, int64_t);

}  // namespace cermet
