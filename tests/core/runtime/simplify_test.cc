// SPDX-License-Identifier: Apache-2.0
// Simplified programs give the bits of those that are not, and leave alone what they must.
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/json.h"
#include "check.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"

namespace cermet::test {
namespace {

using Specs = std::vector<NamedSpec>;
using Names = std::vector<std::string>;

struct Result {
  std::vector<std::string> ops;
  std::vector<std::vector<char>> bits;  // of outputs and gradients
};

std::vector<char> bits_of(const NDArray &array) {
  auto data = static_cast<const char *>(array.data());
  return {data, data + array.nbytes()};
}

std::vector<std::string> ops_of(const Executor &executor) {
  std::vector<std::string> out;
  auto program = nlohmann::json::parse(executor.describe());
  for (const auto &step : program["steps"]) out.push_back(step["op"]);
  return out;
}

Result run(const std::vector<Entry> &outputs, const Specs &specs, const Names &wanted, const Arrays &arrays,
           const char *disable) {
  setenv("CERMET_DISABLE", disable, 1);
  Executor executor(outputs, specs, wanted, wanted.empty() ? GradReq::null : GradReq::write);
  for (const auto &[name, array] : arrays) executor.set_array(ArrayRole::argument, name, array);
  Result out{ops_of(executor), {}};
  executor.forward(!wanted.empty(), nullptr);
  for (int k = 0; k < executor.num_outputs(); ++k) out.bits.push_back(bits_of(*executor.output(k)));
  if (wanted.empty()) return out;
  executor.backward({});
  for (const std::string &name : wanted) out.bits.push_back(bits_of(*executor.array(ArrayRole::gradient, name)));
  return out;
}

// Values on which careless algebra shows.
ArrayRef corners(const Shape &shape, DType dtype) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const double list[] = {-0.0, nan, inf, -inf, 0.0, 1e-42, -3.25, 1e30, 0.1, -1, 7, 2.5};
  std::vector<double> values(static_cast<size_t>(shape.numel()));
  for (size_t k = 0; k < values.size(); ++k) values[k] = is_float(dtype) ? list[k % 12] : static_cast<double>(k) - 3;
  return array_of(shape, values, dtype);
}

// The steps of y's program, which gives the bits of the one that is not simplified.
std::vector<std::string> simplified(const std::vector<Entry> &outputs, DType dtype = DType::float32,
                                    Shape shape = {2, 3, 2}) {
  Specs specs{spec("x", shape, dtype)};
  Arrays arrays{{"x", corners(shape, dtype)}};
  Result with = run(outputs, specs, {}, arrays, "fuse_elementwise"),
         without = run(outputs, specs, {}, arrays, "fuse_elementwise,simplify");
  for (size_t k = 0; k < outputs.size(); ++k) cr_assert(with.bits[k] == without.bits[k], "output %zu", k);
  return with.ops;
}

using Ops = std::vector<std::string>;
Entry x() { return variable("x"); }
Entry op(const char *name, const std::vector<Entry> &inputs, const AttrList &attrs = {}) {
  return apply_op(name, inputs, attrs);
}
Entry number(const char *name, Entry of, double scalar) { return op(name, {std::move(of)}, {{"scalar", scalar}}); }

}  // namespace

Test(simplify, leaves_out_what_changes_nothing) {
  auto tanh_of = [](const Entry &entry) { return std::vector<Entry>{op("tanh", {entry})}; };
  const Ops only{"tanh"};
  for (DType dtype : {DType::float32, DType::float64, DType::float16}) {
    Entry v = x();
    cr_assert(simplified(tanh_of(op("identity", {v})), dtype) == only);
    cr_assert(simplified(tanh_of(op("stop_gradient", {v})), dtype) == only);
    cr_assert(simplified(tanh_of(op("dropout", {v})), dtype) == only);
    cr_assert(simplified(tanh_of(op("add_n", {v})), dtype) == only);
    cr_assert(simplified(tanh_of(op("concat", {v})), dtype) == only);
    cr_assert(simplified(tanh_of(number("multiply_scalar", v, 1)), dtype) == only);
    cr_assert(simplified(tanh_of(number("divide_scalar", v, 1)), dtype) == only);
    cr_assert(simplified(tanh_of(number("subtract_scalar", v, 0)), dtype) == only);
    cr_assert(simplified(tanh_of(number("add_scalar", v, -0.0)), dtype) == only);
    cr_assert(simplified(tanh_of(op("negative", {op("negative", {v})})), dtype) == only);
    cr_assert(simplified(tanh_of(op("cast", {v}, {{"dtype", dtype}})), dtype) == only);
    cr_assert(simplified(tanh_of(op("reshape", {v}, {{"shape", {0, -1, 2}}})), dtype) == only);
    cr_assert(simplified(tanh_of(op("broadcast_like", {v, v})), dtype) == only);
    cr_assert(simplified(tanh_of(op("reduce_like", {v, v})), dtype) == only);
  }
  for (const char *name : {"abs", "relu", "ceil", "floor", "round", "rint", "trunc", "fix", "sign"}) {
    Entry once = op(name, {x()});
    cr_assert(simplified({op(name, {once})}) == Ops{name});
  }
}

