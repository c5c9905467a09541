// SPDX-License-Identifier: Apache-2.0
// Local response normalisation (Krizhevsky et al., 2012), put together from other operators: the sum over neighbouring
// channels is a sum pooling along that axis.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Lrn {
  double alpha = 1e-4, beta = 0.75, knorm = 2;
  int64_t nsize = 0;
};

}  // namespace

CERMET_REGISTER(lrn)(Registry &registry) {
  auto op = registry.op<Lrn>("lrn", "nn");
  op.precision(Precision::wide);
  op.doc(
      "Local response normalisation: data * (knorm + alpha / nsize * sum of squares over nsize neighbouring "
      "channels)^-beta.");
  op.alias("LRN");
  op.input("data", "(N, C, H, W).", kFloats);
  op.output("output", "Shape of data.");
  op.attr("alpha", &Lrn::alpha, "Factor of the sum.");
  op.attr("beta", &Lrn::beta, "Exponent.");
  op.attr("knorm", &Lrn::knorm, "Offset of the sum.");
  op.attr("nsize", &Lrn::nsize, "Number of channels in the sum; odd.").required().min(1).max(1 << 20);
  op.check([](const Lrn &a) {
    if (a.nsize % 2 == 0) throw Error(Status::invalid_argument, "nsize", "got ", a.nsize, "; want an odd number");
  });
  op.compose([](ComposeContext &c, const Lrn &a) {
    Entry squares = c.apply("expand_dims", {c.apply("square", {c.input(0)}, {}, "square")}, {{"axis", 1}}, "plane");
    Entry sums = c.apply("pooling", {squares},
                         {{"kernel", {a.nsize, 1, 1}}, {"pad", {a.nsize / 2, 0, 0}}, {"pool_type", "sum"}}, "sum");
    sums = c.apply("reshape_like", {sums, c.input(0)}, {}, "squeezed");
    Entry scaled = c.apply("multiply_scalar", {sums}, {{"scalar", a.alpha / static_cast<double>(a.nsize)}}, "scaled");
    Entry base = c.apply("add_scalar", {scaled}, {{"scalar", a.knorm}}, "base");
    c.output(c.apply("multiply", {c.input(0), c.apply("power_scalar", {base}, {{"scalar", -a.beta}}, "power")}));
  });
  op.sample({{{"nsize", 3}, {"alpha", 3.0}, {"beta", 1.0}, {"knorm", 1.0}},
             {{{1, 3, 1, 1}, {1, 2, 3}}},
             {{{1, 3, 1, 1}, {1.0 / 6, 2.0 / 15, 3.0 / 14}}}});
}

}  // namespace cermet
