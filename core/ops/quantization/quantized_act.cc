// SPDX-License-Identifier: Apache-2.0
// What works on integers as they are and keeps their range: the rectifier and flattening.
#include "base/parallel.h"
#include "ops/common/fill.h"
#include "ops/common/walk.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

enum class ActType { relu, sigmoid, softrelu, softsign, tanh };
struct ActAttrs {
  ActType act_type = ActType::relu;
};

template <class A>
void declare_kept_range(DefinitionBuilder<A> &op, const char *data) {
  op.input("data", data, quantized::kBytes);
  op.input("min_data", "Lower end of its range.", quantized::kFloat32);
  op.input("max_data", "Upper end.", quantized::kFloat32);
  op.output("output");
  op.output("min_output", "The same lower end.");
  op.output("max_output", "The same upper end.");
  op.in_place(0, 0);
}

void keep_range(KernelContext &c) { write_range(c, 1, read_range(c, 1, "min_data")); }

}  // namespace

CERMET_REGISTER(quantized_act)(Registry &registry) {
  auto op = registry.op<ActAttrs>("quantized_act", "quantization");
  op.precision(Precision::wide);
  op.doc("Rectifier of integers: negative ones become 0.");
  op.alias("_contrib_quantized_act");
  declare_kept_range(op, "Integers; any shape.");
  op.choice("act_type", &ActAttrs::act_type, {"relu", "sigmoid", "softrelu", "softsign", "tanh"},
            "The function; only relu is one of integers.")
      .required();
  op.check([](const ActAttrs &a) {
    if (a.act_type != ActType::relu)
      throw Error(Status::invalid_argument, "act_type", "got another function; want relu for integers");
  });
  op.infer([](InferContext &c, const ActAttrs &) {
    expect_range(c, 1);
    c.output(0, c.shape(0), c.dtype(0));
    infer_range(c, 1);
  });
  op.kernel([](KernelContext &c, const ActAttrs &) {
    keep_range(c);
    if (c.in(0).dtype == DType::uint8) return copy_bytes(c.in(0).data, c.out(0).data, c.out(0).nbytes());
    parallel_for(c.out(0).numel(), kGrain, [&](int64_t begin, int64_t end) {
      const auto *x = c.in_as<int8_t>(0);
      for (int64_t k = begin; k < end; ++k) c.out_as<int8_t>(0)[k] = x[k] > 0 ? x[k] : int8_t{0};
    });
  });
  op.formats([](FormatContext &c, const ActAttrs &) {
    c.want(0, c.arriving(0));
    c.give(0, c.arriving(0));
  });
  SampleArray low{{1}, {-1}}, high{{1}, {2}};
  op.sample({{{"act_type", "relu"}},
             {{{3}, {-5, 0, 7}, DType::int8}, low, high},
             {{{3}, {0, 0, 7}, DType::int8}, low, high}})
      .check_gradient = false;
}

CERMET_REGISTER(quantized_flatten)(Registry &registry) {
  auto op = registry.op<NoAttrs>("quantized_flatten", "quantization");
  op.precision(Precision::wide);
  op.doc("Integers as a matrix: all axes but the first merged.");
  op.alias("_contrib_quantized_flatten");
  declare_kept_range(op, "Integers; rank 1 or more.");
  op.infer([](InferContext &c, const NoAttrs &) {
    const Shape &data = c.shape(0);
    if (data.ndim() < 1) throw Error(Status::shape, "data", "got ", data, "; want at least 1 dimension");
    expect_range(c, 1);
    c.output(0, {data[0], data.product(1, data.ndim())}, c.dtype(0));
    infer_range(c, 1);
  });
  op.kernel([](KernelContext &c, const NoAttrs &) {
    copy_bytes(c.in(0).data, c.out(0).data, c.out(0).nbytes());
    keep_range(c);
  });
  SampleArray low{{1}, {-1}}, high{{1}, {2}};
  op.sample({{}, {{{2, 1, 2}, {1, 2, 3, 4}, DType::int8}, low, high}, {{{2, 2}, {1, 2, 3, 4}, DType::int8}, low, high}})
      .check_gradient = false;
}

}  // namespace cermet
