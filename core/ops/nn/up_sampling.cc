// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour upsampling. Several inputs are brought to one size and put side by side, or added up.
#include "autograd/gradient.h"
#include "base/parallel.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Mode { concat, sum };
enum class SampleType { bilinear, nearest };

struct Up {
  int64_t scale = 0, num_filter = 0, num_args = 1, workspace = 512;
  SampleType sample_type = SampleType::nearest;
  Mode multi_input_mode = Mode::concat;
};

// Shapes of output `(N, C, H, W)`, from those of the inputs; throws where they do not go together.
Shape output_shape(const std::vector<Shape> &inputs, const Up &a) {
  for (size_t k = 0; k < inputs.size(); ++k)
    if (inputs[k].ndim() != 4)
      throw Error(Status::shape, cat("data[", k, "]"), "got ", inputs[k], "; want 4 dimensions");
  Shape out = inputs[0];
  out[2] *= a.scale;
  out[3] *= a.scale;
  for (size_t k = 0; k < inputs.size(); ++k) {
    const Shape &in = inputs[k];
    bool fits = in[0] == out[0] && in[2] > 0 && in[3] > 0 && out[2] % in[2] == 0 &&
                out[3] == in[3] * (out[2] / in[2]) && (a.multi_input_mode == Mode::concat || in[1] == out[1]);
    if (!fits)
      throw Error(Status::shape, cat("data[", k, "]"), "got ", in, "; want a shape that a whole factor brings to ",
                  out);
    if (k && a.multi_input_mode == Mode::concat) out[1] += in[1];
  }
  return out;
}

// f(channel of the output, of the input, plane sizes) for each plane of one input; `first` is where its channels begin.
template <class F>
void for_planes(const Shape &in, const Shape &out, int64_t first, F &&f) {
  parallel_for(in[0] * in[1], 1, [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane) f(plane, plane / in[1] * out[1] + first + plane % in[1]);
  });
}

template <class T>
void forward(KernelContext &c, const Up &a) {
  const Shape &out = c.out(0).shape;
  T *target = c.out_as<T>(0);
  std::fill_n(target, c.out(0).numel(), T(0));
  int64_t first = 0;
  for (const Tensor &input : c.inputs) {
    int64_t factor = out[2] / input.shape[2];
    for_planes(input.shape, out, first, [&](int64_t from, int64_t to) {
      const T *source = input.as<T>() + from * input.shape[2] * input.shape[3];
      T *plane = target + to * out[2] * out[3];
      for (int64_t y = 0; y < out[2]; ++y)
        for (int64_t x = 0; x < out[3]; ++x)
          plane[y * out[3] + x] = static_cast<Compute<T>>(plane[y * out[3] + x]) +
                                  static_cast<Compute<T>>(source[y / factor * input.shape[3] + x / factor]);
    });
    if (a.multi_input_mode == Mode::concat) first += input.shape[1];
  }
}

// Inputs: head, then the inputs of the forward operator, of which only the shapes count.
template <class T>
void backward(KernelContext &c, const Up &a) {
  const Shape &out = c.in(0).shape;
  int64_t first = 0;
  for (const Tensor &grad : c.outputs) {
    int64_t factor = out[2] / grad.shape[2];
    for_planes(grad.shape, out, first, [&](int64_t to, int64_t from) {
      const T *head = c.in_as<T>(0) + from * out[2] * out[3];
      T *plane = grad.as<T>() + to * grad.shape[2] * grad.shape[3];
      for (int64_t y = 0; y < grad.shape[2]; ++y)
        for (int64_t x = 0; x < grad.shape[3]; ++x) {
          Compute<T> sum = 0;
          for (int64_t dy = 0; dy < factor; ++dy)
            for (int64_t dx = 0; dx < factor; ++dx)
              sum += static_cast<Compute<T>>(head[(y * factor + dy) * out[3] + x * factor + dx]);
          plane[y * grad.shape[3] + x] = sum;
        }
    });
    if (a.multi_input_mode == Mode::concat) first += grad.shape[1];
  }
}

