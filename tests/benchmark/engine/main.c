/* SPDX-License-Identifier: Apache-2.0 */
/* One workload a process:  engine_benchmark WORKLOAD SECONDS [ARGUMENT...] */
#include "support.h"

const cermet_def *find(cermet_kind kind, const char *name) {
  const cermet_def *def;
  CHECK(cermet_def_find(kind, name, &def));
  return def;
}

cermet_attrs *attributes(const cermet_def *def, const char *settings) {
  char text[256], *rest = text, *setting;
  cermet_attrs *attrs = NULL;
  snprintf(text, sizeof text, "%s", settings);
  while ((setting = strtok_r(rest, " ", &rest))) {
    char *value = strchr(setting, '=');
    if (!attrs) CHECK(cermet_attrs_create(def, &attrs));
    *value++ = 0;
    CHECK(cermet_attrs_set_text(attrs, setting, value));
  }
  return attrs;
}

cermet_symbol *apply(cermet_kind kind, const char *layer, const char *settings, const char *name,
                     cermet_symbol *input) {
  const cermet_def *def = find(kind, layer);
  cermet_attrs *attrs = attributes(def, settings);
  cermet_symbol *output;
  CHECK(cermet_symbol_apply(def, attrs, name, &input, 1, &output));
  cermet_attrs_release(attrs);
  cermet_symbol_release(input);
  return output;
}

cermet_ndarray *filled(const int64_t *shape, int32_t ndim, int64_t classes) {
  cermet_ndarray *array;
  void *data;
  int64_t size;
  CHECK(cermet_ndarray_create(shape, ndim, CERMET_FLOAT32, CERMET_CPU, 0, &array));
  CHECK(cermet_ndarray_size(array, &size));
  CHECK(cermet_ndarray_data(array, &data));
  uint32_t state = 1;
  for (int64_t k = 0; k < size; ++k) {
    state = state * 1664525u + 1013904223u;
    ((float *)data)[k] = classes ? (float)((state >> 8) % (uint32_t)classes) : (float)(state >> 8) * 0x1p-23f - 1;
  }
  return array;
}

int main(int argc, char **argv) {
  const workload *families[] = {operator_workloads, net_workloads, graph_workloads};
  if (argc < 3) {
    fprintf(stderr, "usage: engine_benchmark WORKLOAD SECONDS [ARGUMENT...]\n");
    return 2;
  }
  for (int family = 0; family < 3; ++family)
    for (const workload *row = families[family]; row->name; ++row)
      if (!strcmp(row->name, argv[1])) {
        row->run(argc - 3, argv + 3, atof(argv[2]));
        return 0;
      }
  fprintf(stderr, "engine_benchmark: no workload '%s'\n", argv[1]);
  return 2;
}
