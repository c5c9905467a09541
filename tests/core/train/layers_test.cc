// SPDX-License-Identifier: Apache-2.0
// Layers: the names of nodes and parameters, which saved models depend on, and the shapes that follow from the data.
#include "check.h"
#include "graph/symbol.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

std::vector<Entry> layer(const char *kind, const char *name, const AttrList &attrs, const Entry &data) {
  return apply(registry().find(Kind::layer, kind), attrs, name, {data});
}

struct Composed {
  const char *kind;
  AttrList attrs;
  Shape data;
  std::vector<std::string> parameters, states;  // of a layer called "a"
  std::string node;                             // that gives the result
  Shape result;
};

std::vector<Composed> composed() {
  std::vector<std::string> weight{"a_weight", "a_bias"}, affine{"a_gamma", "a_beta"};
  return {
      {"dense", {{"units", 3}}, {2, 4, 5}, weight, {}, "a", {2, 3}},
      {"dense", {{"units", 3}, {"activation", "relu"}}, {2, 4}, weight, {}, "a_relu", {2, 3}},
      {"dense", {{"units", 3}, {"flatten", false}, {"use_bias", false}}, {2, 4, 5}, {"a_weight"}, {}, "a", {2, 4, 3}},
      {"conv1d", {{"channels", 3}, {"kernel_size", 2}}, {2, 4, 6}, weight, {}, "a", {2, 3, 5}},
      {"conv2d",
       {{"channels", 3}, {"kernel_size", {3, 2}}, {"padding", 1}, {"activation", "tanh"}},
       {2, 4, 6, 5},
       weight,
       {},
       "a_tanh",
       {2, 3, 6, 6}},
      {"conv3d",
       {{"channels", 4}, {"kernel_size", 2}, {"strides", 2}, {"groups", 2}},
       {1, 2, 4, 4, 4},
       weight,
       {},
       "a",
       {1, 4, 2, 2, 2}},
      {"conv2d_transpose",
       {{"channels", 3}, {"kernel_size", 2}, {"strides", 2}},
       {1, 2, 3, 3},
       weight,
       {},
       "a",
       {1, 3, 6, 6}},
      {"max_pool2d", {}, {1, 2, 6, 5}, {}, {}, "a", {1, 2, 3, 2}},
      {"avg_pool2d", {{"pool_size", 3}, {"strides", 2}, {"ceil_mode", true}}, {1, 2, 6, 6}, {}, {}, "a", {1, 2, 3, 3}},
      {"global_avg_pool2d", {}, {1, 2, 6, 5}, {}, {}, "a", {1, 2, 1, 1}},
      {"batch_norm", {}, {2, 3, 4}, affine, {"a_moving_mean", "a_moving_var"}, "a", {2, 3, 4}},
      {"layer_norm", {}, {2, 3, 4}, affine, {}, "a", {2, 3, 4}},
      {"group_norm", {{"num_groups", 2}}, {2, 4, 3}, affine, {}, "a", {2, 4, 3}},
      {"dropout", {{"rate", 0.5}}, {2, 3}, {}, {}, "a", {2, 3}},
      {"flatten", {}, {2, 3, 4}, {}, {}, "a", {2, 12}},
      {"embedding", {{"input_dim", 10}, {"output_dim", 4}}, {2, 3}, {"a_weight"}, {}, "a", {2, 3, 4}},
      {"activation", {{"act_type", "softsign"}}, {2, 3}, {}, {}, "a", {2, 3}},
      {"leaky_relu", {{"alpha", 0.1}}, {2, 3}, {}, {}, "a", {2, 3}},
      {"prelu", {}, {2, 3}, {"a_gamma"}, {}, "a", {2, 3}},
      {"swish", {}, {2, 3}, {}, {}, "a", {2, 3}},
  };
}

std::vector<std::string> names(const std::vector<Node *> &nodes) {
  std::vector<std::string> out;
  for (const Node *node : nodes)
    if (node->name != "data") out.push_back(node->name);
  return out;
}

}  // namespace

Test(layers, compose_nodes_and_parameters_under_mxnets_names) {
  for (const Composed &row : composed()) {
    std::vector<Entry> result = layer(row.kind, "a", row.attrs, variable("data"));
    Variables variables = list_variables(result);
    cr_expect(names(variables.arguments) == row.parameters, "%s: parameters %s", row.kind,
              join(names(variables.arguments), " ").c_str());
    cr_expect(names(variables.auxiliary_states) == row.states, "%s: states", row.kind);
    cr_expect(result.size() == 1 && result[0].node->name == row.node, "%s: node %s", row.kind,
              result[0].node->name.c_str());
    Inferred inferred = infer(result, {spec("data", row.data)}, true);
    cr_expect(*inferred.of(result[0]).shape == row.result, "%s: result", row.kind);
  }
}

Test(layers, parameters_that_are_not_learned_have_rate_zero) {
  std::vector<Entry> result = layer("layer_norm", "a", {{"center", false}}, variable("data"));
  for (const Node *node : list_variables(result).arguments) {
    bool frozen = node->user_attrs.count("__lr_mult__") != 0;
    cr_expect(frozen == (node->name == "a_beta"), "%s", node->name.c_str());
  }
}

Test(layers, one_number_stands_for_all_axes_and_a_wrong_count_is_refused) {
  auto make = [](AttrValue size) {
    return [size] { layer("conv2d", "a", {{"channels", 1}, {"kernel_size", size}}, variable("data")); };
  };
  cr_expect(status_of(make(3)) == Status::ok);
  cr_expect(status_of(make(std::vector<int64_t>{3, 3})) == Status::ok);
  cr_expect(status_of(make(std::vector<int64_t>{3, 3, 3})) == Status::invalid_argument);
  cr_expect(status_of(make(0)) == Status::invalid_argument);
}

}  // namespace cermet::test
