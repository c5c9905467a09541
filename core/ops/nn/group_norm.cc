// SPDX-License-Identifier: Apache-2.0
// Group normalisation (Wu and He, 2018) and instance normalisation (Ulyanov et al., 2016), which is group normalisation
// with one channel a group. Seen as (1, N * groups, rest), each group is a channel of batch_norm's kernels.
#include "ops/nn/batch_norm.h"
#include "ops/nn/composed_gradient.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct GroupAttrs {
  int64_t num_groups = 1;
  double eps = 1e-5;
  bool output_mean_var = false;
};

struct InstanceAttrs {
  double eps = 1e-3;
};

int64_t groups_of(const Shape &, const GroupAttrs &a) { return a.num_groups; }
int64_t groups_of(const Shape &data, const InstanceAttrs &) { return data[1]; }

void check_data(const Shape &data) {
  if (data.ndim() < 3)
    throw Error(Status::shape, "data", "got ", data, "; want at least 3 dimensions: batch, channels, spatial");
}
void check_groups(const Shape &data, const GroupAttrs &a) {
  check_data(data);
  if (data[1] % a.num_groups)
    throw Error(Status::shape, "data", "got ", data, "; want a number of channels that num_groups ", a.num_groups,
                " divides");
}
void check_groups(const Shape &data, const InstanceAttrs &) { check_data(data); }

nn::AxisView group_view(const Shape &data, int64_t groups) {
  int64_t lines = data[0] * groups;
  return {1, lines, lines ? data.numel() / lines : 0};
}

DType statistics_dtype(DType data) { return data == DType::float64 ? DType::float64 : DType::float32; }

// One parameter a group, repeated for each example.
template <class T>
std::vector<Compute<T>> repeated(const T *values, int64_t batch, int64_t groups) {
  std::vector<Compute<T>> out;
  for (int64_t k = 0; k < batch * groups; ++k) out.push_back(static_cast<Compute<T>>(values[k % groups]));
  return out;
}

template <class T>
void forward(KernelContext &c, double eps, int64_t groups) {
  using P = Compute<T>;
  nn::AxisView view = group_view(c.in(0).shape, groups);
  P *mean = c.out_as<P>(1), *inv_std = c.out_as<P>(2);
  auto gamma = repeated(c.in_as<T>(1), c.in(0).shape[0], groups),
       beta = repeated(c.in_as<T>(2), c.in(0).shape[0], groups);
  nn::channel_statistics<T, P>(view, c.in_as<T>(0), eps, mean, nullptr, inv_std);
  nn::normalize_channels<T, P>(view, c.in_as<T>(0), mean, inv_std, gamma.data(), beta.data(), c.out_as<T>(0));
}

// Sums over the batch.
template <class T, class P>
void collapse(const std::vector<P> &values, int64_t groups, T *out) {
  for (int64_t g = 0; g < groups; ++g) {
    double sum = 0;
    for (size_t k = static_cast<size_t>(g); k < values.size(); k += static_cast<size_t>(groups))
      sum += static_cast<double>(values[k]);
    out[g] = static_cast<T>(static_cast<P>(sum));
  }
}

// Inputs: head, data, gamma, beta (not read), mean, inverse standard deviation.
template <class T>
void backward(KernelContext &c, int64_t groups) {
  using P = Compute<T>;
  nn::AxisView view = group_view(c.in(1).shape, groups);
  auto gamma = repeated(c.in_as<T>(2), c.in(1).shape[0], groups);
  std::vector<P> gamma_grad(gamma.size()), beta_grad(gamma.size());
  nn::channel_gradients<T, P>(view, {c.in_as<T>(0), c.in_as<T>(1), gamma.data(), c.in_as<P>(4), c.in_as<P>(5),
                                     c.out_as<T>(0), gamma_grad.data(), beta_grad.data(), true});
  collapse(gamma_grad, groups, c.out_as<T>(1));
  collapse(beta_grad, groups, c.out_as<T>(2));
}

// The same in other operators, on (N, groups, rest). `split` is the shape for reshape, `places` that of the parameters.
Entry forward_graph(ComposeContext &c, double eps, const std::vector<int64_t> &split,
                    const std::vector<int64_t> &places, const std::vector<Entry> &inputs) {
  AttrList last{{"axis", -1}, {"keepdims", true}};
  auto node = [&](const char *op, const std::vector<Entry> &args, const AttrList &attrs = {}) {
    return c.apply(op, args, attrs, "inner");
  };
  Entry data = node("reshape", {inputs[0]}, {{"shape", split}});
  Entry centered = node("subtract", {data, node("mean", {data}, last)});
  Entry variance = node("mean", {node("square", {centered})}, last);
  Entry unit = node("multiply", {centered, node("rsqrt", {node("add_scalar", {variance}, {{"scalar", eps}})})});
  Entry scaled = node("multiply", {unit, node("reshape", {inputs[1]}, {{"shape", places}})});
  return node("reshape_like", {node("add", {scaled, node("reshape", {inputs[2]}, {{"shape", places}})}), inputs[0]});
}
Entry forward_graph(ComposeContext &c, const GroupAttrs &a, const std::vector<Entry> &inputs) {
  return forward_graph(c, a.eps, {0, a.num_groups, -1}, {1, a.num_groups, 1}, inputs);
}
Entry forward_graph(ComposeContext &c, const InstanceAttrs &a, const std::vector<Entry> &inputs) {
  return forward_graph(c, a.eps, {0, 0, -1}, {1, -1, 1}, inputs);
}

