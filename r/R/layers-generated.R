# Generated from bindings/ops.json by bindings/emit/r.py: do not edit.
# SPDX-License-Identifier: Apache-2.0

cm_layer_activation <- function(object, act_type, name = NULL) {
  add_layer(object, "activation", list(act_type = act_type), "s", name)
}

cm_layer_avg_pool1d <- function(object, pool_size = 2, strides = integer(), padding = 0, ceil_mode = FALSE,
    count_include_pad = TRUE, name = NULL) {
  add_layer(object, "avg_pool1d", list(pool_size = pool_size, strides = strides, padding = padding,
    ceil_mode = ceil_mode, count_include_pad = count_include_pad), "IIIbb", name)
}

cm_layer_avg_pool2d <- function(object, pool_size = 2, strides = integer(), padding = 0, ceil_mode = FALSE,
    count_include_pad = TRUE, name = NULL) {
  add_layer(object, "avg_pool2d", list(pool_size = pool_size, strides = strides, padding = padding,
    ceil_mode = ceil_mode, count_include_pad = count_include_pad), "IIIbb", name)
}

cm_layer_avg_pool3d <- function(object, pool_size = 2, strides = integer(), padding = 0, ceil_mode = FALSE,
    count_include_pad = TRUE, name = NULL) {
  add_layer(object, "avg_pool3d", list(pool_size = pool_size, strides = strides, padding = padding,
    ceil_mode = ceil_mode, count_include_pad = count_include_pad), "IIIbb", name)
}

cm_layer_batch_norm <- function(object, epsilon = 1e-05, center = TRUE, scale = TRUE, axis = 2, momentum = 0.9,
    use_global_stats = FALSE, name = NULL) {
  add_layer(object, "batch_norm", list(epsilon = epsilon, center = center, scale = scale, axis = axis,
    momentum = momentum, use_global_stats = use_global_stats), "fbbafb", name)
}

cm_layer_conv1d <- function(object, channels, kernel_size, strides = 1, padding = 0, dilation = 1, groups = 1,
    activation = NULL, use_bias = TRUE, name = NULL) {
  add_layer(object, "conv1d", list(channels = channels, kernel_size = kernel_size, strides = strides, padding = padding,
    dilation = dilation, groups = groups, activation = activation, use_bias = use_bias), "iIIIIisb", name)
}

cm_layer_conv1d_transpose <- function(object, channels, kernel_size, strides = 1, padding = 0, dilation = 1, groups = 1,
    activation = NULL, use_bias = TRUE, output_padding = 0, name = NULL) {
  add_layer(object, "conv1d_transpose", list(channels = channels, kernel_size = kernel_size, strides = strides,
    padding = padding, dilation = dilation, groups = groups, activation = activation, use_bias = use_bias,
    output_padding = output_padding), "iIIIIisbI", name)
}

cm_layer_conv2d <- function(object, channels, kernel_size, strides = 1, padding = 0, dilation = 1, groups = 1,
    activation = NULL, use_bias = TRUE, name = NULL) {
  add_layer(object, "conv2d", list(channels = channels, kernel_size = kernel_size, strides = strides, padding = padding,
    dilation = dilation, groups = groups, activation = activation, use_bias = use_bias), "iIIIIisb", name)
}

cm_layer_conv2d_transpose <- function(object, channels, kernel_size, strides = 1, padding = 0, dilation = 1, groups = 1,
    activation = NULL, use_bias = TRUE, output_padding = 0, name = NULL) {
  add_layer(object, "conv2d_transpose", list(channels = channels, kernel_size = kernel_size, strides = strides,
    padding = padding, dilation = dilation, groups = groups, activation = activation, use_bias = use_bias,
    output_padding = output_padding), "iIIIIisbI", name)
}

cm_layer_conv3d <- function(object, channels, kernel_size, strides = 1, padding = 0, dilation = 1, groups = 1,
    activation = NULL, use_bias = TRUE, name = NULL) {
  add_layer(object, "conv3d", list(channels = channels, kernel_size = kernel_size, strides = strides, padding = padding,
    dilation = dilation, groups = groups, activation = activation, use_bias = use_bias), "iIIIIisb", name)
}

