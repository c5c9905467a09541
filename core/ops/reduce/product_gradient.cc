// SPDX-License-Identifier: Apache-2.0
// Derivatives of a product of many values, right where some of them are zero: the products of all values but one, and
// of all but two, come from running products from both ends, never from a quotient.
#include "ops/common/axes.h"
#include "ops/common/infer.h"
#include "ops/common/reduce.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// Where the groups of values that are multiplied begin, and where the values of each stand from there.
struct Groups {
  Groups(const Shape &shape, const ReduceAttrs &a) {
    ReducePlan plan(shape, reduced_axes(a, shape.ndim()));
    collect(plan.kept, plan.kept_strides, starts);
    collect(plan.reduced, plan.reduced_strides, steps);
  }
  std::vector<int64_t> starts, steps;

 private:
  static void collect(const Dims &dims, const Dims &strides, std::vector<int64_t> &out) {
    Walk<1> walk(dims, {strides});
    auto row = [&](const Offsets<1> &at, int64_t count) {
      for (int64_t k = 0; k < count; ++k) out.push_back(at[0] + k * walk.step(0));
    };
    walk.run_range(0, walk.total(), row);
  }
};

// visit(group, value, place) for each group: value(k) and place(k) of its k-th value.
template <class T, class Visit>
void for_groups(const Shape &shape, const ReduceAttrs &a, const T *values, Visit visit) {
  if (shape.numel() == 0) return;
  Groups groups(shape, a);
  auto count = static_cast<int64_t>(groups.steps.size());
  parallel_for(static_cast<int64_t>(groups.starts.size()), std::max<int64_t>(1, kGrain / count),
               [&](int64_t begin, int64_t end) {
                 for (int64_t group = begin; group < end; ++group) {
                   int64_t start = groups.starts[static_cast<size_t>(group)];
                   auto place = [&](int64_t k) { return start + groups.steps[static_cast<size_t>(k)]; };
                   auto value = [&](int64_t k) { return static_cast<double>(values[place(k)]); };
                   visit(group, count, value, place);
                 }
               });
}

// out[i] = head * product of the others.
template <class T>
void others(const Shape &shape, const ReduceAttrs &a, const T *head, const T *values, T *out) {
  for_groups(shape, a, values, [&](int64_t group, int64_t count, auto value, auto place) {
    std::vector<double> after(static_cast<size_t>(count) + 1, 1);
    for (int64_t k = count; k-- > 0;) after[static_cast<size_t>(k)] = after[static_cast<size_t>(k) + 1] * value(k);
    auto before = static_cast<double>(head[group]);
    for (int64_t k = 0; k < count; before *= value(k), ++k)
      out[place(k)] = convert<T>(before * after[static_cast<size_t>(k) + 1]);
  });
}

// A running product, and the sum of the products in which one value is replaced by its weight.
struct Running {
  double product = 1, replaced = 0;
  Running times(double value, double weight) const { return {product * value, replaced * value + product * weight}; }
};

// out[j] = sum over i != j of weight[i] * product of all but i and j.
template <class T>
void pairs(const Shape &shape, const ReduceAttrs &a, const T *weights, const T *values, T *out) {
  for_groups(shape, a, values, [&](int64_t, int64_t count, auto value, auto place) {
    auto weight = [&](int64_t k) { return static_cast<double>(weights[place(k)]); };
    std::vector<Running> after(static_cast<size_t>(count) + 1);
    for (int64_t k = count; k-- > 0;)
      after[static_cast<size_t>(k)] = after[static_cast<size_t>(k) + 1].times(value(k), weight(k));
    Running before;
    for (int64_t k = 0; k < count; before = before.times(value(k), weight(k)), ++k) {
      const Running &rest = after[static_cast<size_t>(k) + 1];
      out[place(k)] = convert<T>(before.replaced * rest.product + before.product * rest.replaced);
    }
  });
}

DefinitionBuilder<ReduceAttrs> define(Registry &registry, const char *name, const char *summary) {
  auto op = registry.op<ReduceAttrs>(name, "reduce");
  op.internal();
  op.doc(summary);
  op.attr("axis", &ReduceAttrs::axis, "As in prod.").kind(AttrKind::axes);
  op.attr("keepdims", &ReduceAttrs::keepdims, "As in prod.");
  op.attr("exclude", &ReduceAttrs::exclude, "As in prod.");
  op.output("output");
  return op;
}

}  // namespace

CERMET_REGISTER(prod_gradient)(Registry &registry) {
  auto op = define(registry, "prod_gradient", "Gradient of prod: head times the product of the other values.");
  op.input("head", "Gradient of the product.", kFloats);
  op.input("data", "What was multiplied.", kFloats);
  op.infer([](InferContext &c, const ReduceAttrs &a) {
    c.expect(0, reduced_shape(c.shape(1), reduced_axes(a, c.shape(1).ndim()), a.keepdims), c.dtype(1));
    c.output(0, c.shape(1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const ReduceAttrs &a) {
    dispatch_floats(c.out(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      others<T>(c.out(0).shape, a, c.in_as<T>(0), c.in_as<T>(1), c.out_as<T>(0));
    });
  });
  op.gradient([](GradientContext &g, const ReduceAttrs &) {
    const Entry &head = g.input(0), &data = g.input(1);
    Entry ones = g.apply("ones_like", {head}), spread = g.apply("unreduce", {head, data}, g.attrs());
    Entry each = g.apply("multiply", {g.head(0), g.apply("prod_gradient", {ones, data}, g.attrs())});
    g.set(0, g.apply("sum", {each}, g.attrs()));
    g.set(1, g.apply("prod_pairs", {g.apply("multiply", {g.head(0), spread}), data}, g.attrs()));
  });
}

CERMET_REGISTER(prod_pairs)(Registry &registry) {
  auto op =
      define(registry, "prod_pairs", "For each value: the others' weights times the product of all but these two.");
  op.input("weight", "A weight for each value.", kFloats);
  op.input("data", "What was multiplied.", kFloats);
  op.infer([](InferContext &c, const ReduceAttrs &) {
    c.expect(0, c.shape(1), c.dtype(1));
    c.output(0, c.shape(1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const ReduceAttrs &a) {
    dispatch_floats(c.out(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      pairs<T>(c.out(0).shape, a, c.in_as<T>(0), c.in_as<T>(1), c.out_as<T>(0));
    });
  });
  // By the weights it is linear and symmetric. Third derivatives of prod, by the values, take a quotient after all.
  op.compose([](ComposeContext &c, const ReduceAttrs &a) {
    AttrList attrs{{"axis", a.axis ? AttrValue(*a.axis) : None{}}, {"keepdims", a.keepdims}, {"exclude", a.exclude}};
    auto node = [&](const char *name, const std::vector<Entry> &inputs, const AttrList &given = {}) {
      return c.apply(name, inputs, given, "inner");
    };
    const Entry &weight = c.input(0), &data = c.input(1);
    auto spread = [&](const char *name, const Entry &x) {
      return node("unreduce", {node(name, {x}, attrs), data}, attrs);
    };
    Entry ratio = node("divide", {weight, data});
    Entry rest = node("subtract", {spread("sum", ratio), ratio});
    c.output(node("multiply", {node("divide", {spread("prod", data), data}), rest}));
  });
}

}  // namespace cermet
