// SPDX-License-Identifier: Apache-2.0
#include "base/fork_mutex.h"

#include <future>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

namespace cermet::test {
namespace {

// Exit code of a forked child that runs `body`, which says whether all went well; -1 if it hung.
template <class Body>
int in_child(Body &&body) {
  pid_t child = fork();
  if (child == 0) {
    alarm(5);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Threads that come all at once exclude each other; says how many found that the lock had stayed behind, -1 if two were
// inside at once.
int taken_over_by_threads(ForkMutex &mutex) {
  int64_t count = 0;
  std::atomic<int> taken_over{0}, waiting{4};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (--waiting; waiting > 0;) std::this_thread::yield();
      for (int k = 0; k < 2000; ++k) {
        if (!mutex.lock()) ++taken_over;
        ++count;
        mutex.unlock();
      }
    });
  for (std::thread &thread : threads) thread.join();
  return count == 8000 ? taken_over.load() : -1;
}

}  // namespace

Test(fork_mutex, a_child_takes_over_what_stayed_behind, .timeout = 60) {
  ForkMutex mutex;
  std::promise<void> held, done;
  std::thread holder([&] {
    cr_assert(mutex.lock());
    held.set_value();
    done.get_future().wait();
    mutex.unlock();
  });
  held.get_future().wait();
  cr_assert_eq(in_child([&] {
                 bool free = mutex.lock();
                 mutex.unlock();
                 return !free && taken_over_by_threads(mutex) == 0;
               }),
               0);
  for (int round = 0; round < 20; ++round)
    cr_assert_eq(in_child([&] { return taken_over_by_threads(mutex) == 1; }), 0, "one of the threads takes it over");
  done.set_value();
  holder.join();
  cr_assert_eq(taken_over_by_threads(mutex), 0, "the parent does not mind");
}

Test(fork_mutex, a_child_finds_a_free_one_free, .timeout = 60) {
  ForkMutex mutex;
  cr_assert_eq(taken_over_by_threads(mutex), 0);
  cr_assert_eq(in_child([&] {
                 return taken_over_by_threads(mutex) == 0 &&
                        in_child([&] { return taken_over_by_threads(mutex) == 0; }) == 0;
               }),
               0);
}

Test(fork_mutex, processes_have_numbers_of_their_own) {
  uint64_t here = process_number();
  cr_assert_eq(in_child([&] {
                 uint64_t child = process_number();
                 return child != here && child == process_number() && in_child([&] {
                                                                        uint64_t grandchild = process_number();
                                                                        return grandchild != child &&
                                                                               grandchild != here;
                                                                      }) == 0;
               }),
               0);
  cr_assert_eq(process_number(), here);
}

}  // namespace cermet::test
