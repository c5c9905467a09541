// SPDX-License-Identifier: Apache-2.0
// Convolution layers and their transposes in 1, 2 and 3 dimensions.
#include "train/layers/activated.h"
#include "train/layers/per_axis.h"

namespace cermet {
namespace {

struct Conv {
  int64_t channels = 0, groups = 1;
  std::vector<int64_t> kernel_size, strides{1}, padding{0}, dilation{1};
  std::optional<layers::Act> activation;
  bool use_bias = true;
};

struct ConvTranspose : Conv {
  std::vector<int64_t> output_padding{0};
};

const char *spatial_names(size_t axes) {
  return axes == 1 ? "(N, C, W)" : axes == 2 ? "(N, C, H, W)" : "(N, C, D, H, W)";
}

template <class A>
DefinitionBuilder<A> declare(Registry &registry, const std::string &name, size_t axes) {
  auto layer = registry.add<A>(Kind::layer, name.c_str(), "nn");
  layer.input("data", cat("Images, ", spatial_names(axes), "."));
  layer.output("output", cat(spatial_names(axes), " with `channels` channels."));
  layer.attr("channels", &A::channels, "Number of output channels.").required().min(1);
  layer.attr("kernel_size", &A::kernel_size, "Size of the window; one number or one an axis.")
      .required()
      .min(1)
      .kind(AttrKind::window);
  layer.attr("strides", &A::strides, "Step of the window.").min(1).kind(AttrKind::window);
  layer.attr("padding", &A::padding, "Zeros added at both ends of each axis.").min(0).kind(AttrKind::window);
  layer.attr("dilation", &A::dilation, "Distance between neighbouring taps of the kernel.")
      .min(1)
      .kind(AttrKind::window);
  layer.attr("groups", &A::groups, "Number of groups into which the channels are split.").min(1);
  layers::declare_activation(layer);
  layer.attr("use_bias", &A::use_bias, "Add a bias to each channel.");
  return layer;
}

AttrList operator_attrs(const Conv &a, size_t axes) {
  return {{"kernel", layers::per_axis("kernel_size", a.kernel_size, axes)},
          {"stride", layers::per_axis("strides", a.strides, axes)},
          {"dilate", layers::per_axis("dilation", a.dilation, axes)},
          {"pad", layers::per_axis("padding", a.padding, axes)},
          {"num_filter", a.channels},
          {"num_group", a.groups},
          {"no_bias", !a.use_bias}};
}

void register_convolution(Registry &registry, size_t axes) {
  auto layer = declare<Conv>(registry, cat("conv", axes, "d"), axes);
  layer.doc(
      cat("Convolution layer over ", axes, axes == 1 ? " spatial axis." : " spatial axes."),
      "Parameters: <name>_weight (channels, input channels / groups, kernel_size ...) and <name>_bias (channels).");
  layer.compose([axes](ComposeContext &c, const Conv &a) {
    c.output(layers::activated(c, c.apply("convolution", {c.input(0)}, operator_attrs(a, axes)), a.activation));
  });
}

void register_transpose(Registry &registry, size_t axes) {
  auto layer = declare<ConvTranspose>(registry, cat("conv", axes, "d_transpose"), axes);
  layer.doc(
      cat("Transposed convolution layer over ", axes, axes == 1 ? " spatial axis." : " spatial axes."),
      "Parameters: <name>_weight (input channels, channels / groups, kernel_size ...) and <name>_bias (channels).");
  layer
      .attr("output_padding", &ConvTranspose::output_padding,
            "Rows added at the far end of the output; less than the stride.")
      .min(0)
      .kind(AttrKind::window);
  layer.compose([axes](ComposeContext &c, const ConvTranspose &a) {
    AttrList attrs = operator_attrs(a, axes);
    attrs.emplace_back("adj", layers::per_axis("output_padding", a.output_padding, axes));
    c.output(layers::activated(c, c.apply("deconvolution", {c.input(0)}, attrs), a.activation));
  });
}

}  // namespace

CERMET_REGISTER(convolution_layers)(Registry &registry) {
  for (size_t axes = 1; axes <= 3; ++axes) {
    register_convolution(registry, axes);
    register_transpose(registry, axes);
  }
}

}  // namespace cermet
