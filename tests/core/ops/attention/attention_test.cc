// SPDX-License-Identifier: Apache-2.0
// Attention as one operator against the same in other operators, values and gradients, where queries and keys take
// several blocks.
#include "check.h"
#include "runtime/invoke.h"

namespace cermet::test {
namespace {

struct Case {
  int64_t queries, keys, heads, width, value_width;
  bool causal, masked;
};
constexpr int64_t kBatch = 2;
const std::vector<std::string> kInputs{"query", "key", "value"};

Entry heads_first(const char *name, int64_t steps, int64_t heads, int64_t width) {
  Entry apart = apply_op("reshape", {variable(name)}, {{"shape", {kBatch, steps, heads, width}}});
  return apply_op("transpose", {apart}, {{"axes", {0, 2, 1, 3}}});
}

// `hidden` is added to the scores.
Entry composed(const Case &t) {
  Entry scores = apply_op(
      "batch_dot", {heads_first("query", t.queries, t.heads, t.width), heads_first("key", t.keys, t.heads, t.width)},
      {{"transpose_b", true}});
  scores = apply_op("multiply_scalar", {scores}, {{"scalar", 1 / std::sqrt(static_cast<double>(t.width))}});
  Entry weights = apply_op("softmax", {apply_op("add", {scores, variable("hidden")})}, {{"axis", -1}});
  Entry out = apply_op("batch_dot", {weights, heads_first("value", t.keys, t.heads, t.value_width)});
  out = apply_op("transpose", {out}, {{"axes", {0, 2, 1, 3}}});
  return apply_op("reshape", {out}, {{"shape", {kBatch, t.queries, t.heads * t.value_width}}});
}

Entry fused(const Case &t) {
  std::vector<Entry> inputs{variable("query"), variable("key"), variable("value")};
  if (t.masked) inputs.push_back(variable("mask"));
  return apply_op("scaled_dot_product_attention", inputs,
                  {{"num_heads", t.heads}, {"is_causal", t.causal}, {"use_key_mask", t.masked}});
}

Arrays arrays_of(const Case &t, DType dtype) {
  std::mt19937 random(5);
  Arrays arrays{{"query", random_array(random, {kBatch, t.queries, t.heads * t.width}, dtype)},
                {"key", random_array(random, {kBatch, t.keys, t.heads * t.width}, dtype)},
                {"value", random_array(random, {kBatch, t.keys, t.heads * t.value_width}, dtype)}};
  std::vector<double> mask, hidden;
  for (int64_t k = 0; k < kBatch * t.keys; ++k) mask.push_back(!t.masked || k % 3 != 1 ? 1 : 0);
  for (int64_t n = 0; n < kBatch; ++n)
    for (int64_t q = 0; q < t.queries; ++q)
      for (int64_t k = 0; k < t.keys; ++k)
        hidden.push_back(mask[static_cast<size_t>(n * t.keys + k)] == 0 || (t.causal && k > q) ? -1e30 : 0);
  arrays["mask"] = array_of({kBatch, t.keys}, mask);
  arrays["hidden"] = array_of({kBatch, 1, t.queries, t.keys}, hidden, dtype);
  return arrays;
}

void expect_agreement(const Case &t, DType dtype, double tolerance) {
  std::mt19937 random(6);
  std::vector<ArrayRef> head{random_array(random, {kBatch, t.queries, t.heads * t.value_width}, dtype)};
  Arrays arrays = arrays_of(t, dtype);
  Evaluated got = evaluate({fused(t)}, arrays, kInputs, head), want = evaluate({composed(t)}, arrays, kInputs, head);
  expect_equal(*got.outputs[0], *want.outputs[0], tolerance);
  for (size_t k = 0; k < kInputs.size(); ++k) expect_equal(*got.gradients[k], *want.gradients[k], tolerance);
}

}  // namespace

Test(attention, agrees_with_its_composition) {
  const Case cases[] = {{70, 33, 2, 8, 5, false, false},   {130, 130, 2, 40, 40, true, false},
                        {65, 700, 1, 24, 16, false, true}, {20, 3000, 1, 4, 4, false, false},
                        {40, 90, 3, 16, 8, true, true},    {1, 17, 2, 6, 6, false, true}};
  for (const Case &t : cases) {
    expect_agreement(t, DType::float64, 1e-10);
    expect_agreement(t, DType::float32, 2e-5);
  }
}

Test(attention, a_query_without_keys_gives_zero) {
  Arrays arrays{{"query", array_of({1, 1, 2}, {1, 2})},
                {"key", array_of({1, 2, 2}, {1, 2, 3, 4})},
                {"value", array_of({1, 2, 2}, {5, 6, 7, 8})},
                {"mask", array_of({1, 2}, {0, 0})}};
  Entry out =
      apply_op("scaled_dot_product_attention",
               {variable("query"), variable("key"), variable("value"), variable("mask")}, {{"use_key_mask", true}});
  Evaluated got = evaluate({out}, arrays, kInputs, {nullptr});
  expect_equal(*got.outputs[0], *array_of({1, 1, 2}, {0, 0}));
  for (const ArrayRef &gradient : got.gradients)
    for (double value : values_of(*gradient)) cr_expect(value == 0);
}

namespace {
ArrayRef attend(DType dtype, const Shape &query, const Shape &key, const Shape &value, double first_query = 1) {
  std::vector<ArrayRef> arrays;
  for (const Shape &shape : {query, key, value}) {
    std::vector<double> values(static_cast<size_t>(shape.numel()), 1);
    if (arrays.empty() && !values.empty()) values[0] = first_query;
    arrays.push_back(array_of(shape, values, dtype));
  }
  return invoke_one("scaled_dot_product_attention", arrays, {});
}
}  // namespace

// Then all keys weigh the same; and a head may have nothing to say.
Test(attention, heads_without_width) {
  for (DType dtype : {DType::float32, DType::float64}) {
    expect_equal(*attend(dtype, {1, 2, 0}, {1, 3, 0}, {1, 3, 4}), *array_of({1, 2, 4}, std::vector<double>(8, 1)));
    cr_expect(attend(dtype, {1, 2, 3}, {1, 4, 3}, {1, 4, 0})->shape() == (Shape{1, 2, 0}));
  }
}

Test(attention, a_score_that_is_no_number_shows) {
  for (DType dtype : {DType::float32, DType::float64})
    for (double bad : {std::nan(""), HUGE_VAL}) {
      std::vector<double> got = values_of(*attend(dtype, {1, 2, 1}, {1, 3, 1}, {1, 3, 2}, bad));
      cr_expect(std::isnan(got[0]) && std::isnan(got[1]) && got[2] == 1 && got[3] == 1);
    }
}

}  // namespace cermet::test
