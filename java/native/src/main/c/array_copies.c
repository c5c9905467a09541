/* SPDX-License-Identifier: Apache-2.0 */
/* Natives of org.cermet.raw.Copies: region copies between Java arrays and engine memory at an address, and direct views.
 * Java asks for the address (cermet_ndarray_data), has checked dtype and length, and holds the array meanwhile. */
#include "cermet_jni.h"

#define CERMET_COPIES(Name, jtype)                                                                                    \
  JNIEXPORT void JNICALL Java_org_cermet_raw_Copies_read##Name(JNIEnv *env, jclass cls, jlong address,                \
                                                               jtype##Array values) {                                 \
    (void)cls;                                                                                                        \
    (*env)->Set##Name##ArrayRegion(env, values, 0, (*env)->GetArrayLength(env, values),                               \
                                   (const jtype *)(intptr_t)address);                                                 \
  }                                                                                                                   \
  JNIEXPORT void JNICALL Java_org_cermet_raw_Copies_write##Name(JNIEnv *env, jclass cls, jlong address,               \
                                                                jtype##Array values) {                                \
    (void)cls;                                                                                                        \
    (*env)->Get##Name##ArrayRegion(env, values, 0, (*env)->GetArrayLength(env, values), (jtype *)(intptr_t)address);  \
  }

CERMET_COPIES(Float, jfloat)
CERMET_COPIES(Double, jdouble)
CERMET_COPIES(Int, jint)
CERMET_COPIES(Long, jlong)
CERMET_COPIES(Byte, jbyte)

JNIEXPORT jobject JNICALL Java_org_cermet_raw_Copies_view(JNIEnv *env, jclass cls, jlong address, jlong nbytes) {
  (void)cls;
  return cermet_jni_view(env, (void *)(intptr_t)address, nbytes);
}

JNIEXPORT jint JNICALL Java_org_cermet_raw_NativeLibrary_version(JNIEnv *env, jclass cls) {
  (void)env;
  (void)cls;
  return cermet_version();
}
