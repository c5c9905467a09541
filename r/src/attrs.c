/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes in two steps: read and check R's values (may raise), then make the engine's (calls nothing of R). */
#include "attrs.h"

#include <math.h>

#include "failure.h"
#include "values.h"

static double number_at(SEXP x, R_xlen_t i) {
  switch (TYPEOF(x)) {
    case REALSXP:
      return REAL_RO(x)[i];
    case INTSXP:
      return INTEGER_RO(x)[i] == NA_INTEGER ? NA_REAL : INTEGER_RO(x)[i];
    default:
      return LOGICAL_RO(x)[i] == NA_LOGICAL ? NA_REAL : LOGICAL_RO(x)[i];
  }
}

/* One number of an attribute, checked and shifted as its code says. */
static int64_t read_int(const char *op, const char *name, char code, double value) {
  if (ISNAN(value)) raise_failure(CERMET_INVALID_ARGUMENT, op, name, "got NA; want whole numbers");
  if (value != trunc(value) || fabs(value) > 9007199254740992.0)
    raise_failure(CERMET_INVALID_ARGUMENT, op, name, "got %g; want whole numbers", value);
  if (code == 'i' || code == 'I') return (int64_t)value;
  if (value == 0) raise_failure(CERMET_INVALID_ARGUMENT, op, name, "got 0; want a position: they count from 1 in R");
  return value > 0 ? (int64_t)value - 1 : (int64_t)value;
}

static void read_numbers(const char *op, SEXP x, attr_value *out) {
  int single = out->code == 'i' || out->code == 'f' || out->code == 'a' || out->code == 'n';
  int type = TYPEOF(x);
  if ((type != REALSXP && type != INTSXP && type != LGLSXP) || Rf_isFactor(x))
    raise_failure(CERMET_INVALID_ARGUMENT, op, out->name, "got %s; want numbers", Rf_type2char(TYPEOF(x)));
  if (single && XLENGTH(x) != 1)
    raise_failure(CERMET_INVALID_ARGUMENT, op, out->name, "got %lld values; want one", (long long)XLENGTH(x));
  R_xlen_t count = XLENGTH(x);
  out->count = (int32_t)count;
  if (out->code == 'f' || out->code == 'F') {
    out->floats = (double *)R_alloc((size_t)count + 1, sizeof *out->floats);
    for (R_xlen_t i = 0; i < count; i++) {
      out->floats[i] = number_at(x, i);
      if (R_IsNA(out->floats[i])) raise_failure(CERMET_INVALID_ARGUMENT, op, out->name, "got NA; want numbers");
    }
    return;
  }
  out->ints = (int64_t *)R_alloc((size_t)count + 1, sizeof *out->ints);
  for (R_xlen_t i = 0; i < count; i++) out->ints[i] = read_int(op, out->name, out->code, number_at(x, i));
}

static void read_one(const char *op, SEXP x, attr_value *out) {
  switch (out->code) {
    case 's':
    case 't':
      if (TYPEOF(x) != STRSXP || XLENGTH(x) != 1 || STRING_ELT(x, 0) == NA_STRING)
        raise_failure(CERMET_INVALID_ARGUMENT, op, out->name, "want one string");
      out->string = Rf_translateCharUTF8(STRING_ELT(x, 0));
      return;
    case 'b':
      if (TYPEOF(x) != LGLSXP || XLENGTH(x) != 1 || LOGICAL_RO(x)[0] == NA_LOGICAL)
        raise_failure(CERMET_INVALID_ARGUMENT, op, out->name, "want TRUE or FALSE");
      out->count = LOGICAL_RO(x)[0];
      return;
    default:
      read_numbers(op, x, out);
  }
}

const attr_value *attrs_read(const char *op, SEXP values, SEXP codes) {
  R_xlen_t count = Rf_xlength(values);
  if (count == 0) return NULL;
  SEXP names = Rf_getAttrib(values, R_NamesSymbol);
  const char *letters = text(codes, "codes");
  attr_value *result = (attr_value *)R_alloc((size_t)count + 1, sizeof *result);
  for (R_xlen_t i = 0; i < count; i++) {
    SEXP x = VECTOR_ELT(values, i);
    result[i] = (attr_value){.name = Rf_translateCharUTF8(STRING_ELT(names, i)), .code = letters[i]};
    if (x == R_NilValue)
      result[i].code = '-';
    else
      read_one(op, x, &result[i]);
  }
  result[count] = (attr_value){.code = '\0'};
  return result;
}

static cermet_status set_value(cermet_attrs *attrs, const attr_value *value) {
  switch (value->code) {
    case '-':
      return cermet_attrs_set_none(attrs, value->name);
    case 'b':
      return cermet_attrs_set_bool(attrs, value->name, value->count);
    case 'f':
      return cermet_attrs_set_float(attrs, value->name, value->floats[0]);
    case 'F':
      return cermet_attrs_set_floats(attrs, value->name, value->floats, value->count);
    case 's':
      return cermet_attrs_set_string(attrs, value->name, value->string);
    case 't':
      return cermet_attrs_set_text(attrs, value->name, value->string);
    case 'i':
    case 'a':
    case 'n':
      return cermet_attrs_set_int(attrs, value->name, value->ints[0]);
    default:
      return cermet_attrs_set_ints(attrs, value->name, value->ints, value->count);
  }
}

static int counts(char code) { return code == 'a' || code == 'A' || code == 'n' || code == 'N'; }

cermet_status attrs_make(const cermet_def *def, const attr_value *values, cermet_attrs **out) {
  *out = NULL;
  failure_counts_clear();
  if (values == NULL) return CERMET_OK;
  cermet_attrs *attrs = NULL;
  cermet_status status = cermet_attrs_create(def, &attrs);
  for (; status == CERMET_OK && values->code != '\0'; values++) {
    if (counts(values->code)) failure_counts(values->name);
    status = set_value(attrs, values);
  }
  if (status != CERMET_OK) {
    cermet_attrs_release(attrs);
    return status;
  }
  *out = attrs;
  return CERMET_OK;
}
