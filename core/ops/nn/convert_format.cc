// SPDX-License-Identifier: Apache-2.0
// The step that programs put between operators whose memory formats differ.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/nn/winograd.h"
#include "ops/onednn/convert.h"
#include "ops/quantization/layouts.h"
#include "schema/registry.h"

namespace cermet {

CERMET_REGISTER(convert_format)(Registry &registry) {
  auto op = registry.op<NoAttrs>("convert_format", "nn");
  op.doc("The same values in another memory format.");
  op.internal();
  op.input("data", "Values; any shape.");
  op.output("output");
  op.infer(infer_like_input<NoAttrs>);
  op.kernel([](KernelContext &c, const NoAttrs &) {
    if (nn::is_winograd(c.out(0)))
      nn::transform_winograd_weight(c.in(0), c.out(0));
    else if (quantized::is_own(c.in(0).format) || quantized::is_own(c.out(0).format))
      quantized::convert(c.in(0), c.out(0));
    else if (c.in(0).format || c.out(0).format)
      onednn::convert(c.in(0), c.out(0)).run(c.workspace);
    else
      copy_bytes(c.in(0).data, c.out(0).data, c.out(0).nbytes());
  });
  op.workspace([](const KernelContext &c, const NoAttrs &) {
    if (nn::is_winograd(c.out(0)) || quantized::is_own(c.in(0).format) || quantized::is_own(c.out(0).format))
      return int64_t{0};
    return c.in(0).format || c.out(0).format ? onednn::convert(c.in(0), c.out(0)).workspace_bytes() : 0;
  });
  op.gradient([](GradientContext &g, const NoAttrs &) { g.set(0, g.head(0)); });
  op.sample({{}, {{{3}, {1, -2, 0.5}}}, {{{3}, {1, -2, 0.5}}}});
}

}  // namespace cermet
