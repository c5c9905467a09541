// SPDX-License-Identifier: Apache-2.0
#include "ops/nn/window.h"

namespace cermet::nn {

void check_layout(const std::optional<Layout> &layout, size_t spatial_axes) {
  if (!layout) return;
  auto k = static_cast<size_t>(*layout);
  if (k >= 3)
    throw Error(Status::unsupported, "layout", "got ", layout_names()[k], "; want channels first: NCW, NCHW or NCDHW");
  if (k + 1 != spatial_axes)
    throw Error(Status::invalid_argument, "layout", "got ", layout_names()[k], "; want ",
                layout_names()[spatial_axes - 1], " for a kernel of ", spatial_axes, " axes");
}

void check_axes(const char *name, const std::vector<int64_t> &values, size_t spatial_axes) {
  if (values.empty() || values.size() == spatial_axes) return;
  throw Error(Status::invalid_argument, name, "got ", values.size(), " numbers; want ", spatial_axes, " as in kernel");
}

void check_kernel(const std::vector<int64_t> &kernel) {
  if (kernel.empty() || kernel.size() > 3)
    throw Error(Status::invalid_argument, "kernel", "got ", kernel.size(), " numbers; want 1 to 3");
}

void check_data_rank(const Shape &data, size_t spatial_axes) {
  if (data.size() == spatial_axes + 2) return;
  throw Error(Status::shape, "data", "got ", data, "; want ", spatial_axes + 2, " dimensions: batch, channels and ",
              spatial_axes, " spatial");
}

Triple triple(const std::vector<int64_t> &values, size_t spatial_axes, int64_t fill) {
  Triple out{fill, fill, fill};
  for (size_t k = 0; k < values.size(); ++k) out[3 - spatial_axes + k] = values[k];
  return out;
}

Triple spatial(const Shape &data) {
  Triple out{1, 1, 1};
  size_t axes = data.size() - 2;
  for (size_t k = 0; k < axes; ++k) out[3 - axes + k] = data[2 + k];
  return out;
}

}  // namespace cermet::nn