cm_layer_conv3d_transpose <- function(object, channels, kernel_size, strides = 1, padding = 0, dilation = 1, groups = 1,
    activation = NULL, use_bias = TRUE, output_padding = 0, name = NULL) {
  add_layer(object, "conv3d_transpose", list(channels = channels, kernel_size = kernel_size, strides = strides,
    padding = padding, dilation = dilation, groups = groups, activation = activation, use_bias = use_bias,
    output_padding = output_padding), "iIIIIisbI", name)
}

cm_layer_dense <- function(object, units, activation = NULL, use_bias = TRUE, flatten = TRUE, name = NULL) {
  add_layer(object, "dense", list(units = units, activation = activation, use_bias = use_bias, flatten = flatten),
    "isbb", name)
}

cm_layer_dropout <- function(object, rate, axes = integer(), name = NULL) {
  add_layer(object, "dropout", list(rate = rate, axes = axes), "fA", name)
}

cm_layer_elu <- function(object, alpha = 1, name = NULL) {
  add_layer(object, "elu", list(alpha = alpha), "f", name)
}

cm_layer_embedding <- function(object, input_dim, output_dim, name = NULL) {
  add_layer(object, "embedding", list(input_dim = input_dim, output_dim = output_dim), "ii", name)
}

cm_layer_flatten <- function(object, name = NULL) {
  add_layer(object, "flatten", NULL, "", name)
}

cm_layer_gelu <- function(object, name = NULL) {
  add_layer(object, "gelu", NULL, "", name)
}

cm_layer_global_avg_pool1d <- function(object, name = NULL) {
  add_layer(object, "global_avg_pool1d", NULL, "", name)
}

cm_layer_global_avg_pool2d <- function(object, name = NULL) {
  add_layer(object, "global_avg_pool2d", NULL, "", name)
}

cm_layer_global_avg_pool3d <- function(object, name = NULL) {
  add_layer(object, "global_avg_pool3d", NULL, "", name)
}

cm_layer_global_max_pool1d <- function(object, name = NULL) {
  add_layer(object, "global_max_pool1d", NULL, "", name)
}

cm_layer_global_max_pool2d <- function(object, name = NULL) {
  add_layer(object, "global_max_pool2d", NULL, "", name)
}

cm_layer_global_max_pool3d <- function(object, name = NULL) {
  add_layer(object, "global_max_pool3d", NULL, "", name)
}

cm_layer_group_norm <- function(object, epsilon = 1e-05, center = TRUE, scale = TRUE, num_groups = 1, name = NULL) {
  add_layer(object, "group_norm", list(epsilon = epsilon, center = center, scale = scale, num_groups = num_groups),
    "fbbi", name)
}

cm_layer_gru <- function(object, hidden_size, num_layers = 1, dropout = 0, bidirectional = FALSE, layout = "TNC",
    name = NULL) {
  add_layer(object, "gru", list(hidden_size = hidden_size, num_layers = num_layers, dropout = dropout,
    bidirectional = bidirectional, layout = layout), "iifbs", name)
}

cm_layer_layer_norm <- function(object, epsilon = 1e-05, center = TRUE, scale = TRUE, axis = -1, name = NULL) {
  add_layer(object, "layer_norm", list(epsilon = epsilon, center = center, scale = scale, axis = axis), "fbba", name)
}

cm_layer_leaky_relu <- function(object, alpha = 0.3, name = NULL) {
  add_layer(object, "leaky_relu", list(alpha = alpha), "f", name)
}

cm_layer_lstm <- function(object, hidden_size, num_layers = 1, dropout = 0, bidirectional = FALSE, layout = "TNC",
    name = NULL) {
  add_layer(object, "lstm", list(hidden_size = hidden_size, num_layers = num_layers, dropout = dropout,
    bidirectional = bidirectional, layout = layout), "iifbs", name)
}

cm_layer_max_pool1d <- function(object, pool_size = 2, strides = integer(), padding = 0, ceil_mode = FALSE,
    name = NULL) {
  add_layer(object, "max_pool1d", list(pool_size = pool_size, strides = strides, padding = padding,
    ceil_mode = ceil_mode), "IIIb", name)
}

cm_layer_max_pool2d <- function(object, pool_size = 2, strides = integer(), padding = 0, ceil_mode = FALSE,
    name = NULL) {
  add_layer(object, "max_pool2d", list(pool_size = pool_size, strides = strides, padding = padding,
    ceil_mode = ceil_mode), "IIIb", name)
}

