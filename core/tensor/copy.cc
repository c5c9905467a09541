// SPDX-License-Identifier: Apache-2.0
// Copies between strided views on the CPU. Axes that lie together in both views are merged first, so that most copies
// become one memcpy or a loop of them; what is left runs over an outer counter and one inner loop.
#include <cstring>

#include "base/parallel.h"
#include "tensor/ndarray.h"

namespace cermet {
namespace {

struct Walk {
  Dims shape, from, to;  // strides in elements
};

Walk merged(const NDArray &source, const NDArray &destination) {
  Walk walk;
  for (size_t axis = 0; axis < source.shape().size(); ++axis) {
    int64_t n = source.shape()[axis], from = source.strides()[axis], to = destination.strides()[axis];
    if (n == 1) continue;
    if (!walk.shape.empty() && walk.from.back() == from * n && walk.to.back() == to * n) {
      walk.shape.back() *= n;
      walk.from.back() = from;
      walk.to.back() = to;
    } else {
      walk.shape.push_back(n);
      walk.from.push_back(from);
      walk.to.push_back(to);
    }
  }
  if (walk.shape.empty()) {
    walk.shape.push_back(1);
    walk.from.push_back(1);
    walk.to.push_back(1);
  }
  return walk;
}

template <class From, class To>
void copy_typed(const From *source, To *destination, const Walk &walk) {
  size_t outer_axes = walk.shape.size() - 1;
  int64_t n = walk.shape.back(), from = walk.from.back(), to = walk.to.back(), outer = 1;
  for (size_t axis = 0; axis < outer_axes; ++axis) outer *= walk.shape[axis];
  auto row = [&](const From *s, To *d, int64_t count) {
    if constexpr (std::is_same_v<From, To>) {
      if (from == 1 && to == 1) {
        std::memcpy(d, s, static_cast<size_t>(count) * sizeof(To));
        return;
      }
    }
    for (int64_t k = 0; k < count; ++k) d[k * to] = convert<To>(s[k * from]);
  };
  constexpr int64_t kGrain = 1 << 15;
  if (outer == 1) {
    parallel_for(n, kGrain, [&](int64_t begin, int64_t end) {
      row(source + begin * from, destination + begin * to, end - begin);
    });
    return;
  }
  parallel_for(outer, std::max<int64_t>(1, kGrain / n), [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      int64_t rest = k, s = 0, d = 0;
      for (size_t axis = outer_axes; axis-- > 0;) {
        int64_t index = rest % walk.shape[axis];
        rest /= walk.shape[axis];
        s += index * walk.from[axis];
        d += index * walk.to[axis];
      }
      row(source + s, destination + d, n);
    }
  });
}

struct Extent {
  const char *low, *high;
};
Extent extent(const NDArray &array) {
  int64_t low = 0, high = 0, size = dtype_size(array.dtype());
  for (size_t axis = 0; axis < array.shape().size(); ++axis) {
    int64_t reach = (array.shape()[axis] - 1) * array.strides()[axis] * size;
    (reach < 0 ? low : high) += reach;
  }
  auto data = static_cast<const char *>(array.data());
  return {data + low, data + high + size};
}

}  // namespace

void copy_values(const NDArray &source, const NDArray &destination) {
  if (!(source.shape() == destination.shape()))
    throw Error(Status::shape, "destination", "got ", destination.shape(), "; want ", source.shape());
  if (source.numel() == 0) return;
  Walk walk = merged(source, destination);
  dispatch(source.dtype(), [&](auto from) {
    dispatch(destination.dtype(), [&](auto to) {
      using From = typename decltype(from)::type;
      using To = typename decltype(to)::type;
      copy_typed(source.data_as<From>(), destination.data_as<To>(), walk);
    });
  });
}

bool may_overlap(const NDArray &a, const NDArray &b) {
  if (a.numel() == 0 || b.numel() == 0) return false;
  Extent x = extent(a), y = extent(b);
  return x.low < y.high && y.low < x.high;
}

void fill_zero(const NDArray &array) {
  if (array.dense()) {
    std::memset(array.data(), 0, static_cast<size_t>(array.nbytes()));
    return;
  }
  NDArray zero(Shape{}, array.dtype());
  std::memset(zero.data(), 0, static_cast<size_t>(zero.nbytes()));
  copy_values(*broadcast_view(zero, array.shape()), array);
}

}  // namespace cermet
