/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols in MXNet's JSON: every generation is read, bad graphs are refused with their place. */
#include "nets.h"

Test(json, is_written_as_mxnet_writes_it) {
  cermet_symbol *symbol = small_net(), *again = NULL;
  char *json = json_of(symbol);
  const char *want =
      "{\n  \"nodes\": [\n    {\n      \"op\": \"null\", \n      \"name\": \"data\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"null\", \n      \"name\": \"fc_weight\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"null\", \n      \"name\": \"fc_bias\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"FullyConnected\", \n      \"name\": \"fc\", \n      \"attrs\": {\"num_hidden\": \"3\"}, "
      "\n"
      "      \"inputs\": [[0, 0, 0], [1, 0, 0], [2, 0, 0]]\n    }, \n"
      "    {\n      \"op\": \"null\", \n      \"name\": \"softmax_label\", \n      \"inputs\": []\n    }, \n"
      "    {\n      \"op\": \"SoftmaxOutput\", \n      \"name\": \"softmax\", \n      \"inputs\": [[3, 0, 0], [4, 0, "
      "0]]\n"
      "    }\n  ], \n  \"arg_nodes\": [0, 1, 2, 4], \n  \"node_row_ptr\": [0, 1, 2, 3, 4, 5, 6], \n"
      "  \"heads\": [[5, 0, 0]], \n  \"attrs\": {\"mxnet_version\": [\"int\", 10901]}\n}";
  cr_assert_str_eq(json, want);
  OK(parse(json, &again));
  char *second = json_of(again);
  cr_assert_str_eq(second, json);
  free(json);
  free(second);
  cermet_symbol_release(again);
  cermet_symbol_release(symbol);
}

Test(json, every_generation_is_read) {
  const char *graphs[] = {
      GOOD,
      GRAPH(VARS FC("\"param\":{\"num_hidden\":\"2\"},\"attr\":{\"ctx_group\":\"g\"},\"backward_source_id\":-1",
                    "[0,0],[1,0],[2,0]"),
            "[3,0]"),
      GRAPH(VARS FC("\"attr\":{\"num_hidden\":\"2\",\"weight_lr_mult\":\"0.5\"}", "[0,0,0],[1,0,0],[2,0,0]"),
            "[3,0,0]"),
      GRAPH(VARS FC("\"param\":{\"num_hidden\":\"9\"},\"attrs\":{\"num_hidden\":\"2\"}", "[0,0,0],[1,0,0],[2,0,0]"),
            "[3,0,0]"),
  };
  for (size_t k = 0; k < sizeof graphs / sizeof *graphs; ++k) {
    cermet_symbol *symbol = NULL;
    OK(parse(graphs[k], &symbol));
    char *json = json_of(symbol);
    cr_assert(strstr(json, "\"num_hidden\": \"2\"") != NULL, "%zu: %s", k, json);
    if (k == 1) cr_assert(strstr(json, "\"__ctx_group__\": \"g\"") != NULL, "%s", json);
    if (k == 2)
      cr_assert(strstr(json, "\"name\": \"w\", \n      \"attrs\": {\"__lr_mult__\": \"0.5\"}") != NULL, "%s", json);
    free(json);
    cermet_symbol_release(symbol);
  }
}

Test(json, states_are_added_to_files_before_0_9) {
  const char *nodes =
      VAR("x") "," VAR("g") "," VAR("b") ",{\"op\":\"BatchNorm\",\"name\":\"bn\",\"inputs\":[[0,0],[1,0],[2,0]]}";
  char graph[1024];
  cermet_symbol *symbol = NULL;
  cermet_strings *states = NULL;
  snprintf(graph, sizeof graph, "{\"nodes\":[%s],\"heads\":[[3,0]]}", nodes);
  OK(parse(graph, &symbol));
  OK(cermet_symbol_auxiliary_states(symbol, &states));
  expect_strings(states, STRINGS("bn_moving_mean", "bn_moving_var"));
  cermet_symbol_release(symbol);
  snprintf(graph, sizeof graph, "{\"nodes\":[%s],\"heads\":[[3,0]],\"attrs\":{\"mxnet_version\":[\"int\",10901]}}",
           nodes);
  FAILS(CERMET_CORRUPT, "'moving_mean' is missing", parse(graph, &symbol));
}