cm_layer_max_pool3d <- function(object, pool_size = 2, strides = integer(), padding = 0, ceil_mode = FALSE,
    name = NULL) {
  add_layer(object, "max_pool3d", list(pool_size = pool_size, strides = strides, padding = padding,
    ceil_mode = ceil_mode), "IIIb", name)
}

cm_layer_multi_head_attention <- function(object, units, num_heads = 1, is_causal = FALSE, use_bias = TRUE,
    name = NULL) {
  add_layer(object, "multi_head_attention", list(units = units, num_heads = num_heads, is_causal = is_causal,
    use_bias = use_bias), "iibb", name)
}

cm_layer_prelu <- function(object, name = NULL) {
  add_layer(object, "prelu", NULL, "", name)
}

cm_layer_rnn <- function(object, hidden_size, activation = "relu", num_layers = 1, dropout = 0, bidirectional = FALSE,
    layout = "TNC", name = NULL) {
  add_layer(object, "rnn", list(hidden_size = hidden_size, activation = activation, num_layers = num_layers,
    dropout = dropout, bidirectional = bidirectional, layout = layout), "isifbs", name)
}

cm_layer_selu <- function(object, name = NULL) {
  add_layer(object, "selu", NULL, "", name)
}

cm_layer_swish <- function(object, beta = 1, name = NULL) {
  add_layer(object, "swish", list(beta = beta), "f", name)
}

cm_opt_adagrad <- function(learning_rate = 0.01, wd = 0, rescale_grad = 1, clip_gradient = NULL, epsilon = 1e-07,
    schedule = NULL) {
  new_spec("optimizer", "adagrad", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, epsilon = epsilon), "fffff", schedule = schedule)
}

cm_opt_adam <- function(learning_rate = 0.001, wd = 0, rescale_grad = 1, clip_gradient = NULL, beta1 = 0.9,
    beta2 = 0.999, epsilon = 1e-08, schedule = NULL) {
  new_spec("optimizer", "adam", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, beta1 = beta1, beta2 = beta2, epsilon = epsilon), "fffffff", schedule = schedule)
}

cm_opt_adamw <- function(learning_rate = 0.001, wd = 0, rescale_grad = 1, clip_gradient = NULL, beta1 = 0.9,
    beta2 = 0.999, epsilon = 1e-08, schedule = NULL) {
  new_spec("optimizer", "adamw", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, beta1 = beta1, beta2 = beta2, epsilon = epsilon), "fffffff", schedule = schedule)
}

cm_opt_ftrl <- function(learning_rate = 0.1, wd = 0, rescale_grad = 1, clip_gradient = NULL, lamda1 = 0.01, beta = 1,
    schedule = NULL) {
  new_spec("optimizer", "ftrl", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, lamda1 = lamda1, beta = beta), "ffffff", schedule = schedule)
}

cm_opt_nag <- function(learning_rate = 0.01, wd = 0, rescale_grad = 1, clip_gradient = NULL, momentum = 0.9,
    schedule = NULL) {
  new_spec("optimizer", "nag", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, momentum = momentum), "fffff", schedule = schedule)
}

cm_opt_rmsprop <- function(learning_rate = 0.001, wd = 0, rescale_grad = 1, clip_gradient = NULL, gamma1 = 0.9,
    gamma2 = 0.9, epsilon = 1e-08, centered = FALSE, clip_weights = NULL, schedule = NULL) {
  new_spec("optimizer", "rmsprop", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, gamma1 = gamma1, gamma2 = gamma2, epsilon = epsilon, centered = centered,
    clip_weights = clip_weights), "fffffffbf", schedule = schedule)
}

cm_opt_sgd <- function(learning_rate = 0.01, wd = 0, rescale_grad = 1, clip_gradient = NULL, momentum = 0,
    schedule = NULL) {
  new_spec("optimizer", "sgd", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, momentum = momentum), "fffff", schedule = schedule)
}

cm_opt_signum <- function(learning_rate = 0.01, wd = 0, rescale_grad = 1, clip_gradient = NULL, momentum = 0.9,
    wd_lh = 0, schedule = NULL) {
  new_spec("optimizer", "signum", list(learning_rate = learning_rate, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient, momentum = momentum, wd_lh = wd_lh), "ffffff", schedule = schedule)
}

