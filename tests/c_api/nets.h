/* SPDX-License-Identifier: Apache-2.0 */
/* A small net, and graphs as JSON, for the tests of symbols and models. */
#ifndef CERMET_TESTS_NETS_H
#define CERMET_TESTS_NETS_H

#include "files.h"

static inline cermet_symbol *variable(const char *name) {
  cermet_symbol *out = NULL;
  OK(cermet_symbol_variable(name, &out));
  return out;
}

static inline cermet_symbol *apply_text(const char *op, const char *name, cermet_symbol *input, const char *attr,
                                        const char *value) {
  const cermet_def *def = find(CERMET_KIND_OPERATOR, op);
  cermet_attrs *attrs = NULL;
  cermet_symbol *out = NULL;
  OK(cermet_attrs_create(def, &attrs));
  if (attr) OK(cermet_attrs_set_text(attrs, attr, value));
  OK(cermet_symbol_apply(def, attrs, name, &input, 1, &out));
  cermet_attrs_release(attrs);
  cermet_symbol_release(input);
  return out;
}

/* data -> fc (3 units) -> softmax_output */
static inline cermet_symbol *small_net(void) {
  return apply_text("softmax_output", "softmax",
                    apply_text("fully_connected", "fc", variable("data"), "num_hidden", "3"), NULL, NULL);
}

static inline cermet_specs *data_spec(int64_t rows, int64_t columns) {
  cermet_specs *out = NULL;
  OK(cermet_specs_create(&out));
  OK(cermet_specs_set(out, "data", (const int64_t[]){rows, columns}, 2, CERMET_FLOAT32));
  return out;
}

static inline void expect_strings(cermet_strings *strings, const char *const *want, int32_t count) {
  int32_t size = 0;
  OK(cermet_strings_size(strings, &size));
  cr_assert(size == count, "got %d strings, want %d", size, count);
  for (int32_t k = 0; k < count; ++k) {
    const char *text = NULL;
    OK(cermet_strings_get(strings, k, &text));
    cr_assert_str_eq(text, want[k]);
  }
  cermet_strings_release(strings);
}
#define STRINGS(...) \
  (const char *const[]){__VA_ARGS__}, (int32_t)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static inline char *json_of(const cermet_symbol *symbol) {
  cermet_bytes *bytes = NULL;
  const char *text = NULL;
  OK(cermet_symbol_to_json(symbol, &bytes));
  OK(cermet_bytes_text(bytes, &text));
  char *out = strdup(text);
  cermet_bytes_release(bytes);
  return out;
}

static inline cermet_status parse(const char *json, cermet_symbol **out) {
  return cermet_symbol_from_json(json, (int64_t)strlen(json), out);
}

/* Graphs put together from pieces. */
#define VAR(name) "{\"op\":\"null\",\"name\":\"" name "\",\"inputs\":[]}"
#define FC(attrs, inputs) "{\"op\":\"FullyConnected\",\"name\":\"fc\"," attrs ",\"inputs\":[" inputs "]}"
#define GRAPH(nodes, heads) "{\"nodes\":[" nodes "],\"arg_nodes\":[0],\"heads\":[" heads "]}"
#define VARS VAR("data") "," VAR("w") "," VAR("b") ","
#define GOOD GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0,0],[1,0,0],[2,0,0]"), "[3,0,0]")

#endif
