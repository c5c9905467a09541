/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail on demand. The program's own malloc family stands before the system's, and the k-th call that
 * this thread makes after faults_arm gets nothing: that one only, or all from there on. */
#ifndef CERMET_TESTS_ALLOCATIONS_H
#define CERMET_TESTS_ALLOCATIONS_H

void faults_arm(long k, int persistent);
/* Allocations that were refused since faults_arm. */
long faults_disarm(void);
/* Blocks that are allocated and not freed, by all threads. */
long faults_live(void);

#endif
