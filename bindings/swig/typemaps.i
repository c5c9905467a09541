// SPDX-License-Identifier: Apache-2.0
// How each idiom of the C headers crosses into Java. No stock array or string typemap of SWIG is used: those copy
// element by element, use modified UTF-8, or call on after an error.
//
//   cermet_x *              long; 0 is NULL
//   T *out                  the result of the Java method
//   several `out`           a long[] in their order
//   cermet_status           an exception of the class that fits, thrown within the same native call
//   const char *            byte[] in UTF-8 (any bytes but NUL); null is NULL
//   (names, num_names)      byte[]: each text followed by a NUL
//   (shape, ndim)           long[]
//   (arrays, num_arrays)    long[] of handles
//   (data, nbytes)          byte[]

// Keeps the commas of a multi-argument pattern together when it is passed to a macro.
#define %arg(PATTERN...) PATTERN

%javaconst(1);
%include "enumsimple.swg"

// --- Types that are passed as they are -------------------------------------------------------------------------------
%define %cermet_plain(TYPE, JNI, JAVA)
%typemap(jni) TYPE "JNI"
%typemap(jtype) TYPE "JAVA"
%typemap(jstype) TYPE "JAVA"
%typemap(in) TYPE "$1 = ($1_ltype)$input;"
%typemap(out) TYPE "$result = (JNI)$1;"
%typemap(javain) TYPE "$javainput"
%typemap(javaout) TYPE "{ return $jnicall; }"
%enddef
%cermet_plain(int32_t, jint, int)
%cermet_plain(int64_t, jlong, long)
%cermet_plain(uint64_t, jlong, long)
%cermet_plain(char, jbyte, byte)

%define %cermet_java_type(CTYPE, JNI, JAVA)
%typemap(jni) CTYPE "JNI"
%typemap(jtype) CTYPE "JAVA"
%typemap(jstype) CTYPE "JAVA"
%typemap(javain) CTYPE "$javainput"
%enddef

// --- Status and results ----------------------------------------------------------------------------------------------
// FUNCTION has no result but its status.
%define %cermet_returns_nothing(FUNCTION)
%typemap(jni) cermet_status FUNCTION "void"
%typemap(jtype) cermet_status FUNCTION "void"
%typemap(jstype) cermet_status FUNCTION "void"
%typemap(javaout) cermet_status FUNCTION "{ $jnicall; }"
%typemap(out) cermet_status FUNCTION "if ($1 != CERMET_OK) cermet_jni_throw(jenv, $1);"
%enddef

// FUNCTION gives its results through `out` pointers, whose argout typemaps set $result.
%define %cermet_returns(FUNCTION, JNI, JAVA)
%typemap(jni) cermet_status FUNCTION "JNI"
%typemap(jtype) cermet_status FUNCTION "JAVA"
%typemap(jstype) cermet_status FUNCTION "JAVA"
%typemap(javaout) cermet_status FUNCTION "{ return $jnicall; }"
%typemap(out) cermet_status FUNCTION %{
  $result = 0;
  if ($1 != CERMET_OK) cermet_jni_throw(jenv, $1);
%}
%enddef

%define %cermet_out(TYPE, NAME, CAST)
%typemap(in, numinputs=0) TYPE *NAME (TYPE value) "$1 = ($1_ltype)&value;"
%typemap(argout) TYPE *NAME "if (result == CERMET_OK) $result = CAST value$argnum;"
%enddef

%define %cermet_outs2(T1, N1, T2, N2)
%typemap(in, numinputs=0) (T1 *N1, T2 *N2) (T1 first, T2 second) "$1 = &first; $2 = &second;"
%typemap(argout) (T1 *N1, T2 *N2) %{
  if (result == CERMET_OK) {
    jlong values[] = {(jlong)(intptr_t)first$argnum, (jlong)(intptr_t)second$argnum};
    $result = cermet_jni_new_longs(jenv, values, 2);
  }
%}
%enddef

