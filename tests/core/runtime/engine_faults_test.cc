// SPDX-License-Identifier: Apache-2.0
// The engine's worker when the system has no memory.
#include <cstdlib>
#include <new>

#include "check.h"
#include "runtime/engine.h"

namespace {
thread_local bool starved = false;
}

// Stand in for the library's in this program.
void *operator new(std::size_t size) {
  void *block = starved ? nullptr : std::malloc(size ? size : 1);
  if (!block) throw std::bad_alloc();
  return block;
}
void operator delete(void *block) noexcept { std::free(block); }
void operator delete(void *block, std::size_t) noexcept { std::free(block); }

namespace cermet::test {

// There is not even memory to describe the failure.
Test(engine_faults, the_worker_outlives_a_lack_of_memory) {
  ArrayRef array = array_of({1}, {1});
  set_execution(Execution::async);
  submit({"greedy", {}, {array->storage()}, [] {
            starved = true;
            throw std::bad_alloc();
          }});
  submit({"modest", {}, {array->storage()}, [array] {
            starved = false;
            array->data_as<float>()[0] = 5;
          }});
  cr_assert_eq(status_of(wait_all), Status::out_of_memory);
  cr_assert_eq(values_of(*array)[0], 5);
}

}  // namespace cermet::test
