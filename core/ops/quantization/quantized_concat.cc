// SPDX-License-Identifier: Apache-2.0
// Arrays of integers joined along an axis, brought to the largest of their ranges.
#include <algorithm>

#include "base/parallel.h"
#include "ops/common/axes.h"
#include "ops/quantization/integer_kernels.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

struct Attrs {
  int64_t num_args = 1, dim = 1;
};

// uint8 if all arrays are, else int8.
DType joined_dtype(const InferContext &c, const Attrs &a) {
  for (int k = 0; k < a.num_args; ++k)
    if (c.dtype(k) == DType::int8) return DType::int8;
  return DType::uint8;
}

void infer(InferContext &c, const Attrs &a) {
  if (c.num_inputs() % 3 || c.num_inputs() / 3 != a.num_args)
    throw Error(Status::invalid_argument, "data", "got ", c.num_inputs(), " inputs; want ", a.num_args,
                " arrays (num_args), then the ends of each one's range");
  int count = c.num_inputs() / 3;
  Shape out = c.shape(0);
  auto axis = static_cast<size_t>(normalize_axis(a.dim, out.ndim(), "dim"));
  for (int k = 0; k < count; ++k) {
    Shape part = c.shape(k);
    if (!contains(quantized::kBytes, c.dtype(k)))
      throw Error(Status::dtype, c.input_name(k), "got ", c.dtype(k), "; want int8 or uint8");
    if (k == 0) continue;
    int64_t size = part.size() == out.size() ? part[axis] : 0;
    if (part.size() == out.size()) part[axis] = out[axis];
    if (part != out)
      throw Error(Status::shape, c.input_name(k), "got ", c.shape(k), "; want the shape of ", c.input_name(0), ", ",
                  c.shape(0), ", but for axis ", axis);
    out[axis] += size;
  }
  check_shape(out, DType::uint8, c.input_name(0).c_str());
  for (int k = 0; k < count; ++k) expect_range(c, count + 2 * k);
  c.output(0, out, joined_dtype(c, a));
  infer_range(c, 1);
}

template <class From, class To>
void copy_part(const Tensor &part, double factor, const Tensor &out, int64_t outer, int64_t row, int64_t offset) {
  int64_t width = part.numel() / outer;
  bool scale = factor != 1 || !std::is_same_v<From, To>;
  parallel_for(outer, std::max<int64_t>(1, 16384 / width), [&](int64_t begin, int64_t end) {
    float values[512];
    for (int64_t o = begin; o < end; ++o)
      for (int64_t at = 0; at < width; at += 512) {
        int64_t count = std::min<int64_t>(512, width - at);
        const From *from = part.as<From>() + o * width + at;
        To *to = out.as<To>() + o * row + offset + at;
        if (!scale) {
          std::copy_n(from, count, to);
          continue;
        }
        for (int64_t k = 0; k < count; ++k) values[k] = static_cast<float>(from[k]);
        byte_kernels<To>().quantize(values, count, static_cast<float>(factor), to);
      }
  });
}

void run(KernelContext &c, const Attrs &a) {
  auto count = static_cast<int>(a.num_args);
  const Tensor &out = c.out(0);
  Range widest;
  for (int k = 0; k < count; ++k) {
    Range range = around_zero(out.dtype, read_range(c, count + 2 * k, "data"));
    widest = {std::min(widest.min, range.min), std::max(widest.max, range.max)};
  }
  write_range(c, 1, widest);
  if (out.numel() == 0) return;
  int axis = normalize_axis(a.dim, out.shape.ndim(), "dim");
  int64_t outer = out.shape.product(0, axis), row = out.numel() / outer, offset = 0;
  for (int k = 0; k < count; ++k) {
    const Tensor &part = c.in(k);
    if (part.numel() == 0) continue;
    double own = level(part.dtype, read_range(c, count + 2 * k, "data"));
    double factor = own * inverse(level(out.dtype, widest));
    dispatch_in<quantized::kBytes>(part.dtype, [&](auto from) {
      dispatch_in<quantized::kBytes>(out.dtype, [&](auto to) {
        copy_part<typename decltype(from)::type, typename decltype(to)::type>(part, factor, out, outer, row, offset);
      });
    });
    offset += part.numel() / outer;
  }
}

}  // namespace

CERMET_REGISTER(quantized_concat)(Registry &registry) {
  auto op = registry.op<Attrs>("quantized_concat", "quantization");
  op.precision(Precision::wide);
  op.doc("Joins arrays of integers along an axis.",
         "The result has the largest range, to which the others are scaled, halves to even; it is uint8 if all arrays "
         "are.");
  op.alias("_contrib_quantized_concat");
  op.variadic("data", "num_args arrays, then for each of them the lower and the upper end of its range.", "",
              quantized::kBytes | quantized::kFloat32);
  op.output("output");
  op.output("min_output", "Lower end of its range.");
  op.output("max_output", "Upper end.");
  op.attr("num_args", &Attrs::num_args, "Number of arrays.").required().min(1).max(0x7fffffff);
  op.attr("dim", &Attrs::dim, "Axis along which they follow each other.").kind(AttrKind::axis);
  op.infer(infer);
  op.kernel(run);
  op.sample({{{"num_args", 2}},
             {{{1, 2}, {90, -42}, DType::int8},
              {{1, 1}, {-118}, DType::int8},
              {{1}, {-1}},
              {{1}, {1}},
              {{1}, {-2}},
              {{1}, {2}}},
             {{{1, 3}, {45, -21, -118}, DType::int8}, {{1}, {-2}}, {{1}, {2}}}})
      .check_gradient = false;
}

}  // namespace cermet
