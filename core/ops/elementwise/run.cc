// SPDX-License-Identifier: Apache-2.0
#include "ops/elementwise/run.h"

#include "ops/common/lanes.h"
#include "ops/common/walk.h"

namespace cermet {

namespace {

// Elements [offset, offset + count) as lanes: in place where the dtype is the lane type, else in `block`.
template <class L>
const L *lanes_of(const Tensor &tensor, int64_t offset, int64_t count, L *block) {
  if (tensor.dtype == dtype_of<L>) return tensor.as<L>() + offset;
  load_lanes(tensor.data, tensor.dtype, offset, count, block);
  return block;
}

template <class L>
int64_t block_size(bool direct, int64_t count) {
  return direct ? count : std::min(count, kBlock);
}

template <class L>
void unary_lanes(UnaryRow<L> row, const Tensor &x, const Tensor &out) {
  bool direct = x.dtype == dtype_of<L> && out.dtype == dtype_of<L>;
  parallel_for(out.numel(), kGrain / 4, [&](int64_t begin, int64_t end) {
    L from[kBlock], to[kBlock];
    for (int64_t count; begin < end; begin += count) {
      count = block_size<L>(direct, end - begin);
      const L *values = lanes_of(x, begin, count, from);
      if (out.dtype == dtype_of<L>) {
        row(values, out.as<L>() + begin, count);
      } else {
        row(values, to, count);
        store_lanes(to, out.data, out.dtype, begin, count);
      }
    }
  });
}

template <class L>
void binary_lanes(const BinaryRow<L> (&rows)[3], const Tensor &a, const Tensor &b, const Tensor &out) {
  bool direct = a.dtype == dtype_of<L> && b.dtype == dtype_of<L> && out.dtype == dtype_of<L>;
  // `count` elements of the output from `at` on; steps are 0 or 1.
  auto run = [&](int64_t at, int64_t a_at, int64_t a_step, int64_t b_at, int64_t b_step, int64_t total) {
    BinaryRow<L> row = rows[a_step == b_step ? kBothVary : a_step ? kRightFixed : kLeftFixed];
    if (direct) {
      row(a.as<L>() + a_at, b.as<L>() + b_at, out.as<L>() + at, total);
      return;
    }
    L left[kBlock], right[kBlock], to[kBlock];
    for (int64_t done = 0, count; done < total; done += count) {
      count = std::min(total - done, kBlock);
      const L *x = lanes_of(a, a_at + done * a_step, a_step ? count : 1, left);
      const L *y = lanes_of(b, b_at + done * b_step, b_step ? count : 1, right);
      row(x, y, to, count);
      store_lanes(to, out.data, out.dtype, at + done, count);
    }
  };
  int64_t n = out.numel();
  if (n == 0) return;
  bool a_whole = a.numel() == n, b_whole = b.numel() == n;
  if ((a_whole || a.numel() == 1) && (b_whole || b.numel() == 1)) {
    parallel_for(n, kGrain, [&](int64_t begin, int64_t end) {
      run(begin, a_whole ? begin : 0, a_whole, b_whole ? begin : 0, b_whole, end - begin);
    });
    return;
  }
  Walk<3> walk(out.shape, {dense_strides(out.shape), broadcast_strides(a.shape, out.shape),
                           broadcast_strides(b.shape, out.shape)});
  walk.run([&](const Offsets<3> &at, int64_t count) { run(at[0], at[1], walk.step(1), at[2], walk.step(2), count); });
}

}  // namespace

void run_unary(const UnaryKernel &kernel, const Tensor &x, const Tensor &out) {
  if (x.dtype == DType::float64)
    unary_lanes<double>(kernel.float64, x, out);
  else if (is_float(x.dtype))
    unary_lanes<float>(kernel.float32, x, out);
  else if (kernel.integer)
    unary_lanes<int64_t>(kernel.integer, x, out);
  else
    unary_lanes<double>(kernel.float64, x, out);
}

void run_binary(const BinaryKernel &kernel, DType compute, const Tensor &a, const Tensor &b, const Tensor &out) {
  if (compute == DType::float64)
    binary_lanes<double>(kernel.float64, a, b, out);
  else if (is_float(compute))
    binary_lanes<float>(kernel.float32, a, b, out);
  else
    binary_lanes<int64_t>(kernel.integer, a, b, out);
}

}  // namespace cermet
