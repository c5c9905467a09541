// SPDX-License-Identifier: Apache-2.0
// Second derivatives in float64 and training mode: the gradient of a gradient against finite differences of it.
#include "autograd/gradient.h"
#include "check.h"

namespace cermet::test {
namespace {

struct Case {
  const char *op;
  AttrList attrs;
  std::vector<Shape> inputs;
  int wanted;  // the first so many inputs are differentiated
  Shape output;
};

std::vector<Case> cases() {
  return {
      {"fully_connected", {{"num_hidden", 3}}, {{2, 4}, {3, 4}, {3}}, 3, {2, 3}},
      {"convolution",
       {{"kernel", {2, 2}}, {"num_filter", 4}, {"num_group", 2}, {"pad", {1, 0}}},
       {{1, 2, 3, 3}, {4, 1, 2, 2}, {4}},
       3,
       {1, 4, 4, 2}},
      {"deconvolution", {{"kernel", {2}}, {"num_filter", 2}, {"stride", {2}}}, {{1, 2, 3}, {2, 2, 2}}, 2, {1, 2, 6}},
      {"pooling", {{"kernel", {2, 2}}}, {{1, 2, 3, 3}}, 1, {1, 2, 2, 2}},
      {"pooling", {{"kernel", {2, 2}}, {"pool_type", "avg"}}, {{1, 2, 3, 3}}, 1, {1, 2, 2, 2}},
      {"batch_norm", {{"fix_gamma", false}}, {{4, 3, 2}, {3}, {3}, {3}, {3}}, 3, {4, 3, 2}},
      {"batch_norm", {{"axis", -1}}, {{4, 3}, {3}, {3}, {3}, {3}}, 3, {4, 3}},
      {"layer_norm", {{"axis", 1}}, {{2, 3, 2}, {3}, {3}}, 3, {2, 3, 2}},
      {"group_norm", {{"num_groups", 2}}, {{2, 4, 3}, {2}, {2}}, 3, {2, 4, 3}},
      {"instance_norm", {}, {{2, 2, 3}, {2}, {2}}, 3, {2, 2, 3}},
      {"activation", {{"act_type", "tanh"}}, {{2, 3}}, 1, {2, 3}},
      {"activation", {{"act_type", "softsign"}}, {{2, 3}}, 1, {2, 3}},
      {"leaky_relu", {{"act_type", "elu"}}, {{2, 3}}, 1, {2, 3}},
      {"leaky_relu", {{"act_type", "gelu"}}, {{2, 3}}, 1, {2, 3}},
      {"leaky_relu", {{"act_type", "prelu"}}, {{2, 3, 2}, {3}}, 2, {2, 3, 2}},
      {"softmax", {{"axis", 1}, {"temperature", 1.5}}, {{2, 3, 2}}, 1, {2, 3, 2}},
      {"log_softmax", {}, {{2, 3}}, 1, {2, 3}},
  };
}

std::string input_name(size_t k) { return cat("x", k); }

// The gradients of a case as a graph over x0, x1 ... and the head "head".
struct Gradients {
  std::vector<Entry> entries;
  std::vector<std::string> wanted{"head"};
  explicit Gradients(const Case &c) {
    std::vector<Entry> inputs, variables;
    for (size_t k = 0; k < c.inputs.size(); ++k) inputs.push_back(variable(input_name(k)));
    for (size_t k = 0; k < static_cast<size_t>(c.wanted); ++k) {
      variables.push_back(inputs[k]);
      wanted.push_back(input_name(k));
    }
    entries = gradient({apply_op(c.op, inputs, c.attrs)}, {variable("head")}, variables);
  }
};

// Sum over all gradients of gradient times direction.
double projected(const Gradients &g, const Arrays &arrays, const std::vector<ArrayRef> &directions) {
  Evaluated values = evaluate(g.entries, arrays, {}, {});
  double sum = 0;
  for (size_t k = 0; k < directions.size(); ++k) {
    auto a = values_of(*values.outputs[k]), b = values_of(*directions[k]);
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  }
  return sum;
}

double slope(const Gradients &g, Arrays arrays, const std::vector<ArrayRef> &directions, const std::string &name,
             size_t at) {
  constexpr double kStep = 1e-5;
  ArrayRef original = arrays.at(name);
  double ends[2];
  for (int side : {0, 1}) {
    auto values = values_of(*original);
    values[at] += side ? kStep : -kStep;
    arrays[name] = array_of(original->shape(), values, DType::float64);
    ends[side] = projected(g, arrays, directions);
  }
  return (ends[1] - ends[0]) / (2 * kStep);
}

}  // namespace

Test(second_derivative, agrees_with_finite_differences_of_the_first) {
  std::mt19937 random(9);
  for (const Case &c : cases()) {
    Gradients g(c);
    Arrays arrays{{"head", random_array(random, c.output, DType::float64)}};
    for (size_t k = 0; k < c.inputs.size(); ++k)
      arrays[input_name(k)] = random_array(random, c.inputs[k], DType::float64);
    std::vector<ArrayRef> directions;
    for (size_t k = 0; k < g.entries.size(); ++k)
      directions.push_back(random_array(random, c.inputs[k], DType::float64));
    Evaluated second = evaluate(g.entries, arrays, g.wanted, directions);
    for (size_t k = 0; k < g.wanted.size(); ++k) {
      auto got = values_of(*second.gradients[k]);
      for (size_t at = 0; at < got.size(); ++at) {
        double want = slope(g, arrays, directions, g.wanted[k], at);
        cr_expect(std::abs(got[at] - want) < 1e-6 * (1 + std::abs(want)), "%s by %s[%zu]: got %g; want %g", c.op,
                  g.wanted[k].c_str(), at, got[at], want);
      }
    }
  }
}

}  // namespace cermet::test