Test(json, bad_graphs_are_refused_with_their_place) {
  struct {
    cermet_status status;
    const char *text, *json;
  } cases[] = {
      {CERMET_CORRUPT, "line 1, column", ""},
      {CERMET_CORRUPT, "line 2, column 1", "{\"nodes\":\n]"},
      {CERMET_CORRUPT, "column", GOOD " x"},
      {CERMET_CORRUPT, "appears twice", "{\"nodes\":[],\"nodes\":[]}"},
      {CERMET_CORRUPT, "overflow", "{\"nodes\":1e400}"},
      {CERMET_CORRUPT, "surrogate", "{\"nodes\":[" VAR("\\ud800") "],\"heads\":[[0,0]]}"},
      {CERMET_CORRUPT, "without NUL", "{\"nodes\":[" VAR("a\\u0000b") "],\"heads\":[[0,0]]}"},
      {CERMET_CORRUPT, "top: got array", "[]"},
      {CERMET_CORRUPT, "nodes: is missing", "{\"heads\":[]}"},
      {CERMET_CORRUPT, "heads: got none", GRAPH(VAR("x"), "")},
      {CERMET_CORRUPT, "heads[0]: got output 7 of node 'x', which has 1", GRAPH(VAR("x"), "[0,7]")},
      {CERMET_CORRUPT, "heads[0]: got 1; want a node id from 0 to 0", GRAPH(VAR("x"), "[1,0]")},
      {CERMET_CORRUPT, "heads[0]: got 4294967295", GRAPH(VAR("x"), "[4294967295,0]")},
      {CERMET_CORRUPT, "heads[0]: got -1", GRAPH(VAR("x"), "[-1,0]")},
      {CERMET_CORRUPT, "heads[0]: got 0.5", GRAPH(VAR("x"), "[0.5,0]")},
      {CERMET_CORRUPT, "heads[0]", GRAPH(VAR("x"), "[0]")},
      {CERMET_CORRUPT, "got 'x', the name of nodes[0]", GRAPH(VAR("x") "," VAR("x"), "[0,0]")},
      {CERMET_CORRUPT, "no cycles", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0],[1,0],[3,0]"), "[3,0]")},
      {CERMET_CORRUPT, "'bias' is missing", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0],[1,0]"), "[3,0]")},
      {CERMET_CORRUPT, "inputs: got 4; want 3",
       GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"2\"}", "[0,0],[1,0],[2,0],[2,0]"), "[3,0]")},
      {CERMET_CORRUPT, "want a string", GRAPH(VARS FC("\"attrs\":{\"num_hidden\":2}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_CORRUPT, "unknown key 'code'",
       GRAPH("{\"op\":\"null\",\"name\":\"x\",\"code\":\"rm\",\"inputs\":[]}", "[0,0]")},
      {CERMET_CORRUPT, "arg_nodes[0]", "{\"nodes\":[" VAR("x") "],\"arg_nodes\":[1],\"heads\":[[0,0]]}"},
      {CERMET_UNSUPPORTED, "unknown operator 'FooBar'",
       GRAPH(VAR("x") ",{\"op\":\"FooBar\",\"name\":\"f\",\"inputs\":[[0,0]]}", "[1,0]")},
      {CERMET_UNSUPPORTED, "did you mean 'FullyConnected'",
       GRAPH(VAR("x") ",{\"op\":\"FullyConected\",\"name\":\"f\",\"inputs\":[[0,0]]}", "[1,0]")},
      {CERMET_UNSUPPORTED, "mxnet_version",
       "{\"nodes\":[" VAR("x") "],\"heads\":[[0,0]],\"attrs\":{\"mxnet_version\":[\"int\",999999]}}"},
      {CERMET_INVALID_ARGUMENT, "fc': num_hidden: got 'abc'",
       GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"abc\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_INVALID_ARGUMENT, "fc': num_hidden: got -3",
       GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"-3\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_INVALID_ARGUMENT, "num_hidden",
       GRAPH(VARS FC("\"attrs\":{\"num_hidden\":\"99999999999999999999\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
      {CERMET_NOT_FOUND, "fc': attribute: got 'hidden'",
       GRAPH(VARS FC("\"attrs\":{\"hidden\":\"2\"}", "[0,0],[1,0],[2,0]"), "[3,0]")},
  };
  cermet_symbol *symbol = NULL;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k)
    FAILS(cases[k].status, cases[k].text, parse(cases[k].json, &symbol));
  cr_assert(symbol == NULL);
  OK(parse(GOOD, &symbol));
  cermet_symbol_release(symbol);
}

Test(json, every_cut_is_corrupt) {
  const char *json = GOOD;
  cermet_symbol *symbol = NULL;
  for (size_t length = 0; length < strlen(json); ++length)
    FAILS(CERMET_CORRUPT, "line 1", cermet_symbol_from_json(json, (int64_t)length, &symbol));
}

Test(json, deep_nesting_and_long_chains) {
  size_t size = 100000;
  char *text = malloc(size + 1);
  memset(text, '[', size);
  text[size] = '\0';
  cermet_symbol *symbol = NULL;
  FAILS(CERMET_CORRUPT, "deep", parse(text, &symbol));
  free(text);
  /* 100,000 nodes one after the other */
  size_t used = 0, capacity = 16u << 20;
  char *json = malloc(capacity);
  used += (size_t)snprintf(json, capacity, "{\"nodes\":[" VAR("x"));
  for (int k = 1; k <= 100000; ++k)
    used += (size_t)snprintf(json + used, capacity - used,
                             ",{\"op\":\"negative\",\"name\":\"n%d\",\"inputs\":[[%d,0,0]]}", k, k - 1);
  snprintf(json + used, capacity - used, "],\"heads\":[[100000,0,0]]}");
  OK(parse(json, &symbol));
  cermet_symbol_release(symbol);
  free(json);
}
