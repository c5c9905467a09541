// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine.h"

#include <future>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

ArrayRef scalar(double value) { return array_of({1}, {value}); }
double value_of(const ArrayRef &array) {
  wait_to_read(*array->storage());
  return values_of(*array)[0];
}

// An operation that writes `array` when told to, or fails then.
class Gate {
 public:
  explicit Gate(const ArrayRef &array, bool fails = false) {
    auto open = std::make_shared<std::future<void>>(gate_.get_future());
    submit({"gate", {}, {array->storage()}, [open, fails, array] {
              open->wait();
              if (fails) throw Error(Status::invalid_argument, "data", "got a bad value");
            }});
  }
  void open() { gate_.set_value(); }

 private:
  std::promise<void> gate_;
};

void add_into(const ArrayRef &target, const ArrayRef &a, const ArrayRef &b) {
  const Definition &add = find_op("add");
  std::vector<ArrayRef> inputs{a, b}, outputs{target};
  invoke(add, Attrs(add, {}), inputs, nullptr, nullptr, outputs);
}

Error caught(const ArrayRef &array) {
  try {
    wait_to_read(*array->storage());
  } catch (const Error &error) {
    return error;
  }
  return Error(Status::ok, "");
}

// Exit code of a forked child that runs `body`, which says whether all went well.
template <class Body>
int in_child(Body &&body) {
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Test(engine, keeps_the_order_of_calls) {
  set_execution(Execution::async);
  auto sum = scalar(0), one = scalar(1), copy = scalar(0);
  Gate gate(sum);
  for (int k = 0; k < 100; ++k) add_into(sum, sum, one);
  add_into(copy, sum, one);  // reads what was written
  add_into(sum, one, one);   // writes after the read
  auto late = invoke_one("add", {copy, sum});
  gate.open();
  cr_assert_eq(value_of(copy), 101);
  cr_assert_eq(value_of(sum), 2);
  cr_assert_eq(value_of(late), 103);
  wait_all();
}

Test(engine, orders_views_of_one_storage) {
  set_execution(Execution::async);
  auto whole = array_of({4}, {1, 2, 3, 4});
  auto part = slice_view(*whole, {1}, {3}, {1});
  Gate gate(whole);
  add_into(part, part, part);
  auto doubled = invoke_one("add", {whole, whole});
  gate.open();
  wait_all();
  cr_assert(values_of(*doubled) == std::vector<double>({2, 8, 12, 8}));
}

Test(engine, keeps_a_failure_and_raises_it_once) {
  set_execution(Execution::async);
  auto bad = scalar(0), one = scalar(1), same = scalar(0), fresh = scalar(0);
  Gate gate(bad, true);
  auto spoiled = invoke_one("add", {bad, one});
  add_into(bad, bad, one);   // needs the spoiled values
  add_into(same, one, one);  // does not
  gate.open();
  for (const ArrayRef &array : {spoiled, bad}) {
    Error error = caught(array);
    cr_assert_eq(error.status, Status::invalid_argument);
    cr_assert_str_eq(error.op.c_str(), "gate");
    cr_assert_eq(caught(array).status, Status::ok);
  }
  cr_assert_eq(value_of(same), 2);
  wait_all();  // it was looked at
}

Test(engine, forgets_a_failure_when_all_is_written_anew) {
  set_execution(Execution::async);
  auto bad = array_of({2}, {0, 0}), one = array_of({2}, {1, 1});
  Gate gate(bad, true);
  add_into(slice_view(*bad, {0}, {1}, {1}), scalar(1), scalar(1));  // the other half stays spoiled
  gate.open();
  cr_assert_eq(status_of([&] { wait_all(); }), Status::invalid_argument);
  wait_all();
  cr_assert_eq(caught(bad).status, Status::invalid_argument);
  Gate again(bad, true);
  add_into(bad, one, one);
  again.open();
  cr_assert_eq(value_of(bad), 2);
}

// A reader is at work, a writer waits for it, and a second reader comes: it sees what the writer writes.
Test(engine, nobody_overtakes_a_waiting_writer) {
  set_execution(Execution::async);
  auto array = scalar(0), one = scalar(1);
  auto open = std::make_shared<std::promise<void>>();
  auto seen = std::make_shared<double>(-1);
  submit({"reads", {array->storage()}, {}, [=] {
            open->get_future().wait();
            *seen = values_of(*array)[0];
          }});
  add_into(array, one, one);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    open->set_value();
  });
  cr_assert_eq(value_of(array), 2);
  later.join();
  cr_assert_eq(*seen, 0);
}

