/* SPDX-License-Identifier: Apache-2.0 */
/* What happens when memory runs out: each scenario is repeated while its k-th allocation fails, k = 1, 2 ... until it
 * needs fewer, first that allocation alone, then all from there on, the first ones in fresh threads too. Every time the
 * call in which it happens must return OUT_OF_MEMORY, with a message; nothing may leak; and the scenario must succeed
 * right after.
 *
 * usage: faults_memory [SCENARIO...] */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocations.h"
#include "scenarios.h"

enum { kShownFailures = 5, kSeconds = 60, kMostAllocations = 100000, kFirstAllocations = 20 };

/* Seen by the parent when a child dies. */
static struct progress {
  long k;
  int persistent;
} * progress;

static const char *current;
static int failures;

static void complain(const char *what, cermet_status status, const char *message) {
  if (failures++ >= kShownFailures) return;
  printf("FAILED %s, allocation %ld%s: %s: %s (%s)\n", current, progress->k,
         progress->persistent ? " and all after" : "", what, cermet_status_name(status), message);
}

/* Runs with the k-th allocation failing; true if any failed. */
static int run_with_fault(const struct scenario *scenario) {
  faults_arm(progress->k, progress->persistent);
  cermet_status status = scenario->run();
  /* while there still is no memory: the error must be there */
  int has_message = *cermet_error_last_message() != '\0';
  cermet_error *error = cermet_error_take();
  cermet_status kept = cermet_error_status(error);
  has_message = has_message && *cermet_error_message(error) && *cermet_error_template(error);
  int fired = faults_disarm() > 0;
  if (status != CERMET_OK && status != CERMET_OUT_OF_MEMORY)
    complain("want out of memory", status, cermet_error_message(error));
  else if (status != CERMET_OK && (!has_message || kept != status))
    complain("want a message", kept, cermet_error_message(error));
  cermet_error_release(error);
  status = scenario->run();
  if (status != CERMET_OK) complain("does not succeed afterwards", status, cermet_error_last_message());
  return fired;
}

/* Number of allocations that the scenario makes; each `step`-th of them fails. */
static long run_with_all_faults(const struct scenario *scenario, long step) {
  long most = 0;
  for (progress->persistent = 0; progress->persistent < 2; ++progress->persistent) {
    for (progress->k = 1; run_with_fault(scenario) && progress->k < kMostAllocations; progress->k += step) {
    }
    most = progress->k > most ? progress->k : most;
  }
  return most - 1;
}

static void *run_with_fault_on_thread(void *scenario) { return run_with_fault(scenario) ? scenario : NULL; }

/* The k-th allocation and all after it fail in a thread that has not called before. */
static void run_on_fresh_thread(const struct scenario *scenario, long k) {
  pthread_t thread;
  progress->persistent = 1;
  progress->k = k;
  if (pthread_create(&thread, NULL, run_with_fault_on_thread, (void *)scenario) != 0) abort();
  pthread_join(thread, NULL);
}

static int check(const struct scenario *scenario) {
  scenarios_prepare();
  cermet_status status = scenario->run();
  if (status != CERMET_OK) complain("without a fault", status, cermet_error_last_message());
  long allocations = run_with_all_faults(scenario, 1); /* fills the caches, too */
  run_on_fresh_thread(scenario, 1); /* what the system keeps for the next thread is there from now on */
  long before = faults_live();
  run_with_all_faults(scenario, 5);
  for (long k = 1; k <= kFirstAllocations; ++k) run_on_fresh_thread(scenario, k);
  long leaked = scenario->may_leak ? 0 : faults_live() - before;
  if (leaked != 0) printf("FAILED %s: %ld blocks leaked\n", current, leaked);
  printf("%-28s %6ld allocations\n", current, allocations);
  int tidy = scenarios_clean_up();
  if (!tidy) printf("FAILED %s: temporary files are left\n", current);
  return failures > 0 || leaked != 0 || !tidy || allocations == 0;
}

/* In a process of its own, so that a crash is a failure with a name. */
static int check_in_child(const struct scenario *scenario) {
  current = scenario->name;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    alarm(kSeconds);
    int failed = check(scenario);
    fflush(stdout);
    _exit(failed);
  }
  int result = 0;
  waitpid(child, &result, 0);
  if (!WIFSIGNALED(result)) return WEXITSTATUS(result);
  printf("FAILED %s, allocation %ld%s: killed by signal %d\n", current, progress->k,
         progress->persistent ? " and all after" : "", WTERMSIG(result));
  return 1;
}

int main(int argc, char **argv) {
  progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int failed = 0, run = 0;
  for (const struct scenario *scenario = scenarios; scenario->name; ++scenario) {
    int wanted = argc == 1;
    for (int k = 1; k < argc; ++k) wanted = wanted || strcmp(argv[k], scenario->name) == 0;
    if (!wanted) continue;
    failed += check_in_child(scenario);
    ++run;
  }
  printf("%d passed, %d failed\n", run - failed, failed);
  return failed > 0 || run == 0;
}
