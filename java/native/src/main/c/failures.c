/* SPDX-License-Identifier: Apache-2.0 */
/* A failed status becomes a Java exception within the same native call: a second call to ask for the error could run on
 * another thread. Which class it has is decided in Java, by what org.cermet.raw.Failures was given. */
#include "cermet_jni.h"

static jclass failures;  /* org.cermet.raw.Failures */
static jmethodID create; /* its static method create */
static jclass longs;     /* long[] */

/* Every text is handed over as UTF-8 bytes: JNI's own strings are modified UTF-8. */
JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
  (void)reserved;
  JNIEnv *env;
  if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) != JNI_OK) return JNI_ERR;
  jclass local = (*env)->FindClass(env, "org/cermet/raw/Failures");
  if (local == NULL) return JNI_ERR;
  create = (*env)->GetStaticMethodID(env, local, "create", "(I[B[B[B[B[[J)Ljava/lang/Throwable;");
  jclass local_longs = (*env)->FindClass(env, "[J");
  if (create == NULL || local_longs == NULL) return JNI_ERR;
  failures = (*env)->NewGlobalRef(env, local);
  longs = (*env)->NewGlobalRef(env, local_longs);
  return failures == NULL || longs == NULL ? JNI_ERR : JNI_VERSION_1_8;
}

JNIEXPORT void JNICALL JNI_OnUnload(JavaVM *vm, void *reserved) {
  (void)reserved;
  JNIEnv *env;
  if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) != JNI_OK) return;
  (*env)->DeleteGlobalRef(env, failures);
  (*env)->DeleteGlobalRef(env, longs);
}

static jobjectArray shapes_of(JNIEnv *env, const cermet_error *error) {
  int32_t count = cermet_error_num_shapes(error);
  jobjectArray shapes = (*env)->NewObjectArray(env, count, longs, NULL);
  for (int32_t index = 0; shapes != NULL && index < count; index++) {
    int32_t ndim = 0;
    const int64_t *shape = cermet_error_shape(error, index, &ndim);
    jlongArray array = cermet_jni_new_longs(env, (const jlong *)shape, ndim);
    if (array == NULL) return NULL;
    (*env)->SetObjectArrayElement(env, shapes, index, array);
    (*env)->DeleteLocalRef(env, array);
  }
  return shapes;
}

void cermet_jni_throw(JNIEnv *env, cermet_status status) {
  cermet_error *error = cermet_error_take();
  jbyteArray message = cermet_jni_new_text(env, cermet_error_message(error));
  jbyteArray op = cermet_jni_new_text(env, cermet_error_op(error));
  jbyteArray argument = cermet_jni_new_text(env, cermet_error_argument(error));
  jbyteArray node = cermet_jni_new_text(env, cermet_error_node(error));
  jobjectArray shapes = (*env)->ExceptionCheck(env) ? NULL : shapes_of(env, error);
  cermet_error_release(error);
  if ((*env)->ExceptionCheck(env)) return; /* no memory in the JVM: that error goes first */
  jthrowable failure = (*env)->CallStaticObjectMethod(env, failures, create, (jint)status, message, op, argument, node,
                                                      shapes);
  if ((*env)->ExceptionCheck(env)) return; /* it failed itself, for want of memory: that error goes first */
  if (failure != NULL) (*env)->Throw(env, failure);
}
