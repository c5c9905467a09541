/* SPDX-License-Identifier: Apache-2.0 */
/* Java arrays in and out of C. Region copies only: no critical sections (they stop the collector), no element loops. */
#include "cermet_jni.h"

#include <stdlib.h>
#include <string.h>

void cermet_jni_throw_out_of_memory(JNIEnv *env) {
  jclass cls = (*env)->FindClass(env, "java/lang/OutOfMemoryError");
  if (cls != NULL) (*env)->ThrowNew(env, cls, "no memory for the arguments of a native call");
}

/* Room for nbytes on the stack of the wrapper, or on the heap. */
static int scratch_open(JNIEnv *env, cermet_jni_scratch *out, size_t nbytes) {
  out->heap = nbytes <= sizeof(out->local) ? NULL : malloc(nbytes);
  out->data = out->heap == NULL ? (void *)out->local : out->heap;
  if (nbytes <= sizeof(out->local) || out->heap != NULL) return 1;
  cermet_jni_throw_out_of_memory(env);
  return 0;
}

static int scratch_null(cermet_jni_scratch *out) {
  out->data = out->heap = NULL;
  out->count = 0;
  return 1;
}

void cermet_jni_free(cermet_jni_scratch *scratch) { free(scratch->heap); }

int cermet_jni_longs(JNIEnv *env, jlongArray array, cermet_jni_scratch *out) {
  if (array == NULL) return scratch_null(out);
  out->count = (*env)->GetArrayLength(env, array);
  if (!scratch_open(env, out, (size_t)out->count * sizeof(jlong))) return 0;
  (*env)->GetLongArrayRegion(env, array, 0, out->count, out->data);
  return 1;
}

int cermet_jni_doubles(JNIEnv *env, jdoubleArray array, cermet_jni_scratch *out) {
  if (array == NULL) return scratch_null(out);
  out->count = (*env)->GetArrayLength(env, array);
  if (!scratch_open(env, out, (size_t)out->count * sizeof(jdouble))) return 0;
  (*env)->GetDoubleArrayRegion(env, array, 0, out->count, out->data);
  return 1;
}

int cermet_jni_handles(JNIEnv *env, jlongArray array, cermet_jni_scratch *out) {
  if (!cermet_jni_longs(env, array, out)) return 0;
  /* In place: a pointer is never wider than a jlong, so writing stays behind reading. */
  for (int32_t index = 0; index < out->count; index++) {
    jlong handle;
    memcpy(&handle, (char *)out->data + (size_t)index * sizeof(handle), sizeof(handle));
    void *pointer = (void *)(intptr_t)handle;
    memcpy((char *)out->data + (size_t)index * sizeof(pointer), &pointer, sizeof(pointer));
  }
  return 1;
}

void cermet_jni_handles_back(JNIEnv *env, jlongArray array, const cermet_jni_scratch *scratch) {
  for (int32_t index = 0; index < scratch->count; index++) {
    jlong handle = (jlong)(intptr_t)((void **)scratch->data)[index];
    (*env)->SetLongArrayRegion(env, array, index, 1, &handle);
  }
}

int cermet_jni_text(JNIEnv *env, jbyteArray array, cermet_jni_scratch *out) {
  if (array == NULL) return scratch_null(out);
  out->count = (*env)->GetArrayLength(env, array);
  if (!scratch_open(env, out, (size_t)out->count + 1)) return 0;
  (*env)->GetByteArrayRegion(env, array, 0, out->count, out->data);
  ((char *)out->data)[out->count] = '\0';
  return 1;
}

int cermet_jni_names(JNIEnv *env, jbyteArray array, cermet_jni_scratch *out) {
  if (array == NULL) return scratch_null(out);
  /* The texts first, then, aligned, the pointers to them: at most one a byte. Counted before room is made. */
  size_t nbytes = (size_t)(*env)->GetArrayLength(env, array);
  cermet_jni_scratch text;
  if (!cermet_jni_text(env, array, &text)) return 0;
  size_t count = 0;
  for (size_t at = 0; at < nbytes; at++) count += ((char *)text.data)[at] == '\0';
  int opened = scratch_open(env, out, count * sizeof(char *) + nbytes + 1);
  if (opened) {
    char **names = out->data;
    char *texts = (char *)(names + count);
    memcpy(texts, text.data, nbytes + 1);
    out->count = (int32_t)count;
    for (size_t index = 0; index < count; index++, texts += strlen(texts) + 1) names[index] = texts;
  }
  cermet_jni_free(&text);
  return opened;
}

jlongArray cermet_jni_new_longs(JNIEnv *env, const jlong *values, int32_t count) {
  jlongArray array = (*env)->NewLongArray(env, count);
  if (array != NULL && count > 0) (*env)->SetLongArrayRegion(env, array, 0, count, values);
  return array;
}

jbyteArray cermet_jni_new_text(JNIEnv *env, const char *text) {
  if (text == NULL) return NULL;
  jsize nbytes = (jsize)strlen(text);
  jbyteArray array = (*env)->NewByteArray(env, nbytes);
  if (array != NULL) (*env)->SetByteArrayRegion(env, array, 0, nbytes, (const jbyte *)text);
  return array;
}

jobject cermet_jni_view(JNIEnv *env, void *data, int64_t nbytes) {
  static char empty; /* an address for buffers without bytes, which may come as NULL */
  if (nbytes == 0) data = &empty;
  if (nbytes <= INT32_MAX) return (*env)->NewDirectByteBuffer(env, data, nbytes);
  jclass cls = (*env)->FindClass(env, "java/lang/IllegalStateException");
  if (cls != NULL) (*env)->ThrowNew(env, cls, "more than 2 GiB do not fit in one ByteBuffer: use slices");
  return NULL;
}
