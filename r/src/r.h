/* SPDX-License-Identifier: Apache-2.0 */
/* R's headers, with the macros that we want of them. */
#ifndef CERMET_R_R_H
#define CERMET_R_R_H

#define R_NO_REMAP
#define STRICT_R_HEADERS
#include <R.h>
#include <Rinternals.h>

#ifndef NORET
#define NORET __attribute__((noreturn))
#endif

#endif
