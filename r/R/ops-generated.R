# Generated from bindings/ops.json by bindings/emit/r.py: do not edit.
# SPDX-License-Identifier: Apache-2.0

cm_abs <- function(data, name = NULL) {
  invoke("abs", list(data), NULL, "", FALSE, name)
}

cm_activation <- function(data, act_type, name = NULL) {
  invoke("activation", list(data), list(act_type = act_type), "s", FALSE, name)
}

cm_adagrad_update <- function(weight, grad, history = NULL, lr, wd = 0, epsilon = 1e-07, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("adagrad_update", list(weight, grad, history), list(lr = lr, wd = wd, epsilon = epsilon,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "fffff", FALSE, name)
}

cm_adam_update <- function(weight, grad, mean = NULL, var = NULL, lr, wd = 0, beta1 = 0.9, beta2 = 0.999,
    epsilon = 1e-08, lazy_update = TRUE, rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("adam_update", list(weight, grad, mean, var), list(lr = lr, wd = wd, beta1 = beta1, beta2 = beta2,
    epsilon = epsilon, lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient),
    "fffffbff", FALSE, name)
}

cm_adamw_update <- function(weight, grad, mean = NULL, var = NULL, rescale_grad, lr, wd = 0, beta1 = 0.9, beta2 = 0.999,
    epsilon = 1e-08, eta, clip_gradient = -1, name = NULL) {
  invoke("adamw_update", list(weight, grad, mean, var, rescale_grad), list(lr = lr, wd = wd, beta1 = beta1,
    beta2 = beta2, epsilon = epsilon, eta = eta, clip_gradient = clip_gradient), "fffffff", FALSE, name)
}

cm_add <- function(lhs, rhs, name = NULL) {
  invoke("add", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_add_n <- function(..., name = NULL) {
  invoke("add_n", variadic(...), NULL, "", FALSE, name)
}

cm_add_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("add_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_all_finite <- function(data, init_output = TRUE, name = NULL) {
  invoke("all_finite", list(data), list(init_output = init_output), "b", FALSE, name)
}

cm_amp_cast <- function(data, dtype, name = NULL) {
  invoke("amp_cast", list(data), list(dtype = dtype), "s", FALSE, name)
}

cm_amp_multicast <- function(..., cast_narrow = FALSE, name = NULL) {
  invoke("amp_multicast", variadic(...), list(cast_narrow = cast_narrow), "b", FALSE, name)
}

cm_arange <- function(start, stop = NULL, step = 1, `repeat` = 1, infer_range = FALSE, ctx = "", dtype = "float32",
    name = NULL) {
  invoke("arange", list(), list(start = start, stop = stop, step = step, `repeat` = `repeat`, infer_range = infer_range,
    ctx = ctx, dtype = dtype), "fffibss", FALSE, name)
}

cm_arccos <- function(data, name = NULL) {
  invoke("arccos", list(data), NULL, "", FALSE, name)
}

cm_arccosh <- function(data, name = NULL) {
  invoke("arccosh", list(data), NULL, "", FALSE, name)
}

cm_arcsin <- function(data, name = NULL) {
  invoke("arcsin", list(data), NULL, "", FALSE, name)
}

cm_arcsinh <- function(data, name = NULL) {
  invoke("arcsinh", list(data), NULL, "", FALSE, name)
}

cm_arctan <- function(data, name = NULL) {
  invoke("arctan", list(data), NULL, "", FALSE, name)
}

cm_arctanh <- function(data, name = NULL) {
  invoke("arctanh", list(data), NULL, "", FALSE, name)
}

cm_argmax <- function(data, axis = NULL, keepdims = FALSE, name = NULL) {
  to_one(invoke("argmax", list(data), list(axis = axis, keepdims = keepdims), "ab", FALSE, name))
}

cm_argmax_channel <- function(data, name = NULL) {
  to_one(invoke("argmax_channel", list(data), NULL, "", FALSE, name))
}

cm_argmin <- function(data, axis = NULL, keepdims = FALSE, name = NULL) {
  to_one(invoke("argmin", list(data), list(axis = axis, keepdims = keepdims), "ab", FALSE, name))
}

cm_argsort <- function(data, axis = -1, is_ascend = TRUE, dtype = "float32", name = NULL) {
  to_one(invoke("argsort", list(data), list(axis = axis, is_ascend = is_ascend, dtype = dtype), "abs", FALSE, name))
}

cm_batch_dot <- function(lhs, rhs, transpose_a = FALSE, transpose_b = FALSE, forward_stype = NULL, name = NULL) {
  invoke("batch_dot", list(lhs, rhs), list(transpose_a = transpose_a, transpose_b = transpose_b,
    forward_stype = forward_stype), "bbs", FALSE, name)
}

cm_batch_norm <- function(data, gamma = NULL, beta = NULL, moving_mean = NULL, moving_var = NULL, eps = 0.001,
    momentum = 0.9, fix_gamma = TRUE, use_global_stats = FALSE, output_mean_var = FALSE, axis = 2, cudnn_off = FALSE,
    min_calib_range = NULL, max_calib_range = NULL, name = NULL) {
  invoke("batch_norm", list(data, gamma, beta, moving_mean, moving_var), list(eps = eps, momentum = momentum,
    fix_gamma = fix_gamma, use_global_stats = use_global_stats, output_mean_var = output_mean_var, axis = axis,
    cudnn_off = cudnn_off, min_calib_range = min_calib_range, max_calib_range = max_calib_range), "ffbbbabff", FALSE,
    name)
}

cm_batch_norm_with_relu <- function(data, gamma = NULL, beta = NULL, moving_mean = NULL, moving_var = NULL, eps = 0.001,
    momentum = 0.9, fix_gamma = TRUE, use_global_stats = FALSE, output_mean_var = FALSE, axis = 2, cudnn_off = FALSE,
    name = NULL) {
  invoke("batch_norm_with_relu", list(data, gamma, beta, moving_mean, moving_var), list(eps = eps, momentum = momentum,
    fix_gamma = fix_gamma, use_global_stats = use_global_stats, output_mean_var = output_mean_var, axis = axis,
    cudnn_off = cudnn_off), "ffbbbab", FALSE, name)
}

cm_batch_take <- function(a, indices, name = NULL) {
  invoke("batch_take", list(a, from_one(indices)), NULL, "", FALSE, name)
}

cm_broadcast_axis <- function(data, axis = integer(), size = integer(), name = NULL) {
  invoke("broadcast_axis", list(data), list(axis = axis, size = size), "AI", FALSE, name)
}

cm_broadcast_like <- function(lhs, rhs, lhs_axes = NULL, rhs_axes = NULL, name = NULL) {
  invoke("broadcast_like", list(lhs, rhs), list(lhs_axes = lhs_axes, rhs_axes = rhs_axes), "AA", FALSE, name)
}

cm_broadcast_to <- function(data, shape = integer(), name = NULL) {
  invoke("broadcast_to", list(data), list(shape = shape), "I", FALSE, name)
}

cm_calibrate_entropy <- function(hist, hist_edges, num_quantized_bins = 255, name = NULL) {
  invoke("calibrate_entropy", list(hist, hist_edges), list(num_quantized_bins = num_quantized_bins), "i", FALSE, name)
}

cm_cast <- function(data, dtype, name = NULL) {
  invoke("cast", list(data), list(dtype = dtype), "s", FALSE, name)
}

cm_cbrt <- function(data, name = NULL) {
  invoke("cbrt", list(data), NULL, "", FALSE, name)
}

cm_ceil <- function(data, name = NULL) {
  invoke("ceil", list(data), NULL, "", FALSE, name)
}

cm_clip <- function(data, a_min, a_max, name = NULL) {
  invoke("clip", list(data), list(a_min = a_min, a_max = a_max), "ff", FALSE, name)
}

cm_concat <- function(..., dim = 2, name = NULL) {
  invoke("concat", variadic(...), list(dim = dim), "a", FALSE, name)
}

cm_convolution <- function(data, weight = NULL, bias = NULL, kernel, stride = integer(), dilate = integer(),
    pad = integer(), num_filter, num_group = 1, workspace = 1024, no_bias = FALSE, cudnn_tune = NULL, cudnn_off = FALSE,
    layout = NULL, name = NULL) {
  invoke("convolution", list(data, weight, bias), list(kernel = kernel, stride = stride, dilate = dilate, pad = pad,
    num_filter = num_filter, num_group = num_group, workspace = workspace, no_bias = no_bias, cudnn_tune = cudnn_tune,
    cudnn_off = cudnn_off, layout = layout), "IIIIiiibsbs", FALSE, name)
}

cm_cos <- function(data, name = NULL) {
  invoke("cos", list(data), NULL, "", FALSE, name)
}

cm_cosh <- function(data, name = NULL) {
  invoke("cosh", list(data), NULL, "", FALSE, name)
}

cm_deconvolution <- function(data, weight = NULL, bias = NULL, kernel, stride = integer(), dilate = integer(),
    pad = integer(), num_filter, num_group = 1, workspace = 512, no_bias = TRUE, cudnn_tune = NULL, cudnn_off = FALSE,
    layout = NULL, adj = integer(), target_shape = integer(), name = NULL) {
  invoke("deconvolution", list(data, weight, bias), list(kernel = kernel, stride = stride, dilate = dilate, pad = pad,
    num_filter = num_filter, num_group = num_group, workspace = workspace, no_bias = no_bias, cudnn_tune = cudnn_tune,
    cudnn_off = cudnn_off, layout = layout, adj = adj, target_shape = target_shape), "IIIIiiibsbsII", FALSE, name)
}

cm_degrees <- function(data, name = NULL) {
  invoke("degrees", list(data), NULL, "", FALSE, name)
}

cm_depth_to_space <- function(data, block_size, name = NULL) {
  invoke("depth_to_space", list(data), list(block_size = block_size), "i", FALSE, name)
}

cm_dequantize <- function(data, min_range, max_range, name = NULL) {
  invoke("dequantize", list(data, min_range, max_range), NULL, "", FALSE, name)
}

cm_diag <- function(data, k = 0, axis1 = 1, axis2 = 2, name = NULL) {
  invoke("diag", list(data), list(k = k, axis1 = axis1, axis2 = axis2), "iaa", FALSE, name)
}

cm_divide <- function(lhs, rhs, name = NULL) {
  invoke("divide", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_divide_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("divide_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_dot <- function(lhs, rhs, transpose_a = FALSE, transpose_b = FALSE, forward_stype = NULL, name = NULL) {
  invoke("dot", list(lhs, rhs), list(transpose_a = transpose_a, transpose_b = transpose_b,
    forward_stype = forward_stype), "bbs", FALSE, name)
}

cm_dropout <- function(data, p = 0.5, mode = "training", axes = integer(), cudnn_off = FALSE, name = NULL) {
  invoke("dropout", list(data), list(p = p, mode = mode, axes = axes, cudnn_off = cudnn_off), "fsAb", TRUE, name)
}

cm_embedding <- function(data, weight = NULL, input_dim, output_dim, dtype = "float32", sparse_grad = FALSE,
    name = NULL) {
  invoke("embedding", list(from_one(data), weight), list(input_dim = input_dim, output_dim = output_dim, dtype = dtype,
    sparse_grad = sparse_grad), "iisb", FALSE, name)
}

cm_equal <- function(lhs, rhs, name = NULL) {
  invoke("equal", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_equal_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("equal_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_erf <- function(data, name = NULL) {
  invoke("erf", list(data), NULL, "", FALSE, name)
}

cm_erfinv <- function(data, name = NULL) {
  invoke("erfinv", list(data), NULL, "", FALSE, name)
}

cm_exp <- function(data, name = NULL) {
  invoke("exp", list(data), NULL, "", FALSE, name)
}

cm_expand_dims <- function(data, axis, name = NULL) {
  invoke("expand_dims", list(data), list(axis = axis), "a", FALSE, name)
}

cm_expm1 <- function(data, name = NULL) {
  invoke("expm1", list(data), NULL, "", FALSE, name)
}

cm_eye <- function(N, M = 0, k = 0, ctx = "", dtype = "float32", name = NULL) {
  invoke("eye", list(), list(N = N, M = M, k = k, ctx = ctx, dtype = dtype), "iiiss", FALSE, name)
}

cm_fix <- function(data, name = NULL) {
  invoke("fix", list(data), NULL, "", FALSE, name)
}

cm_flatten <- function(data, name = NULL) {
  invoke("flatten", list(data), NULL, "", FALSE, name)
}

cm_floor <- function(data, name = NULL) {
  invoke("floor", list(data), NULL, "", FALSE, name)
}

cm_ftml_update <- function(weight, grad, d = NULL, v = NULL, z = NULL, lr, wd = 0, beta1 = 0.6, beta2 = 0.999,
    epsilon = 1e-08, t, clip_grad = -1, rescale_grad = 1, name = NULL) {
  invoke("ftml_update", list(weight, grad, d, v, z), list(lr = lr, wd = wd, beta1 = beta1, beta2 = beta2,
    epsilon = epsilon, t = t, clip_grad = clip_grad, rescale_grad = rescale_grad), "fffffiff", FALSE, name)
}

cm_ftrl_update <- function(weight, grad, z = NULL, n = NULL, lr, wd = 0, lamda1 = 0.01, beta = 1, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("ftrl_update", list(weight, grad, z, n), list(lr = lr, wd = wd, lamda1 = lamda1, beta = beta,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "ffffff", FALSE, name)
}

cm_full <- function(shape = integer(), ctx = "", dtype = "float32", value, name = NULL) {
  invoke("full", list(), list(shape = shape, ctx = ctx, dtype = dtype, value = value), "Issf", FALSE, name)
}

cm_fully_connected <- function(data, weight = NULL, bias = NULL, num_hidden, no_bias = FALSE, flatten = TRUE,
    name = NULL) {
  invoke("fully_connected", list(data, weight, bias), list(num_hidden = num_hidden, no_bias = no_bias,
    flatten = flatten), "ibb", FALSE, name)
}

cm_gamma <- function(data, name = NULL) {
  invoke("gamma", list(data), NULL, "", FALSE, name)
}

cm_gammaln <- function(data, name = NULL) {
  invoke("gammaln", list(data), NULL, "", FALSE, name)
}

cm_gather_nd <- function(data, indices, name = NULL) {
  invoke("gather_nd", list(data, from_one(indices)), NULL, "", FALSE, name)
}

cm_greater <- function(lhs, rhs, name = NULL) {
  invoke("greater", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_greater_equal <- function(lhs, rhs, name = NULL) {
  invoke("greater_equal", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_greater_equal_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("greater_equal_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_greater_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("greater_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_group_norm <- function(data, gamma = NULL, beta = NULL, num_groups = 1, eps = 1e-05, output_mean_var = FALSE,
    name = NULL) {
  invoke("group_norm", list(data, gamma, beta), list(num_groups = num_groups, eps = eps,
    output_mean_var = output_mean_var), "ifb", FALSE, name)
}

cm_hard_sigmoid <- function(data, alpha = 0.2, beta = 0.5, name = NULL) {
  invoke("hard_sigmoid", list(data), list(alpha = alpha, beta = beta), "ff", FALSE, name)
}

cm_hypot <- function(lhs, rhs, name = NULL) {
  invoke("hypot", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_hypot_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("hypot_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_identity <- function(data, name = NULL) {
  invoke("identity", list(data), NULL, "", FALSE, name)
}

cm_instance_norm <- function(data, gamma = NULL, beta = NULL, eps = 0.001, name = NULL) {
  invoke("instance_norm", list(data, gamma, beta), list(eps = eps), "f", FALSE, name)
}

cm_l2_normalization <- function(data, eps = 1e-10, mode = "instance", name = NULL) {
  invoke("l2_normalization", list(data), list(eps = eps, mode = mode), "fs", FALSE, name)
}

cm_lamb_update_phase1 <- function(weight, grad, mean = NULL, var = NULL, wd = 0, beta1 = 0.9, beta2 = 0.999,
    epsilon = 1e-06, t, bias_correction = TRUE, rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("lamb_update_phase1", list(weight, grad, mean, var), list(wd = wd, beta1 = beta1, beta2 = beta2,
    epsilon = epsilon, t = t, bias_correction = bias_correction, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient), "ffffibff", FALSE, name)
}

cm_lamb_update_phase2 <- function(weight, g, r1, r2, lr, lower_bound = -1, upper_bound = -1, name = NULL) {
  invoke("lamb_update_phase2", list(weight, g, r1, r2), list(lr = lr, lower_bound = lower_bound,
    upper_bound = upper_bound), "fff", FALSE, name)
}

cm_layer_norm <- function(data, gamma = NULL, beta = NULL, axis = -1, eps = 1e-05, output_mean_var = FALSE,
    name = NULL) {
  invoke("layer_norm", list(data, gamma, beta), list(axis = axis, eps = eps, output_mean_var = output_mean_var), "afb",
    FALSE, name)
}

cm_leaky_relu <- function(data, gamma = NULL, act_type = "leaky", slope = 0.25, lower_bound = 0.125,
    upper_bound = 0.334, name = NULL) {
  invoke("leaky_relu", list(data, gamma), list(act_type = act_type, slope = slope, lower_bound = lower_bound,
    upper_bound = upper_bound), "sfff", TRUE, name)
}

cm_lesser <- function(lhs, rhs, name = NULL) {
  invoke("lesser", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_lesser_equal <- function(lhs, rhs, name = NULL) {
  invoke("lesser_equal", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_lesser_equal_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("lesser_equal_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_lesser_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("lesser_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_linalg_gemm <- function(A, B, C, transpose_a = FALSE, transpose_b = FALSE, alpha = 1, axis = -2, beta = 1,
    name = NULL) {
  invoke("linalg_gemm", list(A, B, C), list(transpose_a = transpose_a, transpose_b = transpose_b, alpha = alpha,
    axis = axis, beta = beta), "bbfaf", FALSE, name)
}

cm_linalg_gemm2 <- function(A, B, transpose_a = FALSE, transpose_b = FALSE, alpha = 1, axis = -2, name = NULL) {
  invoke("linalg_gemm2", list(A, B), list(transpose_a = transpose_a, transpose_b = transpose_b, alpha = alpha,
    axis = axis), "bbfa", FALSE, name)
}

cm_linear_regression_output <- function(data, label = NULL, grad_scale = 1, name = NULL) {
  invoke("linear_regression_output", list(data, label), list(grad_scale = grad_scale), "f", FALSE, name)
}

cm_linspace <- function(start, stop, num, endpoint = TRUE, step = 1, `repeat` = 1, infer_range = FALSE, ctx = "",
    dtype = "float32", name = NULL) {
  invoke("linspace", list(), list(start = start, stop = stop, num = num, endpoint = endpoint, step = step,
    `repeat` = `repeat`, infer_range = infer_range, ctx = ctx, dtype = dtype), "ffibfibss", FALSE, name)
}

cm_log <- function(data, name = NULL) {
  invoke("log", list(data), NULL, "", FALSE, name)
}

cm_log10 <- function(data, name = NULL) {
  invoke("log10", list(data), NULL, "", FALSE, name)
}

cm_log1p <- function(data, name = NULL) {
  invoke("log1p", list(data), NULL, "", FALSE, name)
}

cm_log2 <- function(data, name = NULL) {
  invoke("log2", list(data), NULL, "", FALSE, name)
}

cm_log_softmax <- function(data, axis = -1, temperature = NULL, dtype = NULL, use_length = FALSE, name = NULL) {
  invoke("log_softmax", list(data), list(axis = axis, temperature = temperature, dtype = dtype,
    use_length = use_length), "afsb", FALSE, name)
}

cm_logical_and <- function(lhs, rhs, name = NULL) {
  invoke("logical_and", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_logical_and_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("logical_and_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_logical_not <- function(data, name = NULL) {
  invoke("logical_not", list(data), NULL, "", FALSE, name)
}

cm_logical_or <- function(lhs, rhs, name = NULL) {
  invoke("logical_or", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_logical_or_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("logical_or_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_logical_xor <- function(lhs, rhs, name = NULL) {
  invoke("logical_xor", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_logical_xor_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("logical_xor_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_logistic_regression_output <- function(data, label = NULL, grad_scale = 1, name = NULL) {
  invoke("logistic_regression_output", list(data, label), list(grad_scale = grad_scale), "f", FALSE, name)
}

cm_lrn <- function(data, alpha = 0.0001, beta = 0.75, knorm = 2, nsize, name = NULL) {
  invoke("lrn", list(data), list(alpha = alpha, beta = beta, knorm = knorm, nsize = nsize), "fffi", FALSE, name)
}

cm_mae_regression_output <- function(data, label = NULL, grad_scale = 1, name = NULL) {
  invoke("mae_regression_output", list(data, label), list(grad_scale = grad_scale), "f", FALSE, name)
}

cm_make_loss <- function(data, grad_scale = 1, valid_thresh = 0, normalization = "null", name = NULL) {
  invoke("make_loss", list(data), list(grad_scale = grad_scale, valid_thresh = valid_thresh,
    normalization = normalization), "ffs", FALSE, name)
}

cm_max <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("max", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_maximum <- function(lhs, rhs, name = NULL) {
  invoke("maximum", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_maximum_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("maximum_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_mean <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("mean", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_min <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("min", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_minimum <- function(lhs, rhs, name = NULL) {
  invoke("minimum", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_minimum_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("minimum_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_mod <- function(lhs, rhs, name = NULL) {
  invoke("mod", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_mod_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("mod_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_mp_adamw_update <- function(weight, grad, mean = NULL, var = NULL, weight32 = NULL, rescale_grad, lr, wd = 0,
    beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08, eta, clip_gradient = -1, name = NULL) {
  invoke("mp_adamw_update", list(weight, grad, mean, var, weight32, rescale_grad), list(lr = lr, wd = wd, beta1 = beta1,
    beta2 = beta2, epsilon = epsilon, eta = eta, clip_gradient = clip_gradient), "fffffff", FALSE, name)
}

cm_mp_nag_mom_update <- function(weight, grad, mom = NULL, weight32 = NULL, lr, wd = 0, momentum = 0, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("mp_nag_mom_update", list(weight, grad, mom, weight32), list(lr = lr, wd = wd, momentum = momentum,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "fffff", FALSE, name)
}

cm_mp_sgd_mom_update <- function(weight, grad, mom = NULL, weight32 = NULL, lr, wd = 0, momentum = 0,
    lazy_update = TRUE, rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("mp_sgd_mom_update", list(weight, grad, mom, weight32), list(lr = lr, wd = wd, momentum = momentum,
    lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient), "fffbff", FALSE, name)
}

cm_mp_sgd_update <- function(weight, grad, weight32 = NULL, lr, wd = 0, lazy_update = TRUE, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("mp_sgd_update", list(weight, grad, weight32), list(lr = lr, wd = wd, lazy_update = lazy_update,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "ffbff", FALSE, name)
}

cm_multi_adamw_update <- function(..., lrs, wds, etas, num_weights = 1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08,
    clip_gradient = -1, name = NULL) {
  invoke("multi_adamw_update", variadic(...), list(lrs = lrs, wds = wds, etas = etas, num_weights = num_weights,
    beta1 = beta1, beta2 = beta2, epsilon = epsilon, clip_gradient = clip_gradient), "FFFiffff", FALSE, name)
}

cm_multi_all_finite <- function(..., init_output = TRUE, name = NULL) {
  invoke("multi_all_finite", variadic(...), list(init_output = init_output), "b", FALSE, name)
}

cm_multi_lars <- function(lrs, weights_sum_sq, grads_sum_sq, wds, eta, eps, rescale_grad = 1, name = NULL) {
  invoke("multi_lars", list(lrs, weights_sum_sq, grads_sum_sq, wds), list(eta = eta, eps = eps,
    rescale_grad = rescale_grad), "fff", FALSE, name)
}

cm_multi_mp_adamw_update <- function(..., lrs, wds, etas, num_weights = 1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08,
    clip_gradient = -1, name = NULL) {
  invoke("multi_mp_adamw_update", variadic(...), list(lrs = lrs, wds = wds, etas = etas, num_weights = num_weights,
    beta1 = beta1, beta2 = beta2, epsilon = epsilon, clip_gradient = clip_gradient), "FFFiffff", FALSE, name)
}

cm_multi_mp_sgd_mom_update <- function(..., lrs, wds, num_weights = 1, momentum = 0, lazy_update = TRUE,
    rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("multi_mp_sgd_mom_update", variadic(...), list(lrs = lrs, wds = wds, num_weights = num_weights,
    momentum = momentum, lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient),
    "FFifbff", FALSE, name)
}

cm_multi_mp_sgd_update <- function(..., lrs, wds, num_weights = 1, lazy_update = TRUE, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("multi_mp_sgd_update", variadic(...), list(lrs = lrs, wds = wds, num_weights = num_weights,
    lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient), "FFibff", FALSE, name)
}

cm_multi_sgd_mom_update <- function(..., lrs, wds, num_weights = 1, momentum = 0, lazy_update = TRUE, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("multi_sgd_mom_update", variadic(...), list(lrs = lrs, wds = wds, num_weights = num_weights,
    momentum = momentum, lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient),
    "FFifbff", FALSE, name)
}

cm_multi_sgd_update <- function(..., lrs, wds, num_weights = 1, lazy_update = TRUE, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("multi_sgd_update", variadic(...), list(lrs = lrs, wds = wds, num_weights = num_weights,
    lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient), "FFibff", FALSE, name)
}

cm_multi_sum_sq <- function(..., name = NULL) {
  invoke("multi_sum_sq", variadic(...), NULL, "", FALSE, name)
}

cm_multiply <- function(lhs, rhs, name = NULL) {
  invoke("multiply", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_multiply_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("multiply_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_nag_mom_update <- function(weight, grad, mom = NULL, lr, wd = 0, momentum = 0, rescale_grad = 1, clip_gradient = -1,
    name = NULL) {
  invoke("nag_mom_update", list(weight, grad, mom), list(lr = lr, wd = wd, momentum = momentum,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "fffff", FALSE, name)
}

cm_nanprod <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("nanprod", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_nansum <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("nansum", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_negative <- function(data, name = NULL) {
  invoke("negative", list(data), NULL, "", FALSE, name)
}

cm_norm <- function(data, ord = 2, axis = NULL, out_dtype = NULL, keepdims = FALSE, name = NULL) {
  invoke("norm", list(data), list(ord = ord, axis = axis, out_dtype = out_dtype, keepdims = keepdims), "iAsb", FALSE,
    name)
}

cm_not_equal <- function(lhs, rhs, name = NULL) {
  invoke("not_equal", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_not_equal_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("not_equal_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_one_hot <- function(indices, depth, on_value = 1, off_value = 0, dtype = "float32", name = NULL) {
  invoke("one_hot", list(from_one(indices)), list(depth = depth, on_value = on_value, off_value = off_value,
    dtype = dtype), "iffs", FALSE, name)
}

cm_ones <- function(shape = integer(), ctx = "", dtype = "float32", name = NULL) {
  invoke("ones", list(), list(shape = shape, ctx = ctx, dtype = dtype), "Iss", FALSE, name)
}

cm_ones_like <- function(data, name = NULL) {
  invoke("ones_like", list(data), NULL, "", FALSE, name)
}

cm_pad <- function(data, mode, pad_width, constant_value = 0, name = NULL) {
  invoke("pad", list(data), list(mode = mode, pad_width = pad_width, constant_value = constant_value), "sIf", FALSE,
    name)
}

cm_pick <- function(data, index, axis = -1, keepdims = FALSE, mode = "clip", name = NULL) {
  invoke("pick", list(data, from_one(index)), list(axis = axis, keepdims = keepdims, mode = mode), "abs", FALSE, name)
}

cm_pooling <- function(data, kernel = integer(), pool_type = "max", global_pool = FALSE, cudnn_off = FALSE,
    pooling_convention = "valid", stride = integer(), pad = integer(), p_value = NULL, count_include_pad = NULL,
    layout = NULL, name = NULL) {
  invoke("pooling", list(data), list(kernel = kernel, pool_type = pool_type, global_pool = global_pool,
    cudnn_off = cudnn_off, pooling_convention = pooling_convention, stride = stride, pad = pad, p_value = p_value,
    count_include_pad = count_include_pad, layout = layout), "IsbbsIIibs", FALSE, name)
}

cm_power <- function(lhs, rhs, name = NULL) {
  invoke("power", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_power_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("power_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_prod <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("prod", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_quantize <- function(data, min_range, max_range, out_type = "uint8", name = NULL) {
  invoke("quantize", list(data, min_range, max_range), list(out_type = out_type), "s", FALSE, name)
}

cm_quantize_v2 <- function(data, out_type = "int8", min_calib_range = NULL, max_calib_range = NULL, name = NULL) {
  invoke("quantize_v2", list(data), list(out_type = out_type, min_calib_range = min_calib_range,
    max_calib_range = max_calib_range), "sff", FALSE, name)
}

cm_quantized_act <- function(data, min_data, max_data, act_type, name = NULL) {
  invoke("quantized_act", list(data, min_data, max_data), list(act_type = act_type), "s", FALSE, name)
}

cm_quantized_batch_norm <- function(data, gamma = NULL, beta = NULL, moving_mean = NULL, moving_var = NULL, min_data,
    max_data, eps = 0.001, momentum = 0.9, fix_gamma = TRUE, use_global_stats = FALSE, output_mean_var = FALSE,
    axis = 2, cudnn_off = FALSE, min_calib_range = NULL, max_calib_range = NULL, name = NULL) {
  invoke("quantized_batch_norm", list(data, gamma, beta, moving_mean, moving_var, min_data, max_data), list(eps = eps,
    momentum = momentum, fix_gamma = fix_gamma, use_global_stats = use_global_stats, output_mean_var = output_mean_var,
    axis = axis, cudnn_off = cudnn_off, min_calib_range = min_calib_range, max_calib_range = max_calib_range),
    "ffbbbabff", FALSE, name)
}

cm_quantized_concat <- function(..., num_args, dim = 2, name = NULL) {
  invoke("quantized_concat", variadic(...), list(num_args = num_args, dim = dim), "ia", FALSE, name)
}

cm_quantized_conv <- function(data, weight = NULL, bias = NULL, min_data, max_data, min_weight = NULL,
    max_weight = NULL, min_bias = NULL, max_bias = NULL, min_calib_range = NULL, max_calib_range = NULL,
    out_type = "int8", enable_float_output = FALSE, kernel, stride = integer(), dilate = integer(), pad = integer(),
    num_filter, num_group = 1, workspace = 1024, no_bias = FALSE, cudnn_tune = NULL, cudnn_off = FALSE, layout = NULL,
    name = NULL) {
  invoke("quantized_conv", list(data, weight, bias, min_data, max_data, min_weight, max_weight, min_bias, max_bias),
    list(min_calib_range = min_calib_range, max_calib_range = max_calib_range, out_type = out_type,
    enable_float_output = enable_float_output, kernel = kernel, stride = stride, dilate = dilate, pad = pad,
    num_filter = num_filter, num_group = num_group, workspace = workspace, no_bias = no_bias, cudnn_tune = cudnn_tune,
    cudnn_off = cudnn_off, layout = layout), "ffsbIIIIiiibsbs", FALSE, name)
}

cm_quantized_elemwise_add <- function(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, min_calib_range = NULL,
    max_calib_range = NULL, out_type = "int8", name = NULL) {
  invoke("quantized_elemwise_add", list(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max),
    list(min_calib_range = min_calib_range, max_calib_range = max_calib_range, out_type = out_type), "ffs", FALSE, name)
}

cm_quantized_elemwise_mul <- function(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, min_calib_range = NULL,
    max_calib_range = NULL, enable_float_output = FALSE, name = NULL) {
  invoke("quantized_elemwise_mul", list(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max),
    list(min_calib_range = min_calib_range, max_calib_range = max_calib_range,
    enable_float_output = enable_float_output), "ffb", FALSE, name)
}

cm_quantized_embedding <- function(data, weight = NULL, min_weight = NULL, max_weight = NULL, input_dim, output_dim,
    dtype = "float32", sparse_grad = FALSE, name = NULL) {
  invoke("quantized_embedding", list(from_one(data), weight, min_weight, max_weight), list(input_dim = input_dim,
    output_dim = output_dim, dtype = dtype, sparse_grad = sparse_grad), "iisb", FALSE, name)
}

cm_quantized_flatten <- function(data, min_data, max_data, name = NULL) {
  invoke("quantized_flatten", list(data, min_data, max_data), NULL, "", FALSE, name)
}

cm_quantized_fully_connected <- function(data, weight = NULL, bias = NULL, min_data, max_data, min_weight = NULL,
    max_weight = NULL, min_bias = NULL, max_bias = NULL, min_calib_range = NULL, max_calib_range = NULL,
    out_type = "int8", enable_float_output = FALSE, num_hidden, no_bias = FALSE, flatten = TRUE, name = NULL) {
  invoke("quantized_fully_connected", list(data, weight, bias, min_data, max_data, min_weight, max_weight, min_bias,
    max_bias), list(min_calib_range = min_calib_range, max_calib_range = max_calib_range, out_type = out_type,
    enable_float_output = enable_float_output, num_hidden = num_hidden, no_bias = no_bias, flatten = flatten),
    "ffsbibb", FALSE, name)
}

cm_quantized_pooling <- function(data, min_data, max_data, kernel = integer(), pool_type = "max", global_pool = FALSE,
    cudnn_off = FALSE, pooling_convention = "valid", stride = integer(), pad = integer(), p_value = NULL,
    count_include_pad = NULL, layout = NULL, name = NULL) {
  invoke("quantized_pooling", list(data, min_data, max_data), list(kernel = kernel, pool_type = pool_type,
    global_pool = global_pool, cudnn_off = cudnn_off, pooling_convention = pooling_convention, stride = stride,
    pad = pad, p_value = p_value, count_include_pad = count_include_pad, layout = layout), "IsbbsIIibs", FALSE, name)
}

cm_radians <- function(data, name = NULL) {
  invoke("radians", list(data), NULL, "", FALSE, name)
}

cm_random_bernoulli <- function(shape = integer(), ctx = "", dtype = NULL, prob = 0.5, name = NULL) {
  invoke("random_bernoulli", list(), list(shape = shape, ctx = ctx, dtype = dtype, prob = prob), "Issf", TRUE, name)
}

cm_random_exponential <- function(shape = integer(), ctx = "", dtype = NULL, lam = 1, name = NULL) {
  invoke("random_exponential", list(), list(shape = shape, ctx = ctx, dtype = dtype, lam = lam), "Issf", TRUE, name)
}

cm_random_gamma <- function(shape = integer(), ctx = "", dtype = NULL, alpha = 1, beta = 1, name = NULL) {
  invoke("random_gamma", list(), list(shape = shape, ctx = ctx, dtype = dtype, alpha = alpha, beta = beta), "Issff",
    TRUE, name)
}

cm_random_normal <- function(shape = integer(), ctx = "", dtype = NULL, loc = 0, scale = 1, name = NULL) {
  invoke("random_normal", list(), list(shape = shape, ctx = ctx, dtype = dtype, loc = loc, scale = scale), "Issff",
    TRUE, name)
}

cm_random_poisson <- function(shape = integer(), ctx = "", dtype = NULL, lam = 1, name = NULL) {
  invoke("random_poisson", list(), list(shape = shape, ctx = ctx, dtype = dtype, lam = lam), "Issf", TRUE, name)
}

cm_random_randint <- function(shape = integer(), ctx = "", dtype = NULL, low, high, name = NULL) {
  invoke("random_randint", list(), list(shape = shape, ctx = ctx, dtype = dtype, low = low, high = high), "Issii", TRUE,
    name)
}

cm_random_uniform <- function(shape = integer(), ctx = "", dtype = NULL, low = 0, high = 1, name = NULL) {
  invoke("random_uniform", list(), list(shape = shape, ctx = ctx, dtype = dtype, low = low, high = high), "Issff", TRUE,
    name)
}

cm_rcbrt <- function(data, name = NULL) {
  invoke("rcbrt", list(data), NULL, "", FALSE, name)
}

cm_rdivide_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("rdivide_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_reciprocal <- function(data, name = NULL) {
  invoke("reciprocal", list(data), NULL, "", FALSE, name)
}

cm_relu <- function(data, name = NULL) {
  invoke("relu", list(data), NULL, "", FALSE, name)
}

cm_repeat <- function(data, repeats, axis = NULL, name = NULL) {
  invoke("repeat", list(data), list(repeats = repeats, axis = axis), "ia", FALSE, name)
}

cm_requantize <- function(data, min_range, max_range, out_type = "int8", min_calib_range = NULL, max_calib_range = NULL,
    name = NULL) {
  invoke("requantize", list(data, min_range, max_range), list(out_type = out_type, min_calib_range = min_calib_range,
    max_calib_range = max_calib_range), "sff", FALSE, name)
}

cm_reshape <- function(data, shape = integer(), reverse = FALSE, target_shape = integer(), keep_highest = FALSE,
    name = NULL) {
  invoke("reshape", list(data), list(shape = shape, reverse = reverse, target_shape = target_shape,
    keep_highest = keep_highest), "IbIb", FALSE, name)
}

cm_reshape_like <- function(lhs, rhs, lhs_begin = NULL, lhs_end = NULL, rhs_begin = NULL, rhs_end = NULL, name = NULL) {
  invoke("reshape_like", list(lhs, rhs), list(lhs_begin = lhs_begin, lhs_end = lhs_end, rhs_begin = rhs_begin,
    rhs_end = rhs_end), "aiai", FALSE, name)
}

cm_reverse <- function(data, axis, name = NULL) {
  invoke("reverse", list(data), list(axis = axis), "A", FALSE, name)
}

cm_rint <- function(data, name = NULL) {
  invoke("rint", list(data), NULL, "", FALSE, name)
}

cm_rmod_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("rmod_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_rmsprop_update <- function(weight, grad, n = NULL, lr, wd = 0, gamma1 = 0.95, epsilon = 1e-08, clip_weights = -1,
    rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("rmsprop_update", list(weight, grad, n), list(lr = lr, wd = wd, gamma1 = gamma1, epsilon = epsilon,
    clip_weights = clip_weights, rescale_grad = rescale_grad, clip_gradient = clip_gradient), "fffffff", FALSE, name)
}

cm_rmspropalex_update <- function(weight, grad, n = NULL, g = NULL, delta = NULL, lr, wd = 0, gamma1 = 0.95,
    epsilon = 1e-08, clip_weights = -1, gamma2 = 0.9, rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("rmspropalex_update", list(weight, grad, n, g, delta), list(lr = lr, wd = wd, gamma1 = gamma1,
    epsilon = epsilon, clip_weights = clip_weights, gamma2 = gamma2, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient), "ffffffff", FALSE, name)
}

cm_rnn <- function(data, parameters = NULL, state, state_cell = NULL, sequence_length = NULL, state_size, num_layers,
    bidirectional = FALSE, mode, p = 0, state_outputs = FALSE, projection_size = NULL, lstm_state_clip_min = NULL,
    lstm_state_clip_max = NULL, lstm_state_clip_nan = FALSE, use_sequence_length = FALSE, name = NULL) {
  invoke("rnn", list(data, parameters, state, state_cell, sequence_length), list(state_size = state_size,
    num_layers = num_layers, bidirectional = bidirectional, mode = mode, p = p, state_outputs = state_outputs,
    projection_size = projection_size, lstm_state_clip_min = lstm_state_clip_min,
    lstm_state_clip_max = lstm_state_clip_max, lstm_state_clip_nan = lstm_state_clip_nan,
    use_sequence_length = use_sequence_length), "iibsfbiffbb", FALSE, name)
}

cm_round <- function(data, name = NULL) {
  invoke("round", list(data), NULL, "", FALSE, name)
}

cm_rpower_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("rpower_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_rsqrt <- function(data, name = NULL) {
  invoke("rsqrt", list(data), NULL, "", FALSE, name)
}

cm_rsubtract_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("rsubtract_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_scaled_dot_product_attention <- function(query, key, value, key_mask = NULL, num_heads = 1, is_causal = FALSE,
    scale = NULL, use_key_mask = FALSE, name = NULL) {
  invoke("scaled_dot_product_attention", list(query, key, value, key_mask), list(num_heads = num_heads,
    is_causal = is_causal, scale = scale, use_key_mask = use_key_mask), "ibfb", FALSE, name)
}

cm_scatter_nd <- function(data, indices, shape, name = NULL) {
  invoke("scatter_nd", list(data, from_one(indices)), list(shape = shape), "I", FALSE, name)
}

cm_sequence_mask <- function(data, sequence_length = NULL, use_sequence_length = FALSE, value = 0, axis = 1,
    name = NULL) {
  invoke("sequence_mask", list(data, sequence_length), list(use_sequence_length = use_sequence_length, value = value,
    axis = axis), "bfa", FALSE, name)
}

cm_sequence_reverse <- function(data, sequence_length = NULL, use_sequence_length = FALSE, axis = 1, name = NULL) {
  invoke("sequence_reverse", list(data, sequence_length), list(use_sequence_length = use_sequence_length, axis = axis),
    "ba", FALSE, name)
}

cm_sgd_mom_update <- function(weight, grad, mom = NULL, lr, wd = 0, momentum = 0, lazy_update = TRUE, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("sgd_mom_update", list(weight, grad, mom), list(lr = lr, wd = wd, momentum = momentum,
    lazy_update = lazy_update, rescale_grad = rescale_grad, clip_gradient = clip_gradient), "fffbff", FALSE, name)
}

cm_sgd_update <- function(weight, grad, lr, wd = 0, lazy_update = TRUE, rescale_grad = 1, clip_gradient = -1,
    name = NULL) {
  invoke("sgd_update", list(weight, grad), list(lr = lr, wd = wd, lazy_update = lazy_update,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "ffbff", FALSE, name)
}

cm_shape_array <- function(data, name = NULL) {
  invoke("shape_array", list(data), NULL, "", FALSE, name)
}

cm_shuffle <- function(data, name = NULL) {
  invoke("shuffle", list(data), NULL, "", TRUE, name)
}

cm_sigmoid <- function(data, name = NULL) {
  invoke("sigmoid", list(data), NULL, "", FALSE, name)
}

cm_sign <- function(data, name = NULL) {
  invoke("sign", list(data), NULL, "", FALSE, name)
}

cm_signsgd_update <- function(weight, grad, lr, wd = 0, rescale_grad = 1, clip_gradient = -1, name = NULL) {
  invoke("signsgd_update", list(weight, grad), list(lr = lr, wd = wd, rescale_grad = rescale_grad,
    clip_gradient = clip_gradient), "ffff", FALSE, name)
}

cm_signum_update <- function(weight, grad, mom = NULL, lr, wd = 0, momentum = 0, wd_lh = 0, rescale_grad = 1,
    clip_gradient = -1, name = NULL) {
  invoke("signum_update", list(weight, grad, mom), list(lr = lr, wd = wd, momentum = momentum, wd_lh = wd_lh,
    rescale_grad = rescale_grad, clip_gradient = clip_gradient), "ffffff", FALSE, name)
}

cm_sin <- function(data, name = NULL) {
  invoke("sin", list(data), NULL, "", FALSE, name)
}

cm_sinh <- function(data, name = NULL) {
  invoke("sinh", list(data), NULL, "", FALSE, name)
}

cm_size_array <- function(data, name = NULL) {
  invoke("size_array", list(data), NULL, "", FALSE, name)
}

cm_slice <- function(data, begin, end, step = integer(), name = NULL) {
  invoke("slice", list(data), list(begin = begin, end = end, step = step), "III", FALSE, name)
}

cm_slice_axis <- function(data, axis, begin, end, name = NULL) {
  invoke("slice_axis", list(data), list(axis = axis, begin = begin, end = end), "aii", FALSE, name)
}

cm_slice_like <- function(data, shape_like, axes = integer(), name = NULL) {
  invoke("slice_like", list(data, shape_like), list(axes = axes), "A", FALSE, name)
}

cm_smooth_l1 <- function(data, scalar = 1, name = NULL) {
  invoke("smooth_l1", list(data), list(scalar = scalar), "f", FALSE, name)
}

cm_softmax <- function(data, length = NULL, axis = -1, temperature = NULL, dtype = NULL, use_length = FALSE,
    name = NULL) {
  invoke("softmax", list(data, length), list(axis = axis, temperature = temperature, dtype = dtype,
    use_length = use_length), "afsb", FALSE, name)
}

cm_softmax_activation <- function(data, mode = "instance", name = NULL) {
  invoke("softmax_activation", list(data), list(mode = mode), "s", FALSE, name)
}

cm_softmax_cross_entropy <- function(data, label, name = NULL) {
  invoke("softmax_cross_entropy", list(data, from_one(label)), NULL, "", FALSE, name)
}

cm_softmax_output <- function(data, label = NULL, grad_scale = 1, ignore_label = -1, multi_output = FALSE,
    use_ignore = FALSE, preserve_shape = FALSE, normalization = "null", out_grad = FALSE, smooth_alpha = 0,
    name = NULL) {
  invoke("softmax_output", list(data, from_one(label)), list(grad_scale = grad_scale, ignore_label = ignore_label,
    multi_output = multi_output, use_ignore = use_ignore, preserve_shape = preserve_shape,
    normalization = normalization, out_grad = out_grad, smooth_alpha = smooth_alpha), "ffbbbsbf", FALSE, name)
}

cm_softmin <- function(data, axis = -1, temperature = NULL, dtype = NULL, use_length = FALSE, name = NULL) {
  invoke("softmin", list(data), list(axis = axis, temperature = temperature, dtype = dtype, use_length = use_length),
    "afsb", FALSE, name)
}

cm_softsign <- function(data, name = NULL) {
  invoke("softsign", list(data), NULL, "", FALSE, name)
}

cm_sort <- function(data, axis = -1, is_ascend = TRUE, name = NULL) {
  invoke("sort", list(data), list(axis = axis, is_ascend = is_ascend), "ab", FALSE, name)
}

cm_space_to_depth <- function(data, block_size, name = NULL) {
  invoke("space_to_depth", list(data), list(block_size = block_size), "i", FALSE, name)
}

cm_split <- function(data, num_outputs, axis = 2, squeeze_axis = FALSE, name = NULL) {
  invoke("split", list(data), list(num_outputs = num_outputs, axis = axis, squeeze_axis = squeeze_axis), "iab", FALSE,
    name)
}

cm_split_v2 <- function(data, indices, axis = 2, squeeze_axis = FALSE, sections = 0, name = NULL) {
  invoke("split_v2", list(data), list(indices = indices, axis = axis, squeeze_axis = squeeze_axis, sections = sections),
    "Iabi", FALSE, name)
}

cm_sqrt <- function(data, name = NULL) {
  invoke("sqrt", list(data), NULL, "", FALSE, name)
}

cm_square <- function(data, name = NULL) {
  invoke("square", list(data), NULL, "", FALSE, name)
}

cm_squeeze <- function(data, axis = NULL, name = NULL) {
  invoke("squeeze", list(data), list(axis = axis), "A", FALSE, name)
}

cm_stack <- function(..., axis = 1, name = NULL) {
  invoke("stack", variadic(...), list(axis = axis), "a", FALSE, name)
}

cm_stop_gradient <- function(data, name = NULL) {
  invoke("stop_gradient", list(data), NULL, "", FALSE, name)
}

cm_subtract <- function(lhs, rhs, name = NULL) {
  invoke("subtract", list(lhs, rhs), NULL, "", FALSE, name)
}

cm_subtract_scalar <- function(data, scalar = 1, is_int = TRUE, name = NULL) {
  invoke("subtract_scalar", list(data), list(scalar = scalar, is_int = is_int), "fb", FALSE, name)
}

cm_sum <- function(data, axis = NULL, keepdims = FALSE, exclude = FALSE, name = NULL) {
  invoke("sum", list(data), list(axis = axis, keepdims = keepdims, exclude = exclude), "Abb", FALSE, name)
}

cm_svm_output <- function(data, label = NULL, margin = 1, regularization_coefficient = 1, use_linear = FALSE,
    name = NULL) {
  invoke("svm_output", list(data, from_one(label)), list(margin = margin,
    regularization_coefficient = regularization_coefficient, use_linear = use_linear), "ffb", FALSE, name)
}

cm_swapaxes <- function(data, dim1 = 1, dim2 = 1, name = NULL) {
  invoke("swapaxes", list(data), list(dim1 = dim1, dim2 = dim2), "aa", FALSE, name)
}

cm_sync_batch_norm <- function(data, gamma = NULL, beta = NULL, moving_mean = NULL, moving_var = NULL, eps = 0.001,
    momentum = 0.9, fix_gamma = TRUE, use_global_stats = FALSE, output_mean_var = FALSE, ndev = 1, key = "",
    name = NULL) {
  invoke("sync_batch_norm", list(data, gamma, beta, moving_mean, moving_var), list(eps = eps, momentum = momentum,
    fix_gamma = fix_gamma, use_global_stats = use_global_stats, output_mean_var = output_mean_var, ndev = ndev,
    key = key), "ffbbbis", FALSE, name)
}

cm_take <- function(a, indices, axis = 1, mode = "clip", name = NULL) {
  invoke("take", list(a, from_one(indices)), list(axis = axis, mode = mode), "as", FALSE, name)
}

cm_tan <- function(data, name = NULL) {
  invoke("tan", list(data), NULL, "", FALSE, name)
}

cm_tanh <- function(data, name = NULL) {
  invoke("tanh", list(data), NULL, "", FALSE, name)
}

cm_tile <- function(data, reps, name = NULL) {
  invoke("tile", list(data), list(reps = reps), "I", FALSE, name)
}

cm_topk <- function(data, axis = -1, k = 1, ret_typ = "indices", is_ascend = FALSE, dtype = "float32", name = NULL) {
  outputs_to_one(invoke("topk", list(data), list(axis = axis, k = k, ret_typ = ret_typ, is_ascend = is_ascend,
    dtype = dtype), "aisbs", FALSE, name), c(value = FALSE, indices = TRUE, mask = FALSE), ret_typ)
}

cm_transpose <- function(data, axes = integer(), name = NULL) {
  invoke("transpose", list(data), list(axes = axes), "A", FALSE, name)
}

cm_trunc <- function(data, name = NULL) {
  invoke("trunc", list(data), NULL, "", FALSE, name)
}

cm_up_sampling <- function(..., scale, num_filter = 0, sample_type, multi_input_mode = "concat", workspace = 512,
    name = NULL) {
  invoke("up_sampling", variadic(...), list(scale = scale, num_filter = num_filter, sample_type = sample_type,
    multi_input_mode = multi_input_mode, workspace = workspace), "iissi", FALSE, name)
}

cm_where <- function(condition, x, y, name = NULL) {
  invoke("where", list(condition, x, y), NULL, "", FALSE, name)
}

cm_zeros <- function(shape = integer(), ctx = "", dtype = "float32", name = NULL) {
  invoke("zeros", list(), list(shape = shape, ctx = ctx, dtype = dtype), "Iss", FALSE, name)
}

cm_zeros_like <- function(data, name = NULL) {
  invoke("zeros_like", list(data), NULL, "", FALSE, name)
}
