// SPDX-License-Identifier: Apache-2.0
// Graphs in mixed precision: where casts stand, that names and dtypes of variables and outputs stay, and that every
// operator is what its definition says.
#include "graph/mixed_precision.h"

#include "base/json.h"
#include "check.h"
#include "graph/symbol.h"
#include "runtime/executor.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

Entry op(const char *name, std::vector<Entry> inputs, const AttrList &attrs, const char *node) {
  return cermet::apply(find_op(name), attrs, node, inputs).front();
}
Entry dense(Entry data, int64_t units, const char *node) {
  return op("fully_connected", {std::move(data)}, {{"num_hidden", units}}, node);
}

std::vector<std::string> names(const std::vector<Node *> &nodes) {
  std::vector<std::string> out;
  for (const Node *node : nodes) out.push_back(node->name);
  return out;
}

int count(const std::vector<Entry> &outputs, const std::string &name) {
  int found = 0;
  for (const Node *node : topological_order(outputs)) found += node->op && node->op->name == name;
  return found;
}

DType dtype_of_node(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known, const std::string &name) {
  Inferred inferred = infer(outputs, known, true);
  for (Node *node : inferred.order)
    if (node->name == name) return *inferred.specs.at(node)[0].dtype;
  cr_assert(false, "no node %s", name.c_str());
  return DType::float32;
}

// data -> dense -> relu -> norm -> dense, and a way around; then a loss.
std::vector<Entry> net() {
  Entry hidden = op("activation", {dense(variable("data"), 8, "one")}, {{"act_type", "relu"}}, "relu");
  Entry normal = op("batch_norm", {hidden}, {{"fix_gamma", false}}, "norm");
  Entry sum = op("add", {dense(normal, 8, "two"), hidden}, {}, "sum");
  return {op("softmax_output", {dense(sum, 3, "three")}, {{"normalization", "batch"}}, "head"), sum};
}
std::vector<NamedSpec> net_specs() { return {spec("data", {4, 6}), spec("head_label", {4})}; }

}  // namespace

Test(mixed_precision, each_computes_where_its_definition_says) {
  auto mixed = mixed_precision(net(), DType::bfloat16);
  for (const char *narrow : {"one", "relu", "norm", "two", "sum_bfloat16", "three"})
    cr_expect_eq(dtype_of_node(mixed, net_specs(), narrow), DType::bfloat16, "%s", narrow);
  for (const char *wide : {"head", "sum", "norm_gamma", "norm_moving_mean", "one_weight"})
    cr_expect_eq(dtype_of_node(mixed, net_specs(), wide), DType::float32, "%s", wide);
}

Test(mixed_precision, keeps_names_and_dtypes) {
  auto plain = net(), mixed = mixed_precision(plain, DType::float16);
  cr_assert(names(list_variables(mixed).arguments) == names(list_variables(plain).arguments));
  cr_assert(names(list_variables(mixed).auxiliary_states) == names(list_variables(plain).auxiliary_states));
  cr_assert(output_names(mixed) == output_names(plain));
  cr_assert_eq(count(plain, "amp_cast"), 0, "the graph that was given stays as it was");
  cr_assert(output_names(plain) == output_names(net()));
  Inferred inferred = infer(mixed, net_specs(), true);
  for (const Entry &entry : mixed) cr_assert_eq(*inferred.of(entry).dtype, DType::float32);
  verify(mixed);
  verify(from_json(to_json(mixed)));
}

Test(mixed_precision, casts_a_value_once) {
  Entry x = variable("x"), w = variable("w");
  auto product = [&](const char *name) { return op("dot", {x, w}, {}, name); };
  Entry all = op("add_n", {product("a"), product("b"), product("c")}, {}, "all");
  auto mixed = mixed_precision({all, all}, DType::bfloat16);
  cr_assert_eq(count(mixed, "amp_cast"), 3);  // x, w and the output
  cr_assert_eq(count(mixed, "amp_multicast"), 0);
  cr_assert(mixed[0] == mixed[1]);
}

