/* SPDX-License-Identifier: Apache-2.0 */
/* The error slot: what it holds, that success leaves it alone, that threads have their own, that text is safe. */
#include <pthread.h>

#include "support.h"

Test(error, carries_all_the_parts) {
  cermet_ndarray *a = floats(SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6)), *b = floats(SHAPE(2), VALUES(1, 2)), *out = NULL;
  cermet_ndarray *inputs[2] = {a, b};
  FAILS(CERMET_SHAPE, "add: rhs: got (2,)",
        cermet_op_invoke(find(CERMET_KIND_OPERATOR, "add"), NULL, inputs, 2, NULL, NULL, &out, 1));
  cermet_error *error = cermet_error_take();
  cr_assert(cermet_error_status(error) == CERMET_SHAPE);
  cr_assert(strcmp(cermet_error_op(error), "add") == 0);
  cr_assert(strcmp(cermet_error_argument(error), "rhs") == 0);
  cr_assert(strcmp(cermet_error_node(error), "") == 0);
  cr_assert(strstr(cermet_error_template(error), "{0}") != NULL);
  cr_assert(cermet_error_num_shapes(error) == 2);
  int32_t ndim = 0;
  const int64_t *shape = cermet_error_shape(error, 0, &ndim);
  cr_assert(ndim == 1 && shape[0] == 2);
  shape = cermet_error_shape(error, 1, &ndim);
  cr_assert(ndim == 2 && shape[0] == 2 && shape[1] == 3);
  cr_assert(cermet_error_shape(error, 2, &ndim) == NULL && ndim == 0);
  cr_assert(cermet_error_take() == NULL);
  cr_assert(strcmp(cermet_error_last_message(), "") == 0);
  cermet_error_release(error);
  cermet_ndarray_release(a);
  cermet_ndarray_release(b);
}

Test(error, success_and_release_leave_the_slot_alone) {
  const cermet_def *def = NULL;
  cermet_ndarray *a = floats(SHAPE(1), VALUES(1));
  cr_assert(cermet_def_find(CERMET_KIND_OPERATOR, "no_such", &def) == CERMET_NOT_FOUND);
  OK(cermet_ndarray_wait(a));
  cermet_ndarray_release(a);
  cr_assert(strstr(cermet_error_last_message(), "no_such") != NULL);
}

Test(error, getters_take_null) {
  const cermet_def *def = NULL;
  FAILS(CERMET_NOT_FOUND, "no_such", cermet_def_find(CERMET_KIND_OPERATOR, "no_such", &def));
  cr_assert(cermet_error_status(NULL) == CERMET_OK);
  cr_assert(strcmp(cermet_error_message(NULL), "") == 0 && strcmp(cermet_error_op(NULL), "") == 0);
  cr_assert(cermet_error_num_shapes(NULL) == 0 && cermet_error_shape(NULL, 0, NULL) == NULL);
  cermet_error_release(NULL);
}

Test(error, foreign_text_is_escaped_and_cut) {
  static char name[100001];
  const cermet_def *def = NULL;
  memset(name, 'x', sizeof name - 1);
  FAILS(CERMET_NOT_FOUND, "xxx...'", cermet_def_find(CERMET_KIND_OPERATOR, name, &def));
  cr_assert(strlen(cermet_error_last_message()) <= 4096);
  FAILS(CERMET_NOT_FOUND, "'%s%n\\x01\\n'", cermet_def_find(CERMET_KIND_OPERATOR, "%s%n\x01\n", &def));
  FAILS(CERMET_NOT_FOUND, "'\\xff'", cermet_def_find(CERMET_KIND_OPERATOR, "\xff", &def));
}

Test(error, unknown_names_suggest_the_nearest) {
  const cermet_def *def = NULL;
  FAILS(CERMET_NOT_FOUND, "did you mean 'identity'", cermet_def_find(CERMET_KIND_OPERATOR, "idenity", &def));
  cr_assert(cermet_def_find(CERMET_KIND_OPTIMIZER, "xyz", &def) == CERMET_NOT_FOUND);
  cr_assert(strstr(cermet_error_last_message(), "did you mean") == NULL, "%s", cermet_error_last_message());
}

static void *fail_here(void *unused) {
  const cermet_def *def = NULL;
  (void)unused;
  return cermet_def_find(CERMET_KIND_OPERATOR, "other_thread", &def) == CERMET_NOT_FOUND ? NULL : (void *)"no failure";
}

Test(error, threads_have_their_own) {
  pthread_t thread;
  void *problem = NULL;
  const cermet_def *def = NULL;
  cr_assert(cermet_def_find(CERMET_KIND_OPERATOR, "this_thread", &def) == CERMET_NOT_FOUND);
  pthread_create(&thread, NULL, fail_here, NULL);
  pthread_join(thread, &problem);
  cr_assert(problem == NULL);
  cr_assert(strstr(cermet_error_last_message(), "this_thread") != NULL);
}

Test(error, names_of_values) {
  cr_assert(strcmp(cermet_status_name(CERMET_CORRUPT), "corrupt") == 0);
  cr_assert(strcmp(cermet_status_name((cermet_status)99), "unknown") == 0);
  cr_assert(strcmp(cermet_dtype_name(CERMET_BFLOAT16), "bfloat16") == 0 && cermet_dtype_size(CERMET_BFLOAT16) == 2);
  cr_assert(strcmp(cermet_dtype_name((cermet_dtype)9), "unknown") == 0 && cermet_dtype_size((cermet_dtype)9) == 0);
  cermet_dtype dtype;
  OK(cermet_dtype_from_name("bool", &dtype));
  cr_assert(dtype == CERMET_BOOL);
  FAILS(CERMET_INVALID_ARGUMENT, "float32", cermet_dtype_from_name("float", &dtype));
  cr_assert(cermet_version() == CERMET_VERSION);
}

/* What is kept must be UTF-8, or no file could hold it; what is refused is shown escaped. */
Test(error, names_and_texts_are_utf8) {
  static const char *const bad[] = {
      "\xff", "a\xc3", "\xc3(", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
      "\x80"};
  cermet_symbol *symbol = NULL, *out = NULL;
  cermet_model *model = NULL;
  OK(cermet_symbol_variable("Gewicht \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", &symbol));
  OK(cermet_model_create(symbol, &model));
  for (size_t k = 0; k < sizeof bad / sizeof *bad; ++k) {
    FAILS(CERMET_INVALID_ARGUMENT, "\\x", cermet_symbol_variable(bad[k], &out));
    FAILS(CERMET_INVALID_ARGUMENT, "name: got",
          cermet_symbol_apply(find(CERMET_KIND_OPERATOR, "exp"), NULL, bad[k], &symbol, 1, &out));
    FAILS(CERMET_INVALID_ARGUMENT, "value: got", cermet_symbol_set_attribute(symbol, "__unit__", bad[k]));
    FAILS(CERMET_INVALID_ARGUMENT, "key: got", cermet_symbol_set_attribute(symbol, bad[k], "m"));
    FAILS(CERMET_INVALID_ARGUMENT, "want UTF-8", cermet_model_set_metadata(model, "unit", bad[k]));
    FAILS(CERMET_INVALID_ARGUMENT, "want UTF-8", cermet_model_set_metadata(model, bad[k], "m"));
  }
  cr_assert_null(out);
  cermet_symbol_release(symbol);
  cermet_model_release(model);
}