Test(simplify, undoes_widening_casts_only) {
  auto to = [](Entry entry, DType dtype) { return op("cast", {std::move(entry)}, {{"dtype", dtype}}); };
  Entry v = x();
  cr_assert(simplified({op("tanh", {to(to(v, DType::float32), DType::float16)})}, DType::float16) == Ops{"tanh"});
  cr_assert(simplified({op("tanh", {to(to(v, DType::float64), DType::float32)})}) == Ops{"tanh"});
  cr_assert(simplified({op("negative", {to(to(v, DType::float64), DType::int32)})}, DType::int32) == Ops{"negative"});
  cr_assert_eq(simplified({op("tanh", {to(to(v, DType::float16), DType::float32)})}).size(), 3, "loses digits");
  cr_assert_eq(simplified({to(to(v, DType::float64), DType::float16)}).size(), 2, "goes on to another dtype");
}

Test(simplify, joins_reshapes_and_transposes) {
  Entry v = x();
  auto turned = [](Entry entry, std::vector<int64_t> axes) {
    return op("transpose", {std::move(entry)}, {{"axes", axes}});
  };
  Entry flat = op("flatten", {op("expand_dims", {v}, {{"axis", 1}})});
  cr_assert(simplified({flat}) == Ops{"reshape"});
  cr_assert(simplified({op("tanh", {op("reshape_like", {flat, v})})}) == Ops{"tanh"});
  cr_assert(simplified({op("tanh", {turned(turned(v, {1, 2, 0}), {2, 0, 1})})}) == Ops{"tanh"});
  cr_assert(simplified({turned(turned(v, {1, 0, 2}), {0, 2, 1})}) == Ops{"transpose"});
  Entry swapped = op("swapaxes", {v}, {{"dim1", 0}, {"dim2", 2}});
  cr_assert(simplified({op("tanh", {op("transpose", {swapped})})}) == Ops{"tanh"});
  cr_assert(simplified({turned(v, {1, 0, 2})}, DType::float32, {1, 3, 2}) == Ops{"reshape"}, "moves an axis of 1");
  cr_assert(simplified({turned(v, {1, 0, 2})}) == Ops{"transpose"});
  cr_assert_eq(simplified({turned(turned(v, {1, 0, 2}), {0, 2, 1})}, DType::float32, {2, 0, 3}).size(), 1);
}

Test(simplify, parts_that_are_joined_again) {
  Entry v = x(), y = op("tanh", {v});
  Entry halves = op("split", {v}, {{"num_outputs", 2}, {"axis", -1}, {"squeeze_axis", false}});
  Entry slices = op("split", {v}, {{"num_outputs", 2}, {"axis", 2}, {"squeeze_axis", true}});
  auto both = [](const Entry &parts) { return std::vector<Entry>{parts, {parts.node, 1}}; };
  auto swapped = [](const Entry &parts) { return std::vector<Entry>{{parts.node, 1}, parts}; };
  cr_assert(simplified({op("tanh", {op("concat", both(halves), {{"dim", 2}})})}) == Ops{"tanh"});
  cr_assert(simplified({op("tanh", {op("stack", both(slices), {{"axis", 2}})})}) == Ops{"tanh"});
  cr_assert_eq(simplified({op("concat", both(halves), {{"dim", 1}})}).size(), 2, "along another axis");
  cr_assert_eq(simplified({op("concat", swapped(halves), {{"dim", 2}})}).size(), 2, "in another order");
  cr_assert_eq(simplified({op("stack", both(slices), {{"axis", 0}})}).size(), 2, "along another axis");
  Entry joined = op("concat", {y, v}, {{"dim", 0}});
  Entry parts = op("split", {joined}, {{"num_outputs", 2}, {"axis", 0}});
  cr_assert(simplified({op("subtract", both(parts))}) == (Ops{"tanh", "subtract"}));
  Entry thirds = op("split", {op("concat", {y, v, v}, {{"dim", 0}})}, {{"num_outputs", 2}, {"axis", 0}});
  cr_assert_eq(simplified({op("subtract", both(thirds))}).size(), 4, "parts of other sizes");
}

