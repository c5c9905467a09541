// SPDX-License-Identifier: Apache-2.0
// Elementwise activations chosen by name. A new one is a row in `with_function`: its value, its slope as a function of
// the value (so that the input need not be kept), and the same slope in operators.
#include <cmath>

#include "autograd/gradient.h"
#include "ops/elementwise/run.h"
#include "ops/nn/exponential.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Act { relu, sigmoid, softrelu, softsign, tanh };

struct Attrs {
  Act act_type = Act::relu;
};

struct Relu {
  template <class C>
  static C value(C x) {
    return x < C(0) ? C(0) : x;
  }
  template <class C>
  static C slope(C y) {
    return y > C(0) ? C(1) : C(0);
  }
};
struct Sigmoid {
  template <class C>
  static C value(C x) {
    return C(1) / (C(1) + std::exp(-x));
  }
  template <class C>
  static C slope(C y) {
    return y * (C(1) - y);
  }
};
struct Softrelu {
  template <class C>
  static C value(C x) {
    return std::max(x, C(0)) + std::log1p(std::exp(-std::abs(x)));
  }
  template <class C>
  static C slope(C y) {
    return -std::expm1(-y);
  }
};
struct Softsign {
  template <class C>
  static C value(C x) {
    return x / (C(1) + std::abs(x));
  }
  template <class C>
  static C slope(C y) {
    return (C(1) - std::abs(y)) * (C(1) - std::abs(y));
  }
};
struct Tanh {
  template <class C>
  static C value(C x) {
    return std::tanh(x);
  }
  template <class C>
  static C slope(C y) {
    return C(1) - y * y;
  }
};

template <class F>
decltype(auto) with_function(Act act, F &&f) {
  switch (act) {
    case Act::relu:
      return f(Relu{});
    case Act::sigmoid:
      return f(Sigmoid{});
    case Act::softrelu:
      return f(Softrelu{});
    case Act::softsign:
      return f(Softsign{});
    case Act::tanh:
      break;
  }
  return f(Tanh{});
}

template <class F>
struct Value {
  template <class C>
  C operator()(C x) const {
    return F::value(x);
  }
};
template <class F>
struct HeadTimesSlope {
  template <class C>
  C operator()(C head, C y) const {
    return head * F::slope(y);
  }
};

UnaryKernel value_kernel(Act act) {
  UnaryKernel kernel = with_function(act, [](auto f) { return real_kernel<Value<decltype(f)>>; });
  if (act == Act::relu) return with_row(kernel, arithmetic_kernels().relu);
  if (act == Act::tanh) return with_row(kernel, exponential_kernels().tanh);
  if (act == Act::sigmoid) return with_row(kernel, exponential_kernels().sigmoid);
  return kernel;
}

BinaryKernel backward_kernel(Act act) {
  const ArithmeticKernels &fast = arithmetic_kernels();
  BinaryKernel kernel = with_function(act, [](auto f) { return real_binary_kernel<HeadTimesSlope<decltype(f)>>; });
  if (act == Act::relu) return with_rows(kernel, fast.relu_backward);
  if (act == Act::tanh) return with_rows(kernel, fast.tanh_backward);
  if (act == Act::sigmoid) return with_rows(kernel, fast.sigmoid_backward);
  return kernel;
}

Entry slope_graph(ComposeContext &c, Act act, const Entry &y) {
  auto one_minus = [&](const Entry &x) { return c.apply("rsubtract_scalar", {x}, {{"scalar", 1.0}}, "complement"); };
  switch (act) {
    case Act::relu:
      return c.apply("sign", {y}, {}, "sign");  // y is not negative
    case Act::sigmoid:
      return c.apply("multiply", {y, one_minus(y)}, {}, "slope");
    case Act::softrelu:
      return one_minus(c.apply("exp", {c.apply("negative", {y}, {}, "negative")}, {}, "exp"));
    case Act::softsign:
      return c.apply("square", {one_minus(c.apply("abs", {y}, {}, "abs"))}, {}, "slope");
    case Act::tanh:
      return one_minus(c.apply("square", {y}, {}, "square"));
  }
  return {};
}

template <class A>
void declare_attrs(DefinitionBuilder<A> &op) {
  op.choice("act_type", &A::act_type, {"relu", "sigmoid", "softrelu", "softsign", "tanh"},
            "relu: max(x, 0); sigmoid: 1 / (1 + exp(-x)); softrelu: log(1 + exp(x)); softsign: x / (1 + |x|); tanh.")
      .required();
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("activation", "nn");
  op.doc("An activation function, chosen by name, applied to each element.");
  op.alias("Activation", "_npx_activation");
  op.input("data", "Values; any shape.", kFloats);
  op.output("output", "Shape and dtype of data.");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &) { c.output(0, c.shape(0), c.dtype(0)); });
  op.kernel([](KernelContext &c, const Attrs &a) { run_unary(value_kernel(a.act_type), c.in(0), c.out(0)); });
  op.elementwise([](const Attrs &a) { return Elementwise{Elementwise::kUnary, value_kernel(a.act_type), {}, 0}; });
  op.gradient([](GradientContext &g, const Attrs &) {
    g.set(0, g.apply("activation_backward", {g.head(0), g.output(0)}, g.attrs()));
  });
  op.sample({{{"act_type", "relu"}}, {{{4}, {-2, -0.5, 0.5, 2}}}, {{{4}, {0, 0, 0.5, 2}}}});
  op.sample({{{"act_type", "sigmoid"}}, {{{3}, {-1, 0.5, 2}}}, {{{3}, {0.26894142137, 0.62245933120, 0.88079707798}}}});
  op.sample(
      {{{"act_type", "softrelu"}}, {{{3}, {-1, 0.5, 2}}}, {{{3}, {0.31326168752, 0.97407698418, 2.12692801104}}}});
  op.sample({{{"act_type", "softsign"}}, {{{3}, {-1, 0.25, 3}}}, {{{3}, {-0.5, 0.2, 0.75}}}});
  op.sample({{{"act_type", "tanh"}}, {{{3}, {-1, 0.5, 2}}}, {{{3}, {-0.76159415596, 0.46211715726, 0.96402758008}}}});
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("activation_backward", "nn");
  op.doc("Gradient of activation: head times the slope, which follows from the output.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("output", "Activation's output.", kFloats);
  op.output("output");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &) {
    c.expect(0, c.shape(1), c.dtype(1));
    c.output(0, c.shape(1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    run_binary(backward_kernel(a.act_type), c.in(0).dtype, c.in(0), c.in(1), c.out(0));
  });
  op.elementwise([](const Attrs &a) { return Elementwise{Elementwise::kBinary, {}, backward_kernel(a.act_type), 0}; });
  op.compose([](ComposeContext &c, const Attrs &a) {
    c.output(c.apply("multiply", {c.input(0), slope_graph(c, a.act_type, c.input(1))}));
  });
}

}  // namespace

CERMET_REGISTER(activation)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
}

}  // namespace cermet
