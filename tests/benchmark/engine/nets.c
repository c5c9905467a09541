/* SPDX-License-Identifier: Apache-2.0 */
/* Whole nets, trained (SGD with momentum on softmax cross-entropy) and used for prediction. To add a net, add a row. */
#include "support.h"

typedef struct net {
  const char *name, *layers; /* "layer key=value key=value; .operator key=value; ..." */
  int32_t ndim;
  int64_t data[4]; /* shape of a batch */
  int64_t indices; /* data are whole numbers below this; 0: floats */
  int64_t classes;
  cermet_symbol *(*make)(cermet_symbol *data); /* instead of `layers` */
} net;

static const net nets[] = {
    {"mlp",
     "dense units=512 activation=relu; dense units=512 activation=relu; dense units=10",
     2,
     {64, 784},
     0,
     10,
     NULL},
    {"lenet",
     "conv2d channels=20 kernel_size=5 activation=relu; max_pool2d; conv2d channels=50 kernel_size=5 activation=relu; "
     "max_pool2d; flatten; dense units=500 activation=relu; dense units=10",
     4,
     {64, 1, 28, 28},
     0,
     10,
     NULL},
    {"lenet5", /* the graph of MXNet's LeNet file */
     "conv2d channels=6 kernel_size=5 activation=relu; max_pool2d; conv2d channels=16 kernel_size=5 activation=relu; "
     "max_pool2d; flatten; dense units=120 activation=relu; dense units=84 activation=relu; dense units=10",
     4,
     {64, 1, 28, 28},
     0,
     10,
     NULL},
    {"lstm",
     "lstm hidden_size=256 num_layers=2 layout=NTC; .slice_axis axis=1 begin=34 end=35; dense units=10",
     3,
     {32, 35, 256},
     0,
     10,
     NULL},
    {.name = "transformer", .make = transformer, .ndim = 3, .data = {16, 128, 256}, .classes = 10},
    {.name = "resnet50_b1", .make = resnet50, .ndim = 4, .data = {1, 3, 224, 224}, .classes = 1000},
    {.name = "resnet50_b8", .make = resnet50, .ndim = 4, .data = {8, 3, 224, 224}, .classes = 1000},
    {.name = "resnet50_b16", .make = resnet50, .ndim = 4, .data = {16, 3, 224, 224}, .classes = 1000},
    {.name = "resnet50_b32", .make = resnet50, .ndim = 4, .data = {32, 3, 224, 224}, .classes = 1000},
    {"embedding", "embedding input_dim=50000 output_dim=256; flatten; dense units=50000", 1, {256}, 50000, 50000, NULL},
};

static const net *net_named(const char *name) {
  for (size_t k = 0; k < sizeof nets / sizeof nets[0]; ++k)
    if (!strcmp(nets[k].name, name)) return &nets[k];
  fprintf(stderr, "engine_benchmark: no net '%s'\n", name);
  exit(2);
}

static cermet_symbol *in_turn(const char *layers, cermet_symbol *symbol) {
  char text[512], name[16], *rest = text, *layer;
  int count = 0;
  snprintf(text, sizeof text, "%s", layers);
  while ((layer = strtok_r(rest, ";", &rest))) {
    layer += strspn(layer, " ");
    char *settings = strchr(layer, ' ');
    if (settings) *settings++ = 0;
    snprintf(name, sizeof name, "layer%d", count++);
    cermet_kind kind = *layer == '.' ? CERMET_KIND_OPERATOR : CERMET_KIND_LAYER;
    symbol = apply(kind, layer + (*layer == '.'), settings ? settings : "", name, symbol);
  }
  return symbol;
}

static cermet_symbol *build(const net *n, int loss) {
  cermet_symbol *symbol;
  CHECK(cermet_symbol_variable("data", &symbol));
  symbol = n->make ? n->make(symbol) : in_turn(n->layers, symbol);
  return loss ? apply(CERMET_KIND_OPERATOR, "softmax_output", "normalization=batch", "softmax", symbol) : symbol;
}

