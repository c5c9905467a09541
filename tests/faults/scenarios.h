/* SPDX-License-Identifier: Apache-2.0 */
/* What a program does with the library, in pieces that end with the first call that fails. */
#ifndef CERMET_TESTS_SCENARIOS_H
#define CERMET_TESTS_SCENARIOS_H

#include "cermet/cermet.h"

struct scenario {
  const char *name;
  cermet_status (*run)(void); /* the first status that is not OK; all handles are given back */
  int may_leak;               /* a few blocks a failure, for the reason beside it */
};

extern const struct scenario scenarios[]; /* ends with a NULL name */

/* Files and objects that several runs share. */
void scenarios_prepare(void);
/* False if files are left that nobody asked for. */
int scenarios_clean_up(void);

#endif
