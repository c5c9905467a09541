/* SPDX-License-Identifier: Apache-2.0 */
/* Prints all public definitions as one JSON list, a definition a line: bindings/ops.json. Uses the C ABI only. */
#include <stdio.h>

#include "cermet/cermet.h"

static int print_kind(cermet_kind kind, int *first) {
  cermet_strings *names = NULL;
  int32_t count = 0;
  if (cermet_def_list(kind, &names) != CERMET_OK || cermet_strings_size(names, &count) != CERMET_OK) return 1;
  for (int32_t k = 0; k < count; ++k) {
    const char *name = NULL, *text = NULL;
    const cermet_def *def = NULL;
    cermet_bytes *json = NULL;
    if (cermet_strings_get(names, k, &name) != CERMET_OK || cermet_def_find(kind, name, &def) != CERMET_OK ||
        cermet_def_describe(def, &json) != CERMET_OK || cermet_bytes_text(json, &text) != CERMET_OK)
      return 1;
    printf("%s%s", *first ? "[\n" : ",\n", text);
    *first = 0;
    cermet_bytes_release(json);
  }
  cermet_strings_release(names);
  return 0;
}

int main(void) {
  int first = 1;
  for (cermet_kind kind = CERMET_KIND_OPERATOR; kind <= CERMET_KIND_SCHEDULE; ++kind) {
    if (print_kind(kind, &first)) {
      fprintf(stderr, "dump_ops: %s\n", cermet_error_last_message());
      return 1;
    }
  }
  printf("\n]\n");
  return 0;
}
