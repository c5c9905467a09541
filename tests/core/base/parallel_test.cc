// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <atomic>

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

namespace cermet::test {
namespace {

// Sum of 0 to count - 1, each number added by the chunk that it falls to.
int64_t sum_below(int64_t count) {
  std::atomic<int64_t> sum{0};
  parallel_for(count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) sum += k;
  });
  return sum;
}

}  // namespace

Test(parallel, every_iteration_runs_once) {
  for (int threads : {1, 2, 4}) {
    set_num_threads(threads);
    for (int64_t count : {0, 1, 2, 3, 7, 64, 1000}) cr_assert_eq(sum_below(count), count * (count - 1) / 2);
  }
}

Test(parallel, a_failure_in_any_chunk_reaches_the_caller) {
  set_num_threads(4);
  for (int64_t bad : {0, 500, 999})
    cr_assert_eq(status_of([&] {
                   parallel_for(1000, 1, [&](int64_t begin, int64_t end) {
                     if (begin <= bad && bad < end) throw Error(Status::device, "chunk", "failed");
                   });
                 }),
                 Status::device);
  cr_assert_eq(
      status_of([] { parallel_for(1000, 1, [](int64_t, int64_t) { throw Error(Status::limit, "chunk", "failed"); }); }),
      Status::limit, "one of many failures");
  cr_assert_eq(sum_below(1000), 499500);
}

// OpenMP's workers are not there: a loop that counted on them would wait for ever.
Test(parallel, a_forked_child_has_one_thread, .timeout = 60) {
  set_num_threads(4);
  cr_assert_eq(sum_below(1000), 499500);
  pid_t child = fork();
  if (child == 0) {
    alarm(5);
    bool refused = status_of([] { set_num_threads(4); }) == Status::unsupported;
    bool right = sum_below(1000) == 499500 && num_threads() == 1;
    bool still = status_of([] { set_num_threads(4); }) == Status::unsupported;
    set_num_threads(1);
    _exit(!refused + 2 * !right + 4 * !still);
  }
  int status = 0;
  waitpid(child, &status, 0);
  cr_assert(WIFEXITED(status), "the child hung");
  cr_assert_eq(WEXITSTATUS(status), 0);
  cr_assert_eq(sum_below(1000), 499500, "the parent does not mind");
  cr_assert_eq(num_threads(), 4);
}

}  // namespace cermet::test