%define %cermet_outs3(T1, N1, T2, N2, T3, N3)
%typemap(in, numinputs=0) (T1 *N1, T2 *N2, T3 *N3) (T1 first, T2 second, T3 third)
  "$1 = &first; $2 = &second; $3 = &third;"
%typemap(argout) (T1 *N1, T2 *N2, T3 *N3) %{
  if (result == CERMET_OK) {
    jlong values[] = {(jlong)(intptr_t)first$argnum, (jlong)(intptr_t)second$argnum, (jlong)(intptr_t)third$argnum};
    $result = cermet_jni_new_longs(jenv, values, 3);
  }
%}
%enddef

%define %cermet_outs4(T1, N1, T2, N2, T3, N3, T4, N4)
%typemap(in, numinputs=0) (T1 *N1, T2 *N2, T3 *N3, T4 *N4) (T1 first, T2 second, T3 third, T4 fourth)
  "$1 = &first; $2 = &second; $3 = &third; $4 = &fourth;"
%typemap(argout) (T1 *N1, T2 *N2, T3 *N3, T4 *N4) %{
  if (result == CERMET_OK) {
    jlong values[] = {(jlong)(intptr_t)first$argnum, (jlong)(intptr_t)second$argnum, (jlong)(intptr_t)third$argnum,
                      (jlong)(intptr_t)fourth$argnum};
    $result = cermet_jni_new_longs(jenv, values, 4);
  }
%}
%enddef

%typemap(in, numinputs=0) (const int64_t **out_shape, int32_t *out_ndim) (const int64_t *shape, int32_t ndim)
  "$1 = ($1_ltype)&shape; $2 = &ndim;"
%typemap(argout) (const int64_t **out_shape, int32_t *out_ndim)
  "if (result == CERMET_OK) $result = cermet_jni_new_longs(jenv, (const jlong *)shape$argnum, ndim$argnum);"

// Bytes out: a direct view, valid while the handle that it was asked of is held.
%typemap(in, numinputs=0) (const void **out_data, int64_t *out_nbytes) (const void *data, int64_t nbytes)
  "$1 = ($1_ltype)&data; $2 = &nbytes;"
%typemap(argout) (const void **out_data, int64_t *out_nbytes)
  "if (result == CERMET_OK) $result = cermet_jni_view(jenv, (void *)data$argnum, nbytes$argnum);"

// --- Handles ---------------------------------------------------------------------------------------------------------
%define %cermet_handle(TYPE)
%cermet_java_type(TYPE *, jlong, long)
%cermet_java_type(const TYPE *, jlong, long)
%typemap(in) TYPE *, const TYPE * "$1 = ($1_ltype)(intptr_t)$input;"
%enddef

// Arrays of handles in: (inputs, num_inputs), (heads, num_heads) ... All such names are listed here because SWIG has no
// pattern for names; an unlisted one shows as SWIGTYPE_p_p_*, at which the build stops.
%define %cermet_handles_in(TYPE, NAME, COUNT)
%cermet_java_type(%arg((TYPE *const *NAME, int32_t COUNT)), jlongArray, long[])
%typemap(in) (TYPE *const *NAME, int32_t COUNT) (cermet_jni_scratch scratch) %{
  if (!cermet_jni_handles(jenv, $input, &scratch)) return $null;
  $1 = ($1_ltype)scratch.data;
  $2 = scratch.count;
%}
%typemap(freearg) (TYPE *const *NAME, int32_t COUNT) "cermet_jni_free(&scratch$argnum);"
%enddef
%cermet_handles_in(cermet_ndarray, arrays, num_arrays)
%cermet_handles_in(cermet_ndarray, inputs, num_inputs)
%cermet_handles_in(cermet_ndarray, heads, num_heads)
%cermet_handles_in(cermet_ndarray, head_grads, num_head_grads)
%cermet_handles_in(cermet_ndarray, variables, num_variables)
%cermet_handles_in(cermet_ndarray, weights, num_weights)
%cermet_handles_in(cermet_ndarray, grads, num_grads)
%cermet_handles_in(cermet_symbol, inputs, num_inputs)
%cermet_handles_in(cermet_symbol, symbols, num_symbols)

