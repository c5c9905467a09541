/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "allocations.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static _Thread_local int armed, again;
static _Thread_local long countdown, refused;
static atomic_long live;
static struct range { uintptr_t begin, end; } exempt[3];
static int num_exempt;

/* Requests of other libraries that do not survive a refusal are always met: libgomp ends the process when it gets no
 * memory for its threads; oneDNN 2.6 uses memory that it did not get, some of it by the system's libstdc++ (ours is in
 * the library itself). */
static int find_exempt(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  if (!strstr(info->dlpi_name, "libgomp") && !strstr(info->dlpi_name, "libdnnl") &&
      !strstr(info->dlpi_name, "libstdc++"))
    return 0;
  struct range *range = &exempt[num_exempt++];
  for (int k = 0; k < info->dlpi_phnum; ++k) {
    if (info->dlpi_phdr[k].p_type != PT_LOAD) continue;
    uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[k].p_vaddr, end = begin + info->dlpi_phdr[k].p_memsz;
    if (!range->begin || begin < range->begin) range->begin = begin;
    if (end > range->end) range->end = end;
  }
  return num_exempt == 3;
}

static int is_exempt(void *caller) {
  for (int k = 0; k < num_exempt; ++k)
    if ((uintptr_t)caller >= exempt[k].begin && (uintptr_t)caller < exempt[k].end) return 1;
  return 0;
}

void faults_arm(long k, int persistent) {
  if (!num_exempt) dl_iterate_phdr(find_exempt, NULL);
  countdown = k;
  again = persistent;
  refused = 0;
  armed = 1;
}

long faults_disarm(void) {
  armed = 0;
  return refused;
}

long faults_live(void) { return live; }

static int refuses(void *caller) {
  if (!armed || is_exempt(caller)) return 0;
  if (--countdown > 0 || (countdown < 0 && !again)) return 0;
  ++refused;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *block) {
  if (block) ++live;
  return block;
}

#pragma GCC visibility push(default)
#define REFUSE_OR(call) (refuses(__builtin_return_address(0)) ? NULL : counted(call))

void *malloc(size_t size) { return REFUSE_OR(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return REFUSE_OR(__libc_calloc(count, size)); }
void *memalign(size_t alignment, size_t size) { return REFUSE_OR(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return REFUSE_OR(__libc_memalign(alignment, size)); }
int posix_memalign(void **out, size_t alignment, size_t size) {
  void *block = REFUSE_OR(__libc_memalign(alignment, size));
  if (!block) return ENOMEM;
  *out = block;
  return 0;
}
void *realloc(void *block, size_t size) {
  if (refuses(__builtin_return_address(0))) return NULL;
  void *fresh = __libc_realloc(block, size);
  if (fresh && !block) ++live;
  return fresh;
}
void free(void *block) {
  if (block) --live;
  __libc_free(block);
}
/* Thousands of files are saved here; what the disk does with them is another test's matter. */
int fsync(int file) {
  (void)file;
  return 0;
}
#pragma GCC visibility pop