cm_metric_accuracy <- function(axis = 2) {
  new_spec("metric", "accuracy", list(axis = axis), "a")
}

cm_metric_cross_entropy <- function(axis = 2, eps = 1e-12) {
  new_spec("metric", "cross_entropy", list(axis = axis, eps = eps), "af")
}

cm_metric_f1 <- function() {
  new_spec("metric", "f1", NULL, "")
}

cm_metric_loss <- function() {
  new_spec("metric", "loss", NULL, "")
}

cm_metric_mae <- function() {
  new_spec("metric", "mae", NULL, "")
}

cm_metric_mse <- function() {
  new_spec("metric", "mse", NULL, "")
}

cm_metric_perplexity <- function(axis = -1, ignore_label = NULL) {
  new_spec("metric", "perplexity", list(axis = axis, ignore_label = ignore_label), "an")
}

cm_metric_rmse <- function() {
  new_spec("metric", "rmse", NULL, "")
}

cm_metric_top_k_accuracy <- function(top_k = 1) {
  new_spec("metric", "top_k_accuracy", list(top_k = top_k), "i")
}

cm_init_constant <- function(value = 0) {
  new_spec("initializer", "constant", list(value = value), "f")
}

cm_init_lstm_bias <- function(forget_bias = 1) {
  new_spec("initializer", "lstm_bias", list(forget_bias = forget_bias), "f")
}

cm_init_msra_prelu <- function(factor_type = "avg", slope = 0.25) {
  new_spec("initializer", "msra_prelu", list(factor_type = factor_type, slope = slope), "sf")
}

cm_init_normal <- function(sigma = 0.01) {
  new_spec("initializer", "normal", list(sigma = sigma), "f")
}

cm_init_one <- function() {
  new_spec("initializer", "one", NULL, "")
}

cm_init_orthogonal <- function(scale = 1.414, rand_type = "uniform") {
  new_spec("initializer", "orthogonal", list(scale = scale, rand_type = rand_type), "fs")
}

cm_init_uniform <- function(scale = 0.07) {
  new_spec("initializer", "uniform", list(scale = scale), "f")
}

cm_init_xavier <- function(rnd_type = "uniform", factor_type = "avg", magnitude = 3) {
  new_spec("initializer", "xavier", list(rnd_type = rnd_type, factor_type = factor_type, magnitude = magnitude), "ssf")
}

cm_init_zero <- function() {
  new_spec("initializer", "zero", NULL, "")
}

cm_lr_constant <- function(warmup_steps = 0, warmup_begin_lr = 0, warmup_mode = "linear") {
  new_spec("schedule", "constant", list(warmup_steps = warmup_steps, warmup_begin_lr = warmup_begin_lr,
    warmup_mode = warmup_mode), "ifs")
}

cm_lr_cosine <- function(max_update, final_lr = 0, warmup_steps = 0, warmup_begin_lr = 0, warmup_mode = "linear") {
  new_spec("schedule", "cosine", list(max_update = max_update, final_lr = final_lr, warmup_steps = warmup_steps,
    warmup_begin_lr = warmup_begin_lr, warmup_mode = warmup_mode), "ififs")
}

cm_lr_factor <- function(step, factor = 1, stop_factor_lr = 1e-08, warmup_steps = 0, warmup_begin_lr = 0,
    warmup_mode = "linear") {
  new_spec("schedule", "factor", list(step = step, factor = factor, stop_factor_lr = stop_factor_lr,
    warmup_steps = warmup_steps, warmup_begin_lr = warmup_begin_lr, warmup_mode = warmup_mode), "iffifs")
}

cm_lr_multi_factor <- function(steps, factor = 1, warmup_steps = 0, warmup_begin_lr = 0, warmup_mode = "linear") {
  new_spec("schedule", "multi_factor", list(steps = steps, factor = factor, warmup_steps = warmup_steps,
    warmup_begin_lr = warmup_begin_lr, warmup_mode = warmup_mode), "Ififs")
}

cm_lr_poly <- function(max_update, final_lr = 0, pwr = 2, warmup_steps = 0, warmup_begin_lr = 0,
    warmup_mode = "linear") {
  new_spec("schedule", "poly", list(max_update = max_update, final_lr = final_lr, pwr = pwr,
    warmup_steps = warmup_steps, warmup_begin_lr = warmup_begin_lr, warmup_mode = warmup_mode), "iffifs")
}