// Outputs: entries that are 0 are replaced by new handles.
%cermet_java_type(%arg((cermet_ndarray **outputs, int32_t num_outputs)), jlongArray, long[])
%typemap(in) (cermet_ndarray **outputs, int32_t num_outputs) (cermet_jni_scratch scratch) %{
  if (!cermet_jni_handles(jenv, $input, &scratch)) return $null;
  $1 = ($1_ltype)scratch.data;
  $2 = scratch.count;
%}
%typemap(argout) (cermet_ndarray **outputs, int32_t num_outputs)
  "if (result == CERMET_OK) cermet_jni_handles_back(jenv, $input, &scratch$argnum);"
%typemap(freearg) (cermet_ndarray **outputs, int32_t num_outputs) "cermet_jni_free(&scratch$argnum);"

// --- Numbers and text ------------------------------------------------------------------------------------------------
%define %cermet_array_in(TYPE, NAME, COUNT, JNI, JAVA, READ)
%cermet_java_type(%arg((const TYPE *NAME, int32_t COUNT)), JNI, JAVA)
%typemap(in) (const TYPE *NAME, int32_t COUNT) (cermet_jni_scratch scratch) %{
  if (!READ(jenv, $input, &scratch)) return $null;
  $1 = ($1_ltype)scratch.data;
  $2 = scratch.count;
%}
%typemap(freearg) (const TYPE *NAME, int32_t COUNT) "cermet_jni_free(&scratch$argnum);"
%enddef
%cermet_array_in(int64_t, shape, ndim, jlongArray, long[], cermet_jni_longs)
%cermet_array_in(int64_t, axes, num_axes, jlongArray, long[], cermet_jni_longs)
%cermet_array_in(int64_t, values, num_values, jlongArray, long[], cermet_jni_longs)
%cermet_array_in(double, values, num_values, jdoubleArray, double[], cermet_jni_doubles)

%cermet_java_type(const char *, jbyteArray, byte[])
%typemap(in) const char * (cermet_jni_scratch scratch) %{
  if (!cermet_jni_text(jenv, $input, &scratch)) return $null;
  $1 = ($1_ltype)scratch.data;
%}
%typemap(freearg) const char * "cermet_jni_free(&scratch$argnum);"
%typemap(out) const char * "$result = cermet_jni_new_text(jenv, $1);"
%typemap(javaout) const char * "{ return $jnicall; }"
%typemap(in, numinputs=0) const char **out (const char *text) "$1 = ($1_ltype)&text;"
%typemap(argout) const char **out "if (result == CERMET_OK) $result = cermet_jni_new_text(jenv, text$argnum);"

%define %cermet_names_in(COUNT_NAME, NAMES)
%cermet_java_type(%arg((const char *const *NAMES, int32_t COUNT_NAME)), jbyteArray, byte[])
%typemap(in) (const char *const *NAMES, int32_t COUNT_NAME) (cermet_jni_scratch scratch) %{
  if (!cermet_jni_names(jenv, $input, &scratch)) return $null;
  $1 = ($1_ltype)scratch.data;
  $2 = scratch.count;
%}
%typemap(freearg) (const char *const *NAMES, int32_t COUNT_NAME) "cermet_jni_free(&scratch$argnum);"
%enddef
%cermet_names_in(num_names, names)
%cermet_names_in(num_grad_names, grad_names)

// Bytes in. Kept on the C heap for the call; a run of bytes has no bound.
%define %cermet_bytes_in(TYPE, NAME)
%cermet_java_type(%arg((const TYPE *NAME, int64_t nbytes)), jbyteArray, byte[])
%typemap(in) (const TYPE *NAME, int64_t nbytes) (cermet_jni_scratch scratch) %{
  if (!cermet_jni_text(jenv, $input, &scratch)) return $null;
  $1 = ($1_ltype)scratch.data;
  $2 = scratch.count;
%}
%typemap(freearg) (const TYPE *NAME, int64_t nbytes) "cermet_jni_free(&scratch$argnum);"
%enddef
%cermet_bytes_in(void, data)
%cermet_bytes_in(char, json)