Test(simplify, needs_no_broadcast_before_operators_that_do_it) {
  Entry v = x(), row = op("slice_axis", {v}, {{"axis", 0}, {"begin", 0}, {"end", 1}});
  Entry wide = op("broadcast_like", {row, v});
  cr_assert(simplified({op("multiply", {v, wide})}) == (Ops{"slice_axis", "multiply"}));
  cr_assert(simplified({op("multiply", {wide, wide})}) == (Ops{"slice_axis", "broadcast_like", "multiply"}),
            "nothing else has the whole shape");
  cr_assert(simplified({op("add_n", {v, wide})}) == (Ops{"slice_axis", "broadcast_like", "add_n"}));
}

Test(simplify, equal_nodes_are_one) {
  Entry v = x();
  cr_assert(simplified({op("add", {op("tanh", {v}), op("tanh", {v})})}) == (Ops{"tanh", "add"}));
  auto scaled = [&](double by) { return number("multiply_scalar", v, by); };
  cr_assert_eq(simplified({op("add", {scaled(2), scaled(2)})}).size(), 2);
  cr_assert_eq(simplified({op("add", {scaled(2), scaled(3)})}).size(), 3);
  cr_assert_eq(simplified({op("divide", {number("add_scalar", v, 1), scaled(0.0)})}).size(), 3);
  // 0 and -0 are two numbers.
  cr_assert_eq(simplified({op("maximum", {scaled(0.0), scaled(-0.0)})}).size(), 3);
}

Test(simplify, keeps_what_is_not_exact) {
  Entry v = x();
  cr_assert_eq(simplified({op("tanh", {number("add_scalar", v, 0)})}).size(), 2, "-0 + 0 is 0");
  cr_assert_eq(simplified({op("tanh", {number("subtract_scalar", v, -0.0)})}).size(), 2);
  cr_assert_eq(simplified({op("tanh", {number("multiply_scalar", v, 0)})}).size(), 2, "NaN * 0 is NaN");
  cr_assert_eq(simplified({op("reciprocal", {op("reciprocal", {v})})}).size(), 2);
  cr_assert_eq(simplified({op("relu", {op("abs", {v})})}).size(), 2);
  Entry big = number("multiply_scalar", v, 1);
  cr_assert_eq(simplified({op("negative", {big})}, DType::int64).size(), 2, "integers pass through a double");
}

Test(simplify, random_numbers_and_states_are_not_shared) {
  auto draw = [] { return op("random_uniform", {}, {{"shape", {4}}}); };
  Executor draws({op("subtract", {draw(), draw()})}, {}, {}, GradReq::null);
  draws.forward(false, nullptr);
  for (double value : values_of(*draws.output(0))) cr_assert_neq(value, 0);
  // In training a dropout is one; and in prediction, where others count on the number of draws before theirs.
  Specs specs{spec("x", {4})};
  Executor trains({op("dropout", {x()})}, specs, {"x"}, GradReq::write);
  cr_assert(ops_of(trains).front() == "dropout");
  Entry noise = op("add", {op("dropout", {x()}), op("random_uniform", {}, {{"shape", {4}}})});
  Executor predicts({noise}, specs, {}, GradReq::null);
  cr_assert(ops_of(predicts).front() == "dropout");

  std::vector<Entry> inputs;
  for (const char *name : {"x", "gamma", "beta", "mean", "variance"}) inputs.push_back(variable(name));
  AttrList attrs{{"fix_gamma", false}, {"momentum", 0.5}};
  Entry twice = op("add", {op("batch_norm", inputs, attrs), op("batch_norm", inputs, attrs)});
  Executor norms({twice, op("identity", {inputs[3]}), op("negative", {op("negative", {inputs[3]})})},
                 {spec("x", {2, 1})}, {"x"}, GradReq::write);
  copy_values(*array_of({2, 1}, {1, 3}), *norms.array(ArrayRole::argument, "x"));
  norms.forward(true, nullptr);
  cr_assert_eq(values_of(*norms.array(ArrayRole::auxiliary, "mean"))[0], 1.5, "moved halfway to 2, twice");
  auto ops = ops_of(norms);
  cr_assert_eq(std::count(ops.begin(), ops.end(), "negative"), 2, "a state is read where it was read");
}

