/* SPDX-License-Identifier: Apache-2.0 */
/* host_state LIBRARY [--noisy]: loads the library into a process that knows nothing of it, trains, predicts, unloads
 * and loads it again, and compares what belongs to the host before and after: signal actions and mask, locale,
 * environment, floating-point mode, working directory, what is printed, and that no thread starts with loading.
 * --noisy: what is printed does not matter (the OpenMP runtime complains about nonsense in its variables). */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "cermet/cermet.h"

extern char **environ;

static FILE *report; /* where the test speaks, while 1 and 2 lead to a file */

static void fail(const char *what) {
  fprintf(report, "host_state: %s\n", what);
  exit(1);
}
static void want(int fine, const char *what) {
  if (!fine) fail(what);
}

/* ---- What belongs to the host. */

struct state {
  struct sigaction actions[65];
  sigset_t mask;
  int rounding;
  unsigned mxcsr;
  char locale[256], folder[4096], *environment;
};

static void on_signal(int number) { (void)number; }

static char *joined_environment(void) {
  size_t size = 1;
  for (char **entry = environ; *entry; ++entry) size += strlen(*entry) + 1;
  char *out = calloc(size, 1);
  for (char **entry = environ; *entry; ++entry) strcat(strcat(out, *entry), "\n");
  return out;
}

static struct state look(void) {
  struct state out;
  memset(&out, 0, sizeof out);
  for (int number = 1; number <= 64; ++number) sigaction(number, NULL, &out.actions[number]);
  sigprocmask(SIG_BLOCK, NULL, &out.mask);
  out.rounding = fegetround();
#if defined(__SSE2__)
  out.mxcsr = _mm_getcsr() & ~0x3fu; /* without the flags of what happened */
#endif
  snprintf(out.locale, sizeof out.locale, "%s", setlocale(LC_ALL, NULL));
  want(getcwd(out.folder, sizeof out.folder) != NULL, "no working directory");
  out.environment = joined_environment();
  return out;
}

static void compare(const struct state *before, const char *when) {
  struct state now = look();
  char what[128];
  for (int number = 1; number <= 64; ++number) {
    const struct sigaction *a = &before->actions[number], *b = &now.actions[number];
    if (a->sa_handler == b->sa_handler && a->sa_flags == b->sa_flags) continue;
    snprintf(what, sizeof what, "%s: the action of signal %d changed", when, number);
    fail(what);
  }
  snprintf(what, sizeof what, "%s: changed", when);
  want(memcmp(&before->mask, &now.mask, sizeof now.mask) == 0, strcat(what, " the signal mask"));
  want(before->rounding == now.rounding && before->mxcsr == now.mxcsr, strcat(what, ", floating-point mode"));
  want(strcmp(before->locale, now.locale) == 0, strcat(what, ", locale"));
  want(strcmp(before->folder, now.folder) == 0, strcat(what, ", working directory"));
  want(strcmp(before->environment, now.environment) == 0, strcat(what, ", environment"));
  free(now.environment);
}

static int num_tasks(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/task");
  for (struct dirent *entry; folder && (entry = readdir(folder));) count += entry->d_name[0] != '.';
  if (folder) closedir(folder);
  return folder ? count : 1;
}

/* ---- The library, by name. */

