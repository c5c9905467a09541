/* SPDX-License-Identifier: Apache-2.0 */
/* Nets with branches, as PyTorch's peers build them: ResNet-50 (v1.5) and an encoder of transformers (post-norm). */
#include "support.h"

static cermet_symbol *again(cermet_symbol *value) {
  cermet_symbol_retain(value);
  return value;
}

static cermet_symbol *sum(cermet_symbol *a, cermet_symbol *b) {
  cermet_symbol *inputs[2] = {a, b}, *out;
  CHECK(cermet_symbol_apply(find(CERMET_KIND_OPERATOR, "add"), NULL, NULL, inputs, 2, &out));
  cermet_symbol_release(a);
  cermet_symbol_release(b);
  return out;
}

static cermet_symbol *layer(cermet_symbol *x, const char *layer_name, const char *settings) {
  return apply(CERMET_KIND_LAYER, layer_name, settings, NULL, x);
}

static cermet_symbol *relu(cermet_symbol *x) { return apply(CERMET_KIND_OPERATOR, "relu", "", NULL, x); }

static cermet_symbol *convolution(cermet_symbol *x, int channels, int kernel, int stride) {
  char settings[128];
  snprintf(settings, sizeof settings, "channels=%d kernel_size=%d strides=%d padding=%d use_bias=false", channels,
           kernel, stride, kernel / 2);
  return layer(layer(x, "conv2d", settings), "batch_norm", "");
}

static cermet_symbol *bottleneck(cermet_symbol *x, int channels, int stride, int projected) {
  cermet_symbol *shortcut = again(x);
  if (projected) shortcut = convolution(shortcut, 4 * channels, 1, stride);
  x = relu(convolution(x, channels, 1, 1));
  x = relu(convolution(x, channels, 3, stride));
  return relu(sum(convolution(x, 4 * channels, 1, 1), shortcut));
}

cermet_symbol *resnet50(cermet_symbol *x) {
  const int blocks[] = {3, 4, 6, 3};
  x = layer(relu(convolution(x, 64, 7, 2)), "max_pool2d", "pool_size=3 strides=2 padding=1");
  for (int stage = 0; stage < 4; ++stage)
    for (int block = 0; block < blocks[stage]; ++block)
      x = bottleneck(x, 64 << stage, block == 0 && stage > 0 ? 2 : 1, block == 0);
  return layer(layer(layer(x, "global_avg_pool2d", ""), "flatten", ""), "dense", "units=1000");
}

static cermet_symbol *encoder(cermet_symbol *x) {
  cermet_symbol *before = again(x);
  x = layer(sum(layer(x, "multi_head_attention", "units=256 num_heads=4"), before), "layer_norm", "");
  before = again(x);
  x = layer(layer(x, "dense", "units=1024 activation=relu flatten=false"), "dense", "units=256 flatten=false");
  return layer(sum(x, before), "layer_norm", "");
}

cermet_symbol *transformer(cermet_symbol *x) {
  for (int k = 0; k < 4; ++k) x = encoder(x);
  return layer(apply(CERMET_KIND_OPERATOR, "mean", "axis=1", NULL, x), "dense", "units=10");
}