Test(simplify, outputs_stay_arrays_of_their_own) {
  Entry v = x(), once = op("tanh", {v}), again = op("tanh", {v});
  Executor executor({op("identity", {v}), once, again, v}, {spec("x", {2})}, {"x"}, GradReq::write);
  executor.forward(true, nullptr);
  cr_assert(executor.output(3) == executor.array(ArrayRole::argument, "x"));
  cr_assert_neq(executor.output(0)->data(), executor.output(3)->data());
  cr_assert_neq(executor.output(1)->data(), executor.output(2)->data());
  executor.backward({array_of({2}, {1, 2}), array_of({2}, {3, 4}), array_of({2}, {5, 6}), nullptr});
  cr_assert(values_of(*executor.array(ArrayRole::gradient, "x")) == (std::vector<double>{10, 13}));
}

Test(simplify, gradients_keep_arrays_of_their_own) {
  Entry a = variable("a"), b = variable("b");
  Executor executor({op("add", {op("identity", {a}), op("reshape", {b}, {{"shape", {2}}})})},
                    {spec("a", {2}), spec("b", {2})}, {"a", "b"}, GradReq::write);
  executor.forward(true, nullptr);
  executor.backward({array_of({2}, {3, 4})});
  for (const char *name : {"a", "b"})
    cr_assert(values_of(*executor.array(ArrayRole::gradient, name)) == (std::vector<double>{3, 4}));
}

// Graphs full of what the rules look for: simplified or not, the bits are the same, forward and backward.
Test(simplify, changes_no_bit_of_random_graphs) {
  std::mt19937 random(9);
  size_t before = 0, after = 0;
  for (int round = 0; round < 120; ++round) {
    DType dtype = round % 2 ? DType::float64 : DType::float32;
    Specs specs{spec("a", {2, 3, 4}, dtype), spec("b", {2, 3, 4}, dtype), spec("c", {1, 3, 1}, dtype)};
    std::vector<Entry> pool{variable("a"), variable("b")};
    Entry small = variable("c");
    auto below = [&](size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); };
    auto pick = [&] { return pool[pool.size() - 1 - below(std::min<size_t>(pool.size(), 5))]; };
    std::vector<int64_t> axes{0, 1, 2};
    for (int k = 0; k < 3 + round % 30; ++k) {
      Entry one = pick(), two = pick();
      std::shuffle(axes.begin(), axes.end(), random);
      std::vector<int64_t> back(3);
      for (size_t axis = 0; axis < 3; ++axis) back[static_cast<size_t>(axes[axis])] = static_cast<int64_t>(axis);
      auto axis = static_cast<int64_t>(below(3));
      const Entry made[] = {
          op("identity", {one}),
          op("tanh", {one}),
          op("multiply", {one, op("broadcast_like", {small, two})}),
          op("add", {one, two}),
          op("subtract", {one, small}),
          op("negative", {op("negative", {one})}),
          number("multiply_scalar", one, below(2) ? 1 : 0.5),
          op("transpose", {op("transpose", {one}, {{"axes", axes}})}, {{"axes", back}}),
          op("reshape_like", {op("flatten", {one}), one}),
          op("cast", {op("cast", {one}, {{"dtype", "float64"}})}, {{"dtype", dtype}}),
          op("concat",
             {op("slice_axis", {one}, {{"axis", axis}, {"begin", 0}, {"end", 1}}),
              op("slice_axis", {two}, {{"axis", axis}, {"begin", 1}, {"end", None{}}})},
             {{"dim", axis}}),
          op("relu", {op("relu", {one})}),
          op("add_n", {one, two, one}),
          op("dropout", {one}, {{"p", 0.0}}),
      };
      pool.push_back(made[below(std::size(made))]);
    }
    Entry every = op("add_n", {pool[0], pool[1], op("broadcast_like", {small, pool[0]}), pool.back()});
    std::vector<Entry> outputs{every, pick()};
    Arrays arrays;
    for (const NamedSpec &known : specs) arrays[known.name] = random_array(random, *known.spec.shape, dtype);
    for (const Names &wanted : {Names{}, Names{"a", "b", "c"}}) {
      Result with = run(outputs, specs, wanted, arrays, ""), without = run(outputs, specs, wanted, arrays, "simplify");
      for (size_t k = 0; k < with.bits.size(); ++k)
        cr_assert(with.bits[k] == without.bits[k], "round %d, result %zu", round, k);
      after += with.ops.size();
      before += without.ops.size();
    }
  }
  cr_assert_lt(after, before * 3 / 4, "got %zu steps of %zu", after, before);
}

}  // namespace cermet::test