static cermet_model *initialized(const net *n, int loss, cermet_specs **out_specs) {
  cermet_symbol *symbol = build(n, loss);
  cermet_model *model;
  CHECK(cermet_specs_create(out_specs));
  CHECK(cermet_specs_set(*out_specs, "data", n->data, n->ndim, CERMET_FLOAT32));
  if (loss) CHECK(cermet_specs_set(*out_specs, "softmax_label", n->data, 1, CERMET_FLOAT32));
  CHECK(cermet_model_create(symbol, &model));
  CHECK(cermet_model_initialize(model, *out_specs, NULL, NULL, NULL));
  cermet_symbol_release(symbol);
  return model;
}

/* The plan, known before the run, beside what the engine counted. */
static void report_memory(int64_t planned) {
  int64_t in_use, kept, peak, cap;
  CHECK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  figure("planned", (double)planned);
  figure("engine_peak", (double)peak);
}

static int64_t nbytes(cermet_ndarray *array) {
  int64_t size;
  CHECK(cermet_ndarray_nbytes(array, &size));
  return size;
}

typedef struct training {
  cermet_trainer *trainer;
  cermet_ndarray *batch[2];
} training;

static void step(void *state) {
  training *t = state;
  CHECK(cermet_trainer_step(t->trainer, t->batch, 2, NULL));
  CHECK(cermet_wait_all());
}

static void train(int argc, char **argv, double seconds) {
  if (argc != 1) exit(2);
  const net *n = net_named(argv[0]);
  const cermet_def *sgd = find(CERMET_KIND_OPTIMIZER, "sgd");
  training t = {.batch = {filled(n->data, n->ndim, n->indices), filled(n->data, 1, n->classes)}};
  cermet_specs *specs;
  cermet_optimizer *optimizer;
  cermet_model *model = initialized(n, 1, &specs);
  int64_t arena, arrays;
  CHECK(cermet_optimizer_create(sgd, attributes(sgd, "learning_rate=0.001 momentum=0.9"), &optimizer));
  CHECK(cermet_trainer_create(model, specs, optimizer, &t.trainer));
  CHECK(cermet_memory_reset_peak(CERMET_CPU, 0));
  measure(step, &t, seconds);
  CHECK(cermet_trainer_planned_bytes(t.trainer, &arena, &arrays)); /* states of the optimizer exist after a step */
  report_memory(arena + arrays + nbytes(t.batch[0]) + nbytes(t.batch[1]));
}

static void predict_once(void *session) { CHECK(cermet_session_run(session)); }

/* A session for a net whose input is filled; `out_parameters` may be NULL. */
static cermet_session *session_of(const net *n, int64_t *out_parameters) {
  cermet_specs *specs;
  cermet_model *model = initialized(n, 0, &specs);
  cermet_session *session;
  cermet_ndarray *input, *values;
  int64_t in_use, kept, peak, cap;
  CHECK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  CHECK(cermet_session_create(model, specs, &session));
  CHECK(cermet_session_input(session, "data", &input));
  values = filled(n->data, n->ndim, n->indices);
  CHECK(cermet_ndarray_copy_to(values, input));
  cermet_ndarray_release(values);
  cermet_ndarray_release(input);
  if (out_parameters) *out_parameters = in_use;
  return session;
}

static void infer(int argc, char **argv, double seconds) {
  if (argc != 1) exit(2);
  int64_t parameters, planned;
  cermet_session *session = session_of(net_named(argv[0]), &parameters);
  CHECK(cermet_session_planned_bytes(session, &planned));
  CHECK(cermet_memory_reset_peak(CERMET_CPU, 0));
  measure(predict_once, session, seconds);
  report_memory(parameters + planned);
}

/* One prediction, from the start of the process to its numbers. */
static void first(int argc, char **argv, double seconds) {
  (void)seconds;
  if (argc != 1) exit(2);
  cermet_session *session = session_of(net_named(argv[0]), NULL);
  cermet_ndarray *output;
  float value[65536];
  CHECK(cermet_session_run(session));
  CHECK(cermet_session_output(session, 0, &output));
  CHECK(cermet_ndarray_read(output, value, nbytes(output)));
  figure("first", now());
}

const workload net_workloads[] = {{"train", train}, {"infer", infer}, {"first", first}, {NULL, NULL}};
