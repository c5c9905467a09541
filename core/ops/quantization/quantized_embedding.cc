// SPDX-License-Identifier: Apache-2.0
// Rows of a matrix of integers, by index.
#include <cstring>

#include "ops/indexing/indices.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

struct Attrs {
  int64_t input_dim = 0, output_dim = 0;
  DType dtype = DType::float32;
  bool sparse_grad = false;
};

void run(KernelContext &c, const Attrs &a) {
  write_range(c, 1, read_range(c, 2, "min_weight"));
  auto indices = read_indices(c.in(0));
  if (indices.empty()) return;
  resolve_indices(indices, a.input_dim, IndexMode::clip, "data");
  for (size_t k = 0; k < indices.size(); ++k)
    std::memcpy(c.out_as<char>(0) + static_cast<int64_t>(k) * a.output_dim,
                c.in_as<char>(1) + indices[k] * a.output_dim, static_cast<size_t>(a.output_dim));
}

}  // namespace

CERMET_REGISTER(quantized_embedding)(Registry &registry) {
  auto op = registry.op<Attrs>("quantized_embedding", "quantization");
  op.precision(Precision::wide);
  op.doc("Rows of a matrix of integers, by index, with the matrix' range.",
         "Indices outside are moved to the nearest valid one.");
  op.alias("_contrib_quantized_embedding");
  op.input("data", "Indices of any dtype, counted from 0; any shape.").index = true;
  op.parameter("weight", "One row for each index: (input_dim, output_dim).", dtype_bit(DType::int8));
  op.parameter("min_weight", "Lower end of its range.", quantized::kFloat32);
  op.parameter("max_weight", "Upper end.", quantized::kFloat32);
  op.output("output", "Shape of `data`, and `output_dim`.");
  op.output("min_output", "The same lower end.");
  op.output("max_output", "The same upper end.");
  op.attr("input_dim", &Attrs::input_dim, "Number of rows.").required().min(1);
  op.attr("output_dim", &Attrs::output_dim, "Length of a row.").required().min(1);
  op.attr("dtype", &Attrs::dtype, "Only for MXNet's files; the weight is int8.");
  op.attr("sparse_grad", &Attrs::sparse_grad, "Only for MXNet's files; has no effect.");
  op.infer([](InferContext &c, const Attrs &a) {
    c.expect(1, {a.input_dim, a.output_dim}, DType::int8);
    expect_range(c, 2);
    Shape out = c.shape(0);
    out.push_back(a.output_dim);
    check_shape(out, DType::int8, "data");
    c.output(0, out, DType::int8);
    infer_range(c, 1);
  });
  op.kernel(run);
  op.sample({{{"input_dim", 2}, {"output_dim", 2}},
             {{{2}, {1, 0}, DType::int32}, {{2, 2}, {1, 2, 3, -4}, DType::int8}, {{1}, {-1}}, {{1}, {1}}},
             {{{2, 2}, {3, -4, 1, 2}, DType::int8}, {{1}, {-1}}, {{1}, {1}}}})
      .check_gradient = false;
}

}  // namespace cermet
