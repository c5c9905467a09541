// SPDX-License-Identifier: Apache-2.0
#include "ops/quantization/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cermet::quantized {

float Range::reach() const { return std::max(std::abs(min), std::abs(max)); }

double levels(DType dtype) {
  return dtype == DType::int8 ? 127.5 : dtype == DType::uint8 ? 255.5 : std::numeric_limits<int32_t>::max();
}

double whole_levels(DType dtype) {
  return dtype == DType::int8 ? 127 : dtype == DType::uint8 ? 255 : std::numeric_limits<int32_t>::max();
}

void expect_range(InferContext &c, int first) {
  for (int k : {first, first + 1}) c.expect(k, {1}, DType::float32);
}

Range read_range(const Tensor &min, const Tensor &max, const char *name) {
  Range out{*min.as<float>(), *max.as<float>()};
  if (!std::isfinite(out.min) || !std::isfinite(out.max) || out.min > out.max)
    throw Error(Status::invalid_argument, name, "got ", out.min, " to ", out.max, "; want a finite range in order");
  return out;
}

void infer_range(InferContext &c, int first) {
  for (int k : {first, first + 1}) c.output(k, {1}, DType::float32);
}

void write_range(KernelContext &c, int first, const Range &range) {
  *c.out_as<float>(first) = range.min;
  *c.out_as<float>(first + 1) = range.max;
}

Range around_zero(DType dtype, const Range &range) {
  float reach = range.reach();
  return {dtype == DType::uint8 ? 0 : -reach, reach};
}

void check_calibrated(const Calibrated &a) {
  if (a.min_calib_range.has_value() != a.max_calib_range.has_value())
    throw Error(Status::invalid_argument, a.min_calib_range ? "max_calib_range" : "min_calib_range",
                "is missing; want both ends of the range, or none");
  if (!a.min_calib_range) return;
  Range range = a.range();
  if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max)
    throw Error(Status::invalid_argument, "min_calib_range", "got ", *a.min_calib_range, " to ", *a.max_calib_range,
                "; want a finite range in order");
}

DType out_dtype(OutType type, const Calibrated &a) {
  if (type == OutType::automatic) return a && *a.min_calib_range >= 0 ? DType::uint8 : DType::int8;
  return type == OutType::uint8 ? DType::uint8 : DType::int8;
}

}  // namespace cermet::quantized
