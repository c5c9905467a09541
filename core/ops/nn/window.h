// SPDX-License-Identifier: Apache-2.0
// Windows that slide over one to three spatial axes: the attributes that convolutions and poolings share, and their
// geometry, always brought to three axes so that a kernel is written once.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "schema/builder.h"

namespace cermet::nn {

// As MXNet lists them. Kernels exist for channels-first only.
enum class Layout { NCW, NCHW, NCDHW, NWC, NHWC, NDHWC };
inline std::vector<std::string> layout_names() { return {"NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"}; }

// No window, stride or padding is larger; so sums and products of a few of them stay far from overflow.
constexpr int64_t kMaxWindow = int64_t{1} << 24;

// Throws unless `layout` is absent or names channels-first data of as many spatial axes.
void check_layout(const std::optional<Layout> &layout, size_t spatial_axes);

// Throws unless `values` is empty or has one number a spatial axis.
void check_axes(const char *name, const std::vector<int64_t> &values, size_t spatial_axes);

// Throws unless the kernel has 1 to 3 axes.
void check_kernel(const std::vector<int64_t> &kernel);

// Throws unless the input is (N, C, spatial ...) with `spatial_axes` spatial axes.
void check_data_rank(const Shape &data, size_t spatial_axes);

// Three numbers from one to three (or none): `fill` where an axis does not exist or was not given.
using Triple = std::array<int64_t, 3>;
Triple triple(const std::vector<int64_t> &values, size_t spatial_axes, int64_t fill);
// The spatial axes of a data shape (N, C, ...), leading ones filled with 1.
Triple spatial(const Shape &data);

// A window over input and output of one image plane.
struct Window {
  Triple in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1}, stride{1, 1, 1}, dilate{1, 1, 1}, pad{0, 0, 0};

  int64_t in_size() const { return in[0] * in[1] * in[2]; }
  int64_t out_size() const { return out[0] * out[1] * out[2]; }
  int64_t kernel_size() const { return kernel[0] * kernel[1] * kernel[2]; }
  // Extent of the kernel with its gaps.
  int64_t reach(size_t axis) const { return dilate[axis] * (kernel[axis] - 1) + 1; }
};

}  // namespace cermet::nn
