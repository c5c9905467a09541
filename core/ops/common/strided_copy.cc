// SPDX-License-Identifier: Apache-2.0
#include "ops/common/strided_copy.h"

#include <cstring>

#include "ops/common/walk.h"

namespace cermet {

namespace {

// Words of the dtypes' sizes: a copy does not look at the values.
template <class F>
void dispatch_size(int64_t size, F &&f) {
  switch (size) {
    case 1:
      return f(uint8_t{});
    case 2:
      return f(uint16_t{});
    case 4:
      return f(uint32_t{});
    default:
      return f(uint64_t{});
  }
}

template <class T>
void copy_row(const T *from, int64_t from_step, T *to, int64_t to_step, int64_t count) {
  if (from_step == 1 && to_step == 1)
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
  else if (from_step == 0 && to_step == 1)
    std::fill(to, to + count, *from);
  else
    for (int64_t k = 0; k < count; ++k) to[k * to_step] = from[k * from_step];
}

// A transposed matrix, in tiles as wide as a cache line: each line is read once and written once, whatever the strides.
// `rows` follow each other in `from`, `columns` in `to`.
template <class T>
void copy_transposed(const T *from, int64_t column_step, T *to, int64_t row_step, int64_t rows, int64_t columns) {
  constexpr auto kTile = static_cast<int64_t>(64 / sizeof(T));
  T tile[kTile * kTile];
  for (int64_t r = 0; r < rows; r += kTile)
    for (int64_t c = 0; c < columns; c += kTile) {
      int64_t height = std::min(kTile, rows - r), width = std::min(kTile, columns - c);
      for (int64_t column = 0; column < width; ++column)
        for (int64_t row = 0; row < height; ++row)
          tile[row * kTile + column] = from[r + row + (c + column) * column_step];
      for (int64_t row = 0; row < height; ++row) {
        T *line = to + (r + row) * row_step + c;
        for (int64_t column = 0; column < width; ++column) line[column] = tile[row * kTile + column];
      }
    }
}

// The axis whose elements lie together in `from`, where those of the last axis lie together in `to` only; -1 if the
// copy is no transposition.
int transposed_axis(const Dims &shape, const Dims &from_strides, const Dims &to_strides) {
  size_t last = shape.size() - 1;
  if (shape.size() < 2 || to_strides[last] != 1 || from_strides[last] == 1 || from_strides[last] == 0) return -1;
  for (size_t axis = 0; axis < last; ++axis)
    if (from_strides[axis] == 1 && shape[axis] > 4) return static_cast<int>(axis);
  return -1;
}

Dims without(const Dims &dims, int axis) {
  Dims out(dims.begin(), dims.end() - 1);
  out.erase(static_cast<size_t>(axis));
  return out;
}

}  // namespace

void copy_strided(DType dtype, const Dims &shape, const void *from, const Dims &from_strides, void *to,
                  const Dims &to_strides) {
  int axis = transposed_axis(shape, from_strides, to_strides);
  dispatch_size(dtype_size(dtype), [&](auto word) {
    using T = decltype(word);
    auto source = static_cast<const T *>(from);
    auto target = static_cast<T *>(to);
    if (axis >= 0) {
      auto row_axis = static_cast<size_t>(axis);
      int64_t rows = shape[row_axis], columns = shape.back();
      Walk<2> walk(without(shape, axis), {without(from_strides, axis), without(to_strides, axis)});
      walk.run(
          [&](const Offsets<2> &at, int64_t count) {
            for (int64_t k = 0; k < count; ++k)
              copy_transposed(source + at[0] + k * walk.step(0), from_strides.back(), target + at[1] + k * walk.step(1),
                              to_strides[row_axis], rows, columns);
          },
          std::max<int64_t>(1, kGrain / std::max<int64_t>(1, rows * columns)));
      return;
    }
    Walk<2> walk(shape, {from_strides, to_strides});
    walk.run([&](const Offsets<2> &at, int64_t count) {
      copy_row(source + at[0], walk.step(0), target + at[1], walk.step(1), count);
    });
  });
}

}  // namespace cermet
