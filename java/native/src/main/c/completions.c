/* SPDX-License-Identifier: Apache-2.0 */
/* Natives of org.cermet.raw.Completions: being told when an array's values are there. The engine's threads never enter the
 * JVM, which may be shutting down: they leave the task in a list, and a thread of Java's takes it from there. */
#include "cermet_jni.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct question {
  struct question *next;
  jobject task;    /* a global reference */
  pthread_t asker; /* the thread inside cermet_ndarray_notify: it is called back when nothing is pending */
  int *at_once;    /* of the asker's frame */
} question;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t added = PTHREAD_COND_INITIALIZER;
static question *first, **end = &first;

static void answer(void *payload) {
  question *told = payload;
  if (pthread_equal(told->asker, pthread_self())) {
    *told->at_once = 1;
    return;
  }
  pthread_mutex_lock(&lock);
  *end = told;
  end = &told->next;
  pthread_cond_signal(&added);
  pthread_mutex_unlock(&lock);
}

static void forget(JNIEnv *env, question *asked) {
  (*env)->DeleteGlobalRef(env, asked->task);
  free(asked);
}

JNIEXPORT jboolean JNICALL Java_org_cermet_raw_Completions_ask(JNIEnv *env, jclass cls, jlong array, jobject task) {
  (void)cls;
  int at_once = 0;
  question *asked = calloc(1, sizeof(*asked));
  jobject kept = asked == NULL ? NULL : (*env)->NewGlobalRef(env, task);
  if (kept == NULL) {
    free(asked);
    cermet_jni_throw_out_of_memory(env);
    return JNI_FALSE;
  }
  *asked = (question){NULL, kept, pthread_self(), &at_once};
  cermet_status status = cermet_ndarray_notify((const cermet_ndarray *)(intptr_t)array, answer, asked);
  if (status != CERMET_OK || at_once) forget(env, asked);
  if (status != CERMET_OK) cermet_jni_throw(env, status);
  return at_once ? JNI_TRUE : JNI_FALSE;
}

JNIEXPORT jobject JNICALL Java_org_cermet_raw_Completions_take(JNIEnv *env, jclass cls) {
  (void)cls;
  pthread_mutex_lock(&lock);
  while (first == NULL) pthread_cond_wait(&added, &lock);
  question *told = first;
  first = told->next;
  if (first == NULL) end = &first;
  pthread_mutex_unlock(&lock);
  jobject task = (*env)->NewLocalRef(env, told->task);
  forget(env, told);
  return task;
}
