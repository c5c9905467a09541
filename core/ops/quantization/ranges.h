// SPDX-License-Identifier: Apache-2.0
// Integers that stand for real numbers travel, as in MXNet, with two arrays of one float: the ends of the range that
// they cover. What follows from a range is the level, the real number that 1 stands for. Ranges lie around zero, or
// begin there for uint8, so that 0 stands for 0.
#pragma once

#include "schema/builder.h"

namespace cermet::quantized {

constexpr DTypeSet kBytes = dtype_bit(DType::int8) | dtype_bit(DType::uint8);
constexpr DTypeSet kFloat32 = dtype_bit(DType::float32);

struct Range {
  float min = 0, max = 0;
  float reach() const;  // the larger distance from zero
};

// Levels from zero to the end of a range: half a level more than the largest integer, as MXNet's oneDNN kernels count.
double levels(DType dtype);
inline double level(DType dtype, const Range &range) { return range.reach() / levels(dtype); }
// The same to the largest integer itself, as MXNet counts them in weights and where sums get a range.
double whole_levels(DType dtype);
// 1 / x, and 0 for 0: what has no width holds nothing but zero.
inline double inverse(double x) { return x > 0 ? 1 / x : 0; }

// Inputs `first` and `first + 1`, of one float each.
void expect_range(InferContext &c, int first);
// Their values; throws unless they are finite and in order.
Range read_range(const Tensor &min, const Tensor &max, const char *name);
inline Range read_range(const KernelContext &c, int first, const char *name) {
  return read_range(c.in(first), c.in(first + 1), name);
}

void infer_range(InferContext &c, int first);  // outputs
void write_range(KernelContext &c, int first, const Range &range);
// The range of integers of this dtype that reach as far as `range`.
Range around_zero(DType dtype, const Range &range);

// The attributes of a calibrated result.
struct Calibrated {
  std::optional<double> min_calib_range, max_calib_range;
  explicit operator bool() const { return min_calib_range.has_value(); }
  Range range() const { return {static_cast<float>(*min_calib_range), static_cast<float>(*max_calib_range)}; }
};
void check_calibrated(const Calibrated &a);
template <class A>
void declare_calibrated(DefinitionBuilder<A> &op, const std::string &text) {
  op.attr("min_calib_range", &A::min_calib_range, "Lower end of " + text);
  op.attr("max_calib_range", &A::max_calib_range, "Upper end of " + text);
}

// The choice of an integer for a result.
enum class OutType { automatic, int8, uint8 };
inline std::vector<std::string> out_types() { return {"auto", "int8", "uint8"}; }
// "auto" is uint8 where nothing lies below zero.
DType out_dtype(OutType type, const Calibrated &a);

}  // namespace cermet::quantized
