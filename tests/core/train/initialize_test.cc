// SPDX-License-Identifier: Apache-2.0
// Which initializer a variable gets: its own, by its name, by the input that it feeds, or the general one.
#include "train/initialize.h"

#include "check.h"
#include "graph/symbol.h"

namespace cermet::test {
namespace {

Entry apply_op(const char *op, const std::vector<Entry> &inputs, const AttrList &attrs) {
  return apply(registry().find(Kind::op, op), attrs, op, inputs).front();
}

Ref<Model> initialized(const Entry &output) {
  auto model = make_ref<Model>(make_ref<Symbol>(std::vector<Entry>{output}));
  Rng rng(1);
  initialize(*model, {spec("data", {2, 3})}, nullptr, Attrs(), rng);
  return model;
}

void expect_all(const Model &model, const char *name, double want) {
  for (double value : values_of(*model.parameter(name)))
    cr_assert_eq(value, want, "%s: got %g; want %g", name, value, want);
}

}  // namespace

Test(initialize, goes_by_the_input_where_the_name_says_nothing) {
  Entry hidden = apply_op("fully_connected", {variable("data"), variable("w"), variable("b")}, {{"num_hidden", 4}});
  Entry scaled = apply_op("layer_norm", {hidden, variable("factor"), variable("offset")}, {});
  auto model = initialized(scaled);
  expect_all(*model, "b", 0);
  expect_all(*model, "factor", 1);
  expect_all(*model, "offset", 0);
  for (double value : values_of(*model->parameter("w"))) cr_assert_neq(value, 0);
}

Test(initialize, goes_by_the_name_before_the_input) {
  Entry hidden =
      apply_op("fully_connected", {variable("data"), variable("w"), variable("my_gamma")}, {{"num_hidden", 4}});
  expect_all(*initialized(hidden), "my_gamma", 1);
}

Test(initialize, goes_by_the_variable_itself_before_all) {
  Entry bias = variable("fc_bias");
  bias.node->user_attrs["__init__"] = "[\"constant\", {\"value\": 3}]";
  expect_all(*initialized(apply_op("fully_connected", {variable("data"), variable("w"), bias}, {{"num_hidden", 4}})),
             "fc_bias", 3);
}

}  // namespace cermet::test