static void *library;
static void *function(const char *name) {
  void *out = dlsym(library, name);
  if (!out) fail(name);
  return out;
}
#define CALL(name, ...)                                                                                     \
  do {                                                                                                      \
    __typeof__(&name) call_ = (__typeof__(&name))function(#name);                                           \
    if (call_(__VA_ARGS__) != CERMET_OK) {                                                                  \
      fprintf(report, "%s: %s\n", #name, ((const char *(*)(void))function("cermet_error_last_message"))()); \
      exit(1);                                                                                              \
    }                                                                                                       \
  } while (0)
#define RELEASE(noun, handle) ((void (*)(void *))function("cermet_" #noun "_release"))(handle)

enum { kRows = 64, kColumns = 512 };

static const char kNet[] =
    "{\"nodes\":[{\"op\":\"null\",\"name\":\"data\",\"inputs\":[]},{\"op\":\"null\",\"name\":\"fc_weight\",\"inputs\":["
    "]},"
    "{\"op\":\"null\",\"name\":\"fc_bias\",\"inputs\":[]},{\"op\":\"FullyConnected\",\"name\":\"fc\",\"attrs\":{\"num_"
    "hidden\":"
    "\"256\"},\"inputs\":[[0,0],[1,0],[2,0]]},{\"op\":\"null\",\"name\":\"label\",\"inputs\":[]},{\"op\":"
    "\"SoftmaxOutput\","
    "\"name\":\"softmax\",\"inputs\":[[3,0],[4,0]]}],\"arg_nodes\":[0,1,2,4],\"heads\":[[5,0]]}";

/* Trains a few steps and gives the first probability, which must be the same whatever the host's state. */
static float train(void) {
  static float data[kRows * kColumns], labels[kRows], probabilities[kRows * 256];
  cermet_symbol *symbol = NULL;
  cermet_model *model = NULL;
  cermet_specs *inputs = NULL;
  cermet_rng *rng = NULL;
  const cermet_def *sgd = NULL;
  cermet_optimizer *optimizer = NULL;
  cermet_trainer *trainer = NULL;
  cermet_ndarray *arrays[2] = {NULL, NULL}, *output = NULL;
  for (int k = 0; k < kRows * kColumns; ++k) data[k] = (float)(k % 17) / 17;
  for (int k = 0; k < kRows; ++k) labels[k] = (float)(k % 256);
  CALL(cermet_symbol_from_json, kNet, (int64_t)strlen(kNet), &symbol);
  CALL(cermet_model_create, symbol, &model);
  CALL(cermet_specs_create, &inputs);
  CALL(cermet_specs_set, inputs, "data", (int64_t[]){kRows, kColumns}, 2, CERMET_FLOAT32);
  CALL(cermet_specs_set, inputs, "label", (int64_t[]){kRows}, 1, CERMET_FLOAT32);
  CALL(cermet_rng_create, 7, &rng);
  CALL(cermet_model_initialize, model, inputs, NULL, NULL, rng);
  CALL(cermet_def_find, CERMET_KIND_OPTIMIZER, "sgd", &sgd);
  CALL(cermet_optimizer_create, sgd, NULL, &optimizer);
  CALL(cermet_trainer_create, model, inputs, optimizer, &trainer);
  CALL(cermet_ndarray_from_data, data, sizeof data, (int64_t[]){kRows, kColumns}, 2, CERMET_FLOAT32, &arrays[0]);
  CALL(cermet_ndarray_from_data, labels, sizeof labels, (int64_t[]){kRows}, 1, CERMET_FLOAT32, &arrays[1]);
  for (int k = 0; k < 3; ++k) CALL(cermet_trainer_step, trainer, arrays, 2, rng);
  CALL(cermet_trainer_output, trainer, 0, &output);
  CALL(cermet_ndarray_read, output, probabilities, sizeof probabilities);
  CALL(cermet_set_execution, CERMET_EXECUTION_ASYNC); /* the engine's own thread, too */
  CALL(cermet_ndarray_copy_to, arrays[0], arrays[0]);
  CALL(cermet_wait_all);
  CALL(cermet_set_execution, CERMET_EXECUTION_INLINE);
  RELEASE(ndarray, output);
  RELEASE(ndarray, arrays[0]);
  RELEASE(ndarray, arrays[1]);
  RELEASE(trainer, trainer);
  RELEASE(optimizer, optimizer);
  RELEASE(rng, rng);
  RELEASE(specs, inputs);
  RELEASE(model, model);
  RELEASE(symbol, symbol);
  return probabilities[0];
}

/* The threads that the host's own parallel regions get, where it uses the same OpenMP. */
static int hosts_threads(void) {
  int (*get)(void) = (int (*)(void))dlsym(library, "omp_get_max_threads");
  return get ? get() : 0;
}
static void set_hosts_threads(int count) {
  void (*set)(int) = (void (*)(int))dlsym(library, "omp_set_num_threads");
  if (set) set(count);
}

static void load(const char *path) {
  library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) fail(dlerror());
}

int main(int argc, char **argv) {
  int noisy = argc > 2 && strcmp(argv[2], "--noisy") == 0;
  FILE *printed = tmpfile();
  report = fdopen(dup(2), "w");
  setvbuf(report, NULL, _IONBF, 0);
  if (argc < 2 || !printed) fail("usage: host_state LIBRARY [--noisy]");
  dup2(fileno(printed), 1);
  dup2(fileno(printed), 2);
  struct sigaction mine;
  memset(&mine, 0, sizeof mine);
  mine.sa_handler = on_signal;
  sigaction(SIGSEGV, &mine, NULL); /* as a JVM or Julia has */
  sigaction(SIGFPE, &mine, NULL);

  struct state before = look();
  load(argv[1]);
  compare(&before, "loading");
  want(num_tasks() == 1, "a thread started with loading");
  float first = train();
  compare(&before, "training");
  set_hosts_threads(7);
  int before_training = hosts_threads();
  want(train() == first, "another number after the host chose its threads");
  want(hosts_threads() == before_training, "training changed the host's number of OpenMP threads");

  int32_t threads = 0;
  CALL(cermet_num_threads, &threads);
  want(threads >= 1 && threads <= sysconf(_SC_NPROCESSORS_ONLN), "more threads than processors");

  /* A host with a decimal comma, another rounding direction and flushed denormals gets the same numbers back. */
  const char *comma = setlocale(LC_ALL, "de_DE.UTF-8");
  if (!comma) fprintf(report, "host_state: SKIPPED: no locale de_DE.UTF-8\n");
  struct state german = look();
  want(train() == first, "another number under another locale");
  compare(&german, "training under another locale");
  setlocale(LC_ALL, "C");
#if defined(__SSE2__)
  _mm_setcsr(_mm_getcsr() | 0x8040u);
  struct state flushed = look();
  want(train() == first, "another number with flushed denormals");
  compare(&flushed, "training with flushed denormals");
  _mm_setcsr(_mm_getcsr() & ~0x8040u);
#endif

  dlclose(library);
  load(argv[1]);
  want(train() == first, "another number after loading again");
  compare(&before, "loading again");

  long end = (fflush(stdout), fflush(stderr), lseek(fileno(printed), 0, SEEK_END));
  want(noisy || end == 0, "something was printed");
  return 0;
}
