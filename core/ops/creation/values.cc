// SPDX-License-Identifier: Apache-2.0
// Arrays of one value.
#include "ops/common/fill.h"
#include "ops/creation/attrs.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct FullAttrs : creation::Attrs {
  double value = 0;
};

void define(Registry &registry, const char *name, const char *alias, const char *summary, double value) {
  auto op = registry.op<creation::Attrs>(name, "creation");
  op.doc(summary);
  op.alias(alias);
  op.output("output");
  creation::define_shape(op);
  creation::define_common(op);
  op.kernel([value](KernelContext &c, const creation::Attrs &) { fill(c.out(0), value); });
  op.sample({{{"shape", {2, 1}}}, {}, {{{2, 1}, {value, value}}}});
}

}  // namespace

CERMET_REGISTER(zeros)(Registry &registry) { define(registry, "zeros", "_zeros", "An array of zeros.", 0); }

CERMET_REGISTER(ones)(Registry &registry) { define(registry, "ones", "_ones", "An array of ones.", 1); }

CERMET_REGISTER(full)(Registry &registry) {
  auto op = registry.op<FullAttrs>("full", "creation");
  op.doc("An array of one value.");
  op.alias("_full", "_npi_full");
  op.output("output");
  creation::define_shape(op);
  creation::define_common(op);
  op.attr("value", &FullAttrs::value, "The value.").required();
  op.kernel([](KernelContext &c, const FullAttrs &a) { fill(c.out(0), a.value); });
  op.sample({{{"shape", {3}}, {"value", 2.5}}, {}, {{{3}, {2.5, 2.5, 2.5}}}});
}

}  // namespace cermet
