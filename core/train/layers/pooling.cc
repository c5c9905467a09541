// SPDX-License-Identifier: Apache-2.0
// Pooling layers: maximum and average, over windows or whole images, in 1, 2 and 3 dimensions.
#include "graph/compose.h"
#include "schema/registry.h"
#include "train/layers/per_axis.h"

namespace cermet {
namespace {

struct Pool {
  std::vector<int64_t> pool_size{2}, padding{0};
  std::vector<int64_t> strides;
  bool ceil_mode = false, count_include_pad = true;
};

const char *what(const std::string &type) { return type == "max" ? "Largest value" : "Average"; }

void register_window(Registry &registry, const std::string &type, size_t axes) {
  auto layer = registry.add<Pool>(Kind::layer, cat(type, "_pool", axes, "d").c_str(), "nn");
  layer.doc(cat(what(type), " of each window over ", axes, axes == 1 ? " spatial axis." : " spatial axes."));
  layer.input("data", "(N, C, spatial ...).");
  layer.output("output", "(N, C, spatial ...).");
  layer.attr("pool_size", &Pool::pool_size, "Size of the window; one number or one an axis.")
      .min(1)
      .kind(AttrKind::window);
  layer.attr("strides", &Pool::strides, "Step of the window; as large as the window by default.")
      .min(1)
      .kind(AttrKind::window);
  layer.attr("padding", &Pool::padding, "Padding at both ends of each axis.").min(0).kind(AttrKind::window);
  layer.attr("ceil_mode", &Pool::ceil_mode, "Round the output's size up.");
  if (type == "avg")
    layer.attr("count_include_pad", &Pool::count_include_pad, "Whether the average counts the padding too.");
  layer.compose([type, axes](ComposeContext &c, const Pool &a) {
    auto kernel = layers::per_axis("pool_size", a.pool_size, axes);
    AttrList attrs{{"kernel", kernel},
                   {"stride", a.strides.empty() ? kernel : layers::per_axis("strides", a.strides, axes)},
                   {"pad", layers::per_axis("padding", a.padding, axes)},
                   {"pool_type", type},
                   {"pooling_convention", a.ceil_mode ? "full" : "valid"}};
    if (type == "avg") attrs.emplace_back("count_include_pad", a.count_include_pad);
    c.output(c.apply("pooling", {c.input(0)}, attrs));
  });
}

void register_global(Registry &registry, const std::string &type, size_t axes) {
  auto layer = registry.add<NoAttrs>(Kind::layer, cat("global_", type, "_pool", axes, "d").c_str(), "nn");
  layer.doc(cat(what(type), " of each channel over ", axes, axes == 1 ? " spatial axis" : " spatial axes",
                ", which keep size 1."));
  layer.input("data", "(N, C, spatial ...).");
  layer.output("output", "(N, C, 1 ...).");
  layer.compose([type, axes](ComposeContext &c, const NoAttrs &) {
    c.output(c.apply("pooling", {c.input(0)},
                     {{"kernel", std::vector<int64_t>(axes, 1)}, {"global_pool", true}, {"pool_type", type}}));
  });
}

}  // namespace

CERMET_REGISTER(pooling_layers)(Registry &registry) {
  for (const char *type : {"max", "avg"})
    for (size_t axes = 1; axes <= 3; ++axes) {
      register_window(registry, type, axes);
      register_global(registry, type, axes);
    }
}

}  // namespace cermet