Test(mixed_precision, joins_in_the_widest_dtype) {
  Entry x = variable("x");
  Entry sum = op("add", {dense(x, 6, "fc"), x}, {}, "sum");
  Entry y = dense(op("relu", {op("add", {sum, x}, {}, "more")}, {}, "relu"), 2, "out");
  auto mixed = mixed_precision({y}, DType::bfloat16);
  std::vector<NamedSpec> known{spec("x", {4, 6})};
  for (const char *name : {"sum", "more", "relu"}) cr_expect_eq(dtype_of_node(mixed, known, name), DType::float32);
  for (const char *name : {"fc", "out_bfloat16"}) cr_expect_eq(dtype_of_node(mixed, known, name), DType::bfloat16);
}

Test(mixed_precision, twice_is_once) {
  for (auto &outputs :
       {net(), std::vector<Entry>{op("add", {dense(variable("x"), 6, "fc"), variable("y")}, {}, "sum")}}) {
    auto once = mixed_precision(outputs, DType::bfloat16);
    std::string text = to_json(once);
    cr_assert_eq(to_json(mixed_precision(once, DType::bfloat16)), text);
  }
}

Test(mixed_precision, refuses_other_dtypes) {
  for (DType dtype : {DType::float32, DType::float64, DType::int32})
    cr_expect_eq(status_of([&] { mixed_precision(net(), dtype); }), Status::invalid_argument);
}

// Operators that follow their inputs, and those that compute in 16 bits, take 16-bit inputs, but for those with a dtype
// of their own, and give such outputs.
Test(mixed_precision, definitions_are_true) {
  int cases = 0;
  for (const Definition *def : registry().all(Kind::op)) {
    bool follows = def->precision == Precision::widest || def->precision == Precision::narrow;
    if (!follows || def->internal || def->samples.empty() || def->family == "optimizer") continue;
    const Sample &sample = def->samples.front();
    std::vector<Entry> inputs;
    std::vector<NamedSpec> specs;
    bool floats = !sample.inputs.empty();
    for (size_t k = 0; k < sample.inputs.size(); ++k) {
      specs.push_back(spec(cat("x", k), sample.inputs[k].shape, sample.inputs[k].dtype));
      inputs.push_back(variable(specs.back().name));
    }
    std::vector<Entry> outputs = cermet::apply(*def, sample.attrs, "node", inputs);
    const Node &node = *outputs[0].node;
    for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
      if (!node.inputs[slot]) continue;
      const InputDef &input = node.input_def(slot);
      bool own = input.has_own_dtype() || input.index || input.role == Role::label || input.role == Role::state;
      for (NamedSpec &known : specs) {
        if (known.name != node.inputs[slot].node->name || own) continue;
        floats = floats && known.spec.dtype == DType::float32;
        known.spec.dtype = DType::bfloat16;
      }
    }
    if (!floats || node.op != def) continue;
    ++cases;
    try {
      Inferred inferred = infer(outputs, specs, true);
      for (const Entry &output : outputs)
        cr_expect_eq(*inferred.of(output).dtype, DType::bfloat16,
                     "%s: its outputs do not have the dtype of its inputs; want Precision::own", def->name.c_str());
    } catch (const Error &error) {
      cr_expect(false, "%s: %s; want kOwnDType for some input", def->name.c_str(), error.what());
    }
  }
  cr_assert_gt(cases, 80);
}

