// SPDX-License-Identifier: Apache-2.0
// The orders in which programs keep integers of 8 bits between operators: channels last, and the weights of products
// packed in panels (integer_kernels.h).
#pragma once

#include "schema/contexts.h"

namespace cermet::quantized {

// Of values (N, C, spatial ...), a byte each.
FormatRef channels_last(const Shape &shape);
bool is_channels_last(const Format *format);
inline bool is_channels_last(const FormatRef &format) { return is_channels_last(format.get()); }
// From row-major to channels last, or back: one of the two has the format. Of sums and real numbers, too.
void reorder_channels(const Tensor &from, const Tensor &to);

// Of weights (filters, channels of a group, taps ...).
FormatRef panels(const Shape &weight, int64_t groups);
bool is_panels(const Format *format);
// Pairs of terms of each filter, and bytes of all panels.
int64_t num_pairs(const Shape &weight);
int64_t panel_bytes(const Shape &weight, int64_t groups);
// The weight, row-major, packed: panel by panel of filters, pair by pair of terms, the channels of each tap together.
void pack_panels(const Tensor &weight, int64_t groups, void *packed);

// Whether one of them is concerned, and the conversion.
bool is_own(const Format *format);
void convert(const Tensor &from, const Tensor &to);

}  // namespace cermet::quantized
