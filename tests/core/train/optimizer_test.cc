// SPDX-License-Identifier: Apache-2.0
// One update of many parameters is the update of each, whatever their sizes, layouts and dtypes, and to the bit.
#include "train/optimizer.h"

#include "base/parallel.h"
#include "check.h"
#include "runtime/engine.h"

namespace cermet::test {
namespace {

const char *const kOptimizers[] = {"sgd", "nag", "signum", "adam", "adamw", "rmsprop", "adagrad", "ftrl"};

Ref<Optimizer> optimizer(const char *name) {
  const Definition &def = registry().find(Kind::optimizer, name);
  return make_ref<Optimizer>(def, Attrs(def, {{"wd", 0.01}, {"clip_gradient", 0.5}}));
}

struct Parameters {
  std::vector<std::string> names;
  std::vector<ArrayRef> weights, grads;
};

// Tiny ones, large ones that threads share, one of float64, one of float16 and a transposed one.
Parameters parameters() {
  std::mt19937 random(3);
  Parameters out;
  auto add = [&](ArrayRef weight, ArrayRef grad) {
    out.names.push_back(cat("w", out.names.size()));
    out.weights.push_back(std::move(weight));
    out.grads.push_back(std::move(grad));
  };
  for (int64_t size : {1, 3, 1000, 70000, 17, 0, 50001, 8})
    add(random_array(random, {size}), random_array(random, {size}));
  for (DType dtype : {DType::float64, DType::float16})
    add(random_array(random, {30, 5}, dtype), random_array(random, {30, 5}, dtype));
  add(transpose_view(*random_array(random, {9, 4}), {}), random_array(random, {4, 9}));
  return out;
}

std::vector<std::vector<double>> values_of_all(const Parameters &all) {
  std::vector<std::vector<double>> out;
  for (const ArrayRef &weight : all.weights) out.push_back(values_of(*weight));
  return out;
}

std::vector<std::vector<double>> together(const char *name, int threads) {
  set_num_threads(threads);
  Parameters all = parameters();
  auto made = optimizer(name);
  for (int step = 0; step < 3; ++step) made->update(all.names, all.weights, all.grads);
  return values_of_all(all);
}

}  // namespace

Test(optimizer, updates_many_as_one_by_one) {
  for (const char *name : kOptimizers) {
    Parameters all = parameters();
    for (size_t k = 0; k < all.names.size(); ++k) {
      auto made = optimizer(name);
      for (int step = 0; step < 3; ++step) made->update({all.names[k]}, {all.weights[k]}, {all.grads[k]});
    }
    auto wanted = values_of_all(all);
    cr_assert(wanted != values_of_all(parameters()));
    for (int threads : {1, 2, 4}) cr_assert(together(name, threads) == wanted, "%s, %d threads", name, threads);
  }
}

Test(optimizer, parameters_may_come_go_and_change_their_order) {
  std::mt19937 random(4);
  auto first = random_array(random, {5}), second = random_array(random, {5}), grad = random_array(random, {5});
  auto copy = [](const ArrayRef &array) { return array_of({5}, values_of(*array)); };
  auto a = copy(first), b = copy(second);
  auto one = optimizer("adam"), a_only = optimizer("adam"), b_only = optimizer("adam");
  one->update({"a"}, {first}, {grad});
  one->update({"a", "b"}, {first, second}, {grad, grad});
  one->update({"b", "a"}, {second, first}, {grad, grad});
  one->set_multipliers("a", 0, 1);
  one->update({"b", "a"}, {second, first}, {grad, grad});
  for (int step = 0; step < 3; ++step) a_only->update({"a"}, {a}, {grad});
  for (int step = 0; step < 3; ++step) b_only->update({"b"}, {b}, {grad});
  cr_assert(values_of(*first) == values_of(*a));
  cr_assert(values_of(*second) == values_of(*b));
}

// In the order in which they are given, as if each were updated alone.
Test(optimizer, weights_may_lie_in_each_other) {
  set_num_threads(4);
  std::mt19937 random(6);
  auto whole = random_array(random, {100000});
  auto part = slice_view(*whole, {20000}, {90000}, {1});
  auto wanted = array_of({100000}, values_of(*whole));
  auto same_part = slice_view(*wanted, {20000}, {90000}, {1});
  auto made = optimizer("sgd"), one = optimizer("sgd"), other = optimizer("sgd");
  made->update({"whole", "part"}, {whole, part}, {whole, part});
  one->update({"whole"}, {wanted}, {wanted});
  other->update({"part"}, {same_part}, {same_part});
  cr_assert(values_of(*whole) == values_of(*wanted));
}

Test(optimizer, updates_wait_for_what_was_queued) {
  Parameters all = parameters(), late = parameters();
  auto made = optimizer("adam"), other = optimizer("adam");
  for (int step = 0; step < 3; ++step) made->update(all.names, all.weights, all.grads);
  set_execution(Execution::async);
  for (int step = 0; step < 3; ++step) other->update(late.names, late.weights, late.grads);
  wait_all();
  cr_assert(values_of_all(late) == values_of_all(all));
}

}  // namespace cermet::test