Test(engine, a_writer_on_this_thread_waits_for_readers) {
  set_execution(Execution::async);
  auto array = scalar(0), one = scalar(1);
  auto open = std::make_shared<std::promise<void>>();
  auto seen = std::make_shared<double>(-1);
  submit({"reads", {array->storage()}, {}, [=] {
            open->get_future().wait();
            *seen = values_of(*array)[0];
          }});
  set_execution(Execution::inline_);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    open->set_value();
  });
  add_into(array, one, one);
  later.join();
  cr_assert_eq(*seen, 0);
  cr_assert_eq(value_of(array), 2);
}

Test(engine, a_queued_writer_waits_for_readers) {
  set_execution(Execution::async);
  auto array = scalar(0), one = scalar(1);
  std::promise<void> started, open;
  double seen = -1;
  std::thread reader([&] {
    run_now({"reads", {array->storage()}, {}, [&] {
               started.set_value();
               open.get_future().wait();
               seen = values_of(*array)[0];
             }});
  });
  started.get_future().wait();
  add_into(array, one, one);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // for the worker, if it were to begin
  open.set_value();
  reader.join();
  cr_assert_eq(seen, 0);
  cr_assert_eq(value_of(array), 2);
}

Test(engine, inline_failures_are_the_callers) {
  auto array = scalar(5);
  cr_assert_eq(status_of([&] {
                 submit({"fails", {}, {array->storage()}, [] { throw Error(Status::device, "", "x"); }});
               }),
               Status::device);
  cr_assert_eq(value_of(array), 5);
  wait_all();
}

Test(engine, threads_share_an_array) {
  auto sum = array_of({1}, {0}, DType::float64), one = array_of({1}, {1}, DType::float64);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int k = 0; k < 2000; ++k) add_into(sum, sum, one);
    });
  for (std::thread &thread : threads) thread.join();
  cr_assert_eq(value_of(sum), 8000);
}

Test(engine, executors_wait_for_earlier_work_on_their_arrays) {
  Entry x = variable("x");
  Executor executor({apply_op("add", {x, x})}, {spec("x", {1})}, {}, GradReq::null);
  auto input = executor.array(ArrayRole::argument, "x"), one = scalar(1);
  set_execution(Execution::async);
  Gate gate(input);
  add_into(input, input, one);
  std::thread later([&] { gate.open(); });
  executor.forward(false, nullptr);
  later.join();
  cr_assert_eq(value_of(executor.output(0)), 2);
  Gate bad(input, true);
  bad.open();
  cr_assert_eq(status_of([&] { executor.forward(false, nullptr); }), Status::invalid_argument);
  add_into(input, one, one);
  executor.forward(false, nullptr);
  cr_assert_eq(value_of(executor.output(0)), 4);
}

Test(engine, recordings_do_not_mind_that_values_come_late) {
  set_execution(Execution::async);
  auto x = scalar(3);
  Gate gate(x);
  auto recorder = make_ref<Recorder>(true);
  const Definition &multiply = find_op("multiply");
  std::vector<ArrayRef> square = invoke(multiply, Attrs(multiply, {}), {x, x}, recorder.get(), nullptr);
  gate.open();
  auto gradient = recorded_gradient(*recorder, square, {nullptr}, {x}, false);
  cr_assert_eq(value_of(gradient[0]), 6);
}

Test(engine, a_forked_child_goes_on) {
  set_execution(Execution::async);
  auto busy = scalar(0), idle = scalar(1);
  value_of(invoke_one("add", {idle, idle}));  // the worker runs
  Gate gate(busy);
  auto waits = invoke_one("add", {busy, idle});
  int code = in_child([&] {
    bool works = value_of(invoke_one("add", {idle, idle})) == 2;
    bool told = caught(waits).status == Status::cancelled && caught(busy).status == Status::cancelled;
    wait_all();
    set_execution(Execution::inline_);
    return works && told && value_of(invoke_one("add", {idle, idle})) == 2;
  });
  gate.open();
  cr_assert_eq(code, 0);
  cr_assert_eq(value_of(waits), 1);
}

// They wait for each other as in any process, and take nothing for the parent's.
Test(engine, a_forked_child_may_have_threads) {
  auto sum = scalar(0), one = scalar(1);
  add_into(sum, sum, one);
  int code = in_child([&] {
    std::promise<void> started;
    std::thread first([&] {
      run_now({"holds", {sum->storage()}, {sum->storage()}, [&] {
                 started.set_value();
                 std::this_thread::sleep_for(std::chrono::milliseconds(20));
                 sum->data_as<float>()[0] *= 5;
               }});
    });
    started.get_future().wait();
    bool fine = status_of([&] { add_into(sum, sum, one); }) == Status::ok;
    first.join();
    return fine && value_of(sum) == 6;
  });
  cr_assert_eq(code, 0);
}

}  // namespace cermet::test
