// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_plan.h"

#include <chrono>
#include <random>

#include <criterion/criterion.h>

namespace cermet {
namespace {

void expect_valid(const std::vector<Buffer> &buffers, int64_t bytes) {
  for (size_t a = 0; a < buffers.size(); ++a) {
    const Buffer &x = buffers[a];
    cr_assert(x.nbytes == 0 || (x.offset >= 0 && x.offset % kArenaAlignment == 0 && x.offset + x.nbytes <= bytes));
    for (size_t b = 0; b < a; ++b) {
      const Buffer &y = buffers[b];
      bool together = x.first <= y.last && y.first <= x.last;
      bool shared = x.offset < y.offset + y.nbytes && y.offset < x.offset + x.nbytes;
      cr_assert(!(together && shared), "buffers %zu and %zu overlap", a, b);
    }
  }
}

std::vector<Buffer> random_buffers(std::mt19937 &random, int count) {
  std::vector<Buffer> out;
  for (int k = 0; k < count; ++k) {
    int first = static_cast<int>(random() % 60), last = first + static_cast<int>(random() % 12);
    out.push_back({static_cast<int64_t>(random() % 5000), first, last});
  }
  return out;
}

}  // namespace

Test(memory_plan, lives_at_one_time_lie_apart) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    auto buffers = random_buffers(random, 1 + round);
    int64_t bytes = plan_memory(buffers);
    expect_valid(buffers, bytes);
    cr_assert_geq(bytes, peak_live_bytes(buffers));
  }
}

Test(memory_plan, is_close_to_what_must_live) {
  std::mt19937 random(2);
  double worst = 1;
  for (int round = 0; round < 50; ++round) {
    auto buffers = random_buffers(random, 300);
    int64_t bytes = plan_memory(buffers);
    worst = std::max(worst, static_cast<double>(bytes) / static_cast<double>(peak_live_bytes(buffers)));
  }
  cr_assert_lt(worst, 1.15, "an arena was %g times what lives at once", worst);
}

Test(memory_plan, reuses_the_memory_of_the_dead) {
  std::vector<Buffer> chain;
  for (int k = 0; k < 10; ++k) chain.push_back({1000, k, k + 1});
  cr_assert_eq(plan_memory(chain), 2 * 1024);
  std::vector<Buffer> nothing, empty{{0, 0, 5}};
  cr_assert_eq(plan_memory(nothing), 0);
  cr_assert_eq(plan_memory(empty), 0);
}

Test(memory_plan, takes_time_in_proportion_to_the_schedule) {
  auto seconds = [](int count) {
    std::vector<Buffer> buffers;  // a chain and its backward pass
    for (int k = 0; k < count; ++k) buffers.push_back({256 + k % 7 * 64, k, 2 * count - k});
    for (int k = 0; k < count; ++k) buffers.push_back({256 + k % 5 * 64, count + k, count + k + 1});
    auto start = std::chrono::steady_clock::now();
    plan_memory(buffers);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  double small = seconds(20000), large = seconds(200000);
  cr_assert_lt(large, 40 * small + 0.5, "20,000 values took %g s, 200,000 took %g s", small, large);
}

}  // namespace cermet
