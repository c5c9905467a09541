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

}  // namespace cermet::test
