// SPDX-License-Identifier: Apache-2.0
// Self-attention with learned projections.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct MultiHeadAttention {
  int64_t units = 0, num_heads = 1;
  bool is_causal = false, use_bias = true;
};

}  // namespace

CERMET_REGISTER(multi_head_attention_layer)(Registry &registry) {
  using A = MultiHeadAttention;
  auto layer = registry.add<A>(Kind::layer, "multi_head_attention", "nn");
  layer.doc("Self-attention of several heads (Vaswani et al., 2017).",
            "Parameters: <name>_query_weight, <name>_key_weight and <name>_value_weight (units, inputs), "
            "<name>_out_weight (units, units), and as many biases (units).");
  layer.input("data", "Sequences (batch, steps, inputs).");
  layer.output("output", "(batch, steps, units).");
  layer.attr("units", &A::units, "Width of all heads together; a multiple of their number.")
      .required()
      .min(1)
      .max(0x7fffffff);
  layer.attr("num_heads", &A::num_heads, "Number of heads.").min(1).max(1 << 16);
  layer.attr("is_causal", &A::is_causal, "A step sees itself and those before it only.");
  layer.attr("use_bias", &A::use_bias, "Add a bias to each projection.");
  layer.check([](const A &a) {
    if (a.units % a.num_heads != 0)
      throw Error(Status::invalid_argument, "num_heads", "got ", a.num_heads, "; want a divisor of ", a.units);
  });
  layer.compose([](ComposeContext &c, const A &a) {
    auto projected = [&](const Entry &data, const char *name) {
      return c.apply("fully_connected", {data}, {{"num_hidden", a.units}, {"no_bias", !a.use_bias}, {"flatten", false}},
                     name);
    };
    std::vector<Entry> inputs;
    for (const char *name : {"query", "key", "value"}) inputs.push_back(projected(c.input(0), name));
    Entry out = c.apply("scaled_dot_product_attention", inputs,
                        {{"num_heads", a.num_heads}, {"is_causal", a.is_causal}}, "attention");
    c.output(projected(out, "out"));
  });
}

}  // namespace cermet