void declare_attrs(DefinitionBuilder<GroupAttrs> &op) {
  op.attr("num_groups", &GroupAttrs::num_groups, "Number of groups into which the channels are split.")
      .min(1)
      .max(1 << 30);
  op.attr("eps", &GroupAttrs::eps, "Added to the variance.").min(0);
  op.attr("output_mean_var", &GroupAttrs::output_mean_var, "Only for MXNet's files; must be false.");
  op.check([](const GroupAttrs &a) {
    if (a.output_mean_var) throw Error(Status::unsupported, "output_mean_var", "got true; want false");
  });
}
void declare_attrs(DefinitionBuilder<InstanceAttrs> &op) {
  op.attr("eps", &InstanceAttrs::eps, "Added to the variance.").min(0);
}

template <class A>
DefinitionBuilder<A> register_forward(Registry &registry, const char *name, const char *per) {
  auto op = registry.op<A>(name, "nn");
  op.input("data", "(N, C, spatial ...).", kFloats);
  op.parameter("gamma", cat("Factors, one a ", per, "."), kFloats);
  op.parameter("beta", cat("Offsets, one a ", per, "."), kFloats);
  op.output("output", "Shape and dtype of data.");
  op.hidden_output("mean", "Mean of each group of each example.");
  op.hidden_output("inv_std", "1 / sqrt(variance + eps) of each.");
  declare_attrs(op);
  op.infer([](InferContext &c, const A &a) {
    check_groups(c.shape(0), a);
    int64_t groups = groups_of(c.shape(0), a);
    for (int input : {1, 2}) c.expect(input, {groups}, c.dtype(0));
    c.output(0, c.shape(0), c.dtype(0));
    for (int output : {1, 2}) c.output(output, {c.shape(0)[0], groups}, statistics_dtype(c.dtype(0)));
  });
  op.kernel([](KernelContext &c, const A &a) {
    dispatch_floats(c.in(0).dtype,
                    [&](auto tag) { forward<typename decltype(tag)::type>(c, a.eps, groups_of(c.in(0).shape, a)); });
  });
  op.gradient([backward_name = cat(name, "_backward")](GradientContext &g, const A &) {
    Entry all =
        g.apply(backward_name, {g.head(0), g.input(0), g.input(1), g.input(2), g.output(1), g.output(2)}, g.attrs());
    for (int k = 0; k < 3; ++k) g.set(k, {all.node, k});
  });
  return op;
}

template <class A>
void register_backward(Registry &registry, const char *name) {
  auto op = registry.op<A>(name, "nn");
  op.doc("Gradients of the normalisation by data, gamma and beta.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Values.", kFloats);
  op.input("gamma", "Factors.", kFloats);
  op.shape_input("beta", "Offsets.");
  op.input("mean", "Means.", kFloats);
  op.input("inv_std", "Inverse deviations.", kFloats);
  op.output("data_grad");
  op.output("gamma_grad");
  op.output("beta_grad");
  declare_attrs(op);
  op.infer([](InferContext &c, const A &a) {
    check_groups(c.shape(1), a);
    int64_t groups = groups_of(c.shape(1), a);
    c.expect(0, c.shape(1), c.dtype(1));
    for (int input : {2, 3}) c.expect(input, {groups}, c.dtype(1));
    for (int input : {4, 5}) c.expect(input, {c.shape(1)[0], groups}, statistics_dtype(c.dtype(1)));
    for (int k = 0; k < 3; ++k) c.output(k, c.shape(k + 1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const A &a) {
    dispatch_floats(c.in(1).dtype,
                    [&](auto tag) { backward<typename decltype(tag)::type>(c, groups_of(c.in(1).shape, a)); });
  });
  op.compose([](ComposeContext &c, const A &a) {
    nn::compose_gradient(c, c.input(0), {c.input(1), c.input(2), c.input(3)},
                         [&](const std::vector<Entry> &inputs) { return forward_graph(c, a, inputs); });
  });
}

}  // namespace

CERMET_REGISTER(group_norm)(Registry &registry) {
  auto op = register_forward<GroupAttrs>(registry, "group_norm", "group");
  op.doc(
      "Group normalisation: each group of channels of each example is brought to mean 0 and variance 1, then scaled "
      "and "
      "shifted.",
      "As in MXNet 1.x, gamma and beta have one number a group, not one a channel.");
  op.alias("GroupNorm");
  op.sample({{{"num_groups", 2}, {"eps", 0.0}},
             {{{1, 4, 1}, {1, 3, 10, 30}}, {{2}, {1, 2}}, {{2}, {0, 1}}},
             {{{1, 4, 1}, {-1, 1, -1, 3}}}})
      .check_gradient = false;  // two values a group: the output does not change with the data
  register_backward<GroupAttrs>(registry, "group_norm_backward");
}

CERMET_REGISTER(instance_norm)(Registry &registry) {
  auto op = register_forward<InstanceAttrs>(registry, "instance_norm", "channel");
  op.doc(
      "Instance normalisation: each channel of each example is brought to mean 0 and variance 1, then scaled and "
      "shifted.");
  op.alias("InstanceNorm");
  op.sample({{},
             {{{1, 2, 3}, {1, 2, 6, 0, 5, 7}}, {{2}, {1, 2}}, {{2}, {0, 1}}},
             {{{1, 2, 3}, {-0.9257209207, -0.4628604604, 1.3885813811, -1.7173081187, 1.6793270297, 3.0379810890}}}})
      .tolerance = 1e-4;
  register_backward<InstanceAttrs>(registry, "instance_norm_backward");
}

}  // namespace cermet