std::vector<Shape> shapes_from(InferContext &c, int first) {
  std::vector<Shape> out;
  for (int k = first; k < c.num_inputs(); ++k) out.push_back(c.shape(k));
  return out;
}

void declare_attrs(DefinitionBuilder<Up> &op) {
  op.attr("scale", &Up::scale, "Factor of height and width of the first input.").required().min(1).max(1 << 16);
  op.attr("num_filter", &Up::num_filter, "Only for MXNet's bilinear form; has no effect.").min(0);
  op.choice("sample_type", &Up::sample_type, {"bilinear", "nearest"}, "Must be nearest; bilinear is a deconvolution.")
      .required();
  op.choice("multi_input_mode", &Up::multi_input_mode, {"concat", "sum"}, "What is done with several inputs.");
  op.attr("num_args", &Up::num_args, "Number of inputs.").min(1);
  op.attr("workspace", &Up::workspace, "Only for MXNet's files; has no effect.").min(0);
  op.check([](const Up &a) {
    if (a.sample_type == SampleType::bilinear)
      throw Error(Status::unsupported, "sample_type", "got bilinear; want nearest (or use deconvolution)");
  });
}

}  // namespace

CERMET_REGISTER(up_sampling)(Registry &registry) {
  auto op = registry.op<Up>("up_sampling", "nn");
  op.doc("Nearest-neighbour upsampling of images by a whole factor.",
         "The output is `scale` times as large as the first input; further inputs are brought to the same size.");
  op.alias("UpSampling");
  op.variadic("data", "Images, (N, C, H, W).", "num_args", kFloats);
  op.output("output", "(N, C, scale H, scale W).");
  declare_attrs(op);
  op.infer([](InferContext &c, const Up &a) {
    for (int k = 1; k < c.num_inputs(); ++k) c.expect_dtype(k, c.dtype(0));
    c.output(0, output_shape(shapes_from(c, 0), a), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Up &a) {
    dispatch_floats(c.out(0).dtype, [&](auto tag) { forward<typename decltype(tag)::type>(c, a); });
  });
  op.gradient([](GradientContext &g, const Up &) {
    std::vector<Entry> inputs{g.head(0)};
    for (int k = 0; k < g.num_inputs(); ++k) inputs.push_back(g.input(k));
    Entry all = g.apply("up_sampling_backward", inputs, g.attrs());
    for (int k = 0; k < g.num_inputs(); ++k) g.set(k, {all.node, k});
  });
  op.sample({{{"scale", 2}, {"sample_type", "nearest"}, {"num_args", 1}},
             {{{1, 1, 1, 2}, {1, 2}}},
             {{{1, 1, 2, 4}, {1, 1, 2, 2, 1, 1, 2, 2}}}});

  auto grad = registry.op<Up>("up_sampling_backward", "nn");
  grad.doc("Gradients of up_sampling by its inputs.");
  grad.internal();
  grad.input("head", "Gradient of the output.", kFloats);
  grad.variadic("data", "The inputs.", "", kFloats).shape_only = true;
  grad.variadic_output("output", "", [](const Up &, int num_inputs) { return num_inputs - 1; });
  declare_attrs(grad);
  grad.infer([](InferContext &c, const Up &a) {
    c.expect_shape(0, output_shape(shapes_from(c, 1), a));
    for (int k = 1; k < c.num_inputs(); ++k) c.output(k - 1, c.shape(k), c.dtype(0));
  });
  grad.kernel([](KernelContext &c, const Up &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) { backward<typename decltype(tag)::type>(c, a); });
  });
  grad.gradient([](GradientContext &g, const Up &) {
    std::vector<Entry> heads;
    for (int k = 1; k < g.num_inputs(); ++k) heads.push_back(g.head(k - 1));
    g.set(0, g.apply("up_sampling", heads, g.attrs()));
  });
}

}  // namespace cermet
