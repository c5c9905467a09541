// SPDX-License-Identifier: Apache-2.0
#include "runtime/invoke.h"

#include <future>
#include <thread>

#include "check.h"
#include "runtime/engine.h"
#include "schema/registry.h"

namespace cermet::test {

// A state is written like an output: earlier readers are waited for, and recordings see that it changed.
Test(invoke, orders_the_states_that_an_operator_changes) {
  auto x = array_of({2, 1}, {1, 3}), one = array_of({1}, {1}), zero = array_of({1}, {0});
  auto mean = array_of({1}, {10}), variance = array_of({1}, {1});
  std::promise<void> open;
  auto may_read = std::make_shared<std::future<void>>(open.get_future());
  double seen = -1;
  set_execution(Execution::async);
  submit({"reads", {mean->storage()}, {}, [&seen, mean, may_read] {
            may_read->wait();
            seen = values_of(*mean)[0];
          }});
  set_execution(Execution::inline_);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    open.set_value();
  });
  uint64_t version = mean->storage()->version();
  const Definition &op = find_op("batch_norm");
  Recorder train(true);
  invoke(op, Attrs(op, {{"momentum", 0.5}}), {x, one, zero, mean, variance}, &train, nullptr);
  later.join();
  cr_assert_eq(seen, 10);
  cr_assert_eq(values_of(*mean)[0], 6);  // half of 10 and half of 2
  cr_assert_gt(mean->storage()->version(), version);
}

// A kernel may read ahead: a state that lies in another input's memory is changed apart from it.
Test(invoke, states_may_overlap_other_inputs) {
  std::vector<double> count(40);
  for (size_t k = 0; k < count.size(); ++k) count[k] = static_cast<double>(k);
  auto base = array_of({40}, count), grad = array_of({20}, std::vector<double>(20, 0));
  auto part = [&](int64_t first) {
    return make_ref<NDArray>(base->storage(), Shape{20}, dense_strides({20}), first * 4, DType::float32);
  };
  const Definition &op = find_op("sgd_mom_update");
  auto out = invoke(op, Attrs(op, {{"lr", 1.0}, {"momentum", 0.5}}), {part(0), grad, part(2)}, nullptr, nullptr);
  std::vector<double> got = values_of(*out[0]);
  for (size_t k = 0; k < 20; ++k) cr_expect(got[k] == count[k] + 0.5 * count[k + 2], "%zu: got %g", k, got[k]);
}

}  // namespace cermet::test
