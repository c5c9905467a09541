/* SPDX-License-Identifier: Apache-2.0 */
/* What the generated JNI wrappers need at hand: Java arrays in and out of C, and a status turned into an exception.
 * Used by the typemaps in bindings/swig/typemaps.i and by array_copies.c; nothing here is seen outside the library. */
#ifndef CERMET_JNI_H
#define CERMET_JNI_H

#include <cermet/cermet.h>
#include <jni.h>
#include <stdint.h>

_Static_assert(sizeof(jlong) == sizeof(int64_t), "shapes are passed as jlong");
_Static_assert(sizeof(void *) <= sizeof(jlong), "handles are passed as jlong");

/* Arguments of one call. Small ones stay on the stack; cermet_jni_free is needed after each successful read. */
typedef struct cermet_jni_scratch {
  void *data; /* NULL where Java gave null */
  int32_t count;
  void *heap; /* what cermet_jni_free frees */
  int64_t local[32];
} cermet_jni_scratch;

/* Each reads a Java array into C. 0: an exception is pending, and there is nothing to free. */
int cermet_jni_longs(JNIEnv *env, jlongArray array, cermet_jni_scratch *out);
int cermet_jni_doubles(JNIEnv *env, jdoubleArray array, cermet_jni_scratch *out);
int cermet_jni_handles(JNIEnv *env, jlongArray array, cermet_jni_scratch *out);
/* Text or bytes, with a NUL after the last; count has no NUL. */
int cermet_jni_text(JNIEnv *env, jbyteArray array, cermet_jni_scratch *out);
/* Texts that each end with a NUL: an array of pointers to them. */
int cermet_jni_names(JNIEnv *env, jbyteArray array, cermet_jni_scratch *out);
void cermet_jni_free(cermet_jni_scratch *scratch);
void cermet_jni_handles_back(JNIEnv *env, jlongArray array, const cermet_jni_scratch *scratch);

/* NULL: an exception is pending. */
jlongArray cermet_jni_new_longs(JNIEnv *env, const jlong *values, int32_t count);
jbyteArray cermet_jni_new_text(JNIEnv *env, const char *text);
jobject cermet_jni_view(JNIEnv *env, void *data, int64_t nbytes);

/* Throws what org.cermet.raw.Failures makes of this thread's error. */
void cermet_jni_throw(JNIEnv *env, cermet_status status);
void cermet_jni_throw_out_of_memory(JNIEnv *env);

#endif