namespace {

// Gradients by all arguments in a plan, at these values.
std::vector<std::vector<double>> gradients_of(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known,
                                              const Arrays &arrays, DType dtype) {
  std::vector<std::string> wanted;
  for (const Node *node : list_variables(outputs).arguments)
    if (node->name.find("label") == std::string::npos) wanted.push_back(node->name);
  Executor executor(outputs, known, wanted, GradReq::write);
  for (const NamedSpec &variable : executor.variables()) {
    auto role = std::find(wanted.begin(), wanted.end(), variable.name) != wanted.end() ||
                        variable.name.find("label") != std::string::npos
                    ? ArrayRole::argument
                    : ArrayRole::auxiliary;
    auto copy = make_ref<NDArray>(*variable.spec.shape, dtype);
    copy_values(*arrays.at(variable.name), *copy);
    executor.set_array(role, variable.name, copy);
  }
  executor.forward(true, nullptr);
  executor.backward({});
  std::vector<std::vector<double>> out{values_of(*executor.output(0))};
  for (const std::string &name : wanted) out.push_back(values_of(*executor.array(ArrayRole::gradient, name)));
  return out;
}

double distance(const std::vector<double> &a, const std::vector<double> &b) {
  double difference = 0, size = 0;
  for (size_t k = 0; k < a.size(); ++k) difference += (a[k] - b[k]) * (a[k] - b[k]), size += b[k] * b[k];
  // Some gradients are zero but for rounding, as that of a bias before a batch normalisation.
  return std::sqrt(size) < 1e-9 ? 0 : std::sqrt(difference / size);
}

// Within the rounding of `dtype` of what float64 gives.
void expect_near_float64(const std::vector<Entry> &outputs, std::vector<NamedSpec> known) {
  std::mt19937 random(3);
  Arrays arrays;
  Inferred inferred = infer(outputs, known, true);
  for (Node *node : inferred.order)
    if (node->is_variable()) {
      arrays[node->name] = random_array(random, *inferred.specs.at(node)[0].shape);
      if (node->name.find("label") != std::string::npos)
        for (int64_t k = 0; k < arrays[node->name]->numel(); ++k)
          arrays[node->name]->data_as<float>()[k] = static_cast<float>(k % 3);
      if (node->name.find("var") != std::string::npos)
        for (int64_t k = 0; k < arrays[node->name]->numel(); ++k) arrays[node->name]->data_as<float>()[k] = 1;
    }
  std::vector<NamedSpec> wide = known;
  for (NamedSpec &one : wide) one.spec.dtype = DType::float64;
  auto want = gradients_of(outputs, wide, arrays, DType::float64);
  for (auto [dtype, tolerance] : {std::pair(DType::bfloat16, 0.03), {DType::float16, 0.004}}) {
    auto got = gradients_of(mixed_precision(outputs, dtype), known, arrays, DType::float32);
    for (size_t k = 0; k < want.size(); ++k)
      cr_expect(distance(got[k], want[k]) < tolerance, "%s, value %zu: %g of it away", dtype_name(dtype), k,
                distance(got[k], want[k]));
  }
}

}  // namespace

Test(mixed_precision, gradients_are_those_of_float64_within_rounding) {
  expect_near_float64({net()[0]}, net_specs());
  Entry data = variable("data");
  Entry image = op("convolution", {data}, {{"kernel", {3, 3}}, {"num_filter", 8}, {"pad", {1, 1}}}, "conv");
  image = op("activation", {op("batch_norm", {image}, {{"fix_gamma", false}}, "norm")}, {{"act_type", "relu"}}, "relu");
  image = op("pooling", {image}, {{"kernel", {2, 2}}, {"stride", {2, 2}}, {"pool_type", "max"}}, "pool");
  image = op("deconvolution", {image}, {{"kernel", {2, 2}}, {"num_filter", 4}, {"no_bias", false}}, "deconv");
  expect_near_float64({op("softmax_output", {dense(image, 3, "fc")}, {}, "head")},
                      {spec("data", {4, 3, 8, 8}), spec("head_label", {4})});
  Entry x = variable("x"), normal = op("layer_norm", {x}, {}, "ln");
  auto projected = [&](const char *name) {
    return op("fully_connected", {normal}, {{"num_hidden", 8}, {"flatten", false}}, name);
  };
  Entry seen =
      op("scaled_dot_product_attention", {projected("q"), projected("k"), projected("v")}, {{"num_heads", 2}}, "att");
  Entry out = op("add", {x, op("fully_connected", {seen}, {{"num_hidden", 8}, {"flatten", false}}, "o")}, {}, "res");
  expect_near_float64({op("square", {out}, {}, "y")}, {spec("x", {2, 5, 8})});
  Entry steps = op("rnn", {variable("s"), variable("p"), variable("h"), variable("c")},
                   {{"mode", "lstm"}, {"state_size", 4}, {"num_layers", 2}, {"bidirectional", true}}, "lstm");
  expect_near_float64({op("square", {steps}, {}, "y")},
                      {spec("s", {3, 2, 5}), spec("h", {4, 2, 4}), spec("c", {4, 2, 4})});
}

}  // namespace cermet::test
