// SPDX-License-Identifier: Apache-2.0
#include "model/session.h"

#include "check.h"
#include "runtime/engine.h"

namespace cermet::test {
namespace {

struct Scaled {
  Entry product = apply_op("multiply", {variable("x"), variable("w")}, {}, "product");
  Ref<Model> model = make_ref<Model>(make_ref<Symbol>(std::vector<Entry>{product}));
  Scaled() { model->set_parameter("w", array_of({1, 2}, {2, 3})); }
};

void write(const ArrayRef &array, const std::vector<double> &values) {
  copy_values(*array_of(array->shape(), values), *array);
}

}  // namespace

Test(session, predicts_with_the_parameters_of_the_model) {
  Scaled scaled;
  Session session(scaled.model, {spec("x", {2, 2})});
  write(session.input("x"), {1, 2, 3, 4});
  session.run();
  cr_assert(values_of(*session.output(0)) == std::vector<double>({2, 6, 6, 12}));
  write(scaled.model->parameter("w"), {10, 10});
  session.run();
  cr_assert(values_of(*session.output(0)) == std::vector<double>({10, 20, 30, 40}));
  scaled.model->set_parameter("w", array_of({1, 2}, {1, 0}));
  session.run();
  cr_assert(values_of(*session.output(0)) == std::vector<double>({1, 0, 3, 0}));
}

Test(session, plans_what_it_uses_and_shares_parameters) {
  Scaled scaled;
  int64_t before = bytes_in_use();
  Session one(scaled.model, {spec("x", {100, 2})}), two(scaled.model, {spec("x", {100, 2})});
  cr_assert_eq(bytes_in_use(), before);
  one.run();
  cr_assert_eq(bytes_in_use() - before, one.planned_bytes());
  two.run();
  cr_assert_eq(bytes_in_use() - before, 2 * one.planned_bytes());
}

Test(session, takes_other_shapes) {
  Scaled scaled;
  Session session(scaled.model, {spec("x", {1, 2})});
  for (int round = 0; round < 3; ++round)
    for (int64_t batch : {1, 3, 2}) {
      session.reshape({spec("x", {batch, 2})});
      write(session.input("x"), std::vector<double>(static_cast<size_t>(2 * batch), 1));
      session.run();
      cr_assert_eq(session.output(0)->shape()[0], batch);
      cr_assert_eq(values_of(*session.output(0))[1], 3);
    }
  int64_t before = bytes_in_use();
  for (int64_t batch : {1, 3, 2}) {
    session.reshape({spec("x", {batch, 2})});
    session.run();
  }
  cr_assert_eq(bytes_in_use(), before);
  cr_assert_eq(status_of([&] { session.reshape({spec("x", {2, 3})}); }), Status::shape);
  cr_assert_eq(status_of([&] { session.reshape({}); }), Status::not_found);
  session.run();  // still as it was
  cr_assert_eq(session.output(0)->shape()[0], 2);
}

Test(session, refuses_models_without_values_and_unknown_inputs) {
  Scaled scaled;
  cr_assert_eq(status_of([&] { Session(scaled.model, {}); }), Status::not_found);
  cr_assert_eq(status_of([&] { Session(scaled.model, {spec("x", {1, 2}), spec("z", {1})}); }), Status::not_found);
  Session session(scaled.model, {spec("x", {1, 2})});
  cr_assert_eq(status_of([&] { session.input("w"); }), Status::not_found);
  cr_assert_eq(status_of([&] { session.output(0); }), Status::invalid_argument);
}

}  // namespace cermet::test
