// SPDX-License-Identifier: Apache-2.0
// Attention as one operator (Vaswani et al., 2017). A thread takes one head of one sequence: keys and values are packed
// once, and some queries at a time see all keys, so that no matrix of all queries by all keys exists. What is kept for
// the gradient is the logarithm of each query's sum of exponentials, from which the weights are computed again (Dao et
// al., 2022).
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "autograd/gradient.h"
#include "base/parallel.h"
#include "ops/common/as_float.h"
#include "ops/common/gemm.h"
#include "ops/common/packed_matrix.h"
#include "ops/nn/exponential.h"
#include "schema/registry.h"

namespace cermet {
namespace {

constexpr int64_t kScores = 32768;  // weights that a thread holds at a time: half of a small second cache
constexpr int64_t kMinQueries = 12, kMaxQueries = 60;

struct Attrs {
  int64_t num_heads = 1;
  bool is_causal = false, use_key_mask = false;
  std::optional<double> scale;
};

struct Sizes {
  int64_t batch, queries, keys, heads, width, value_width;  // widths of a head
  double scale;
  int64_t query_stride() const { return heads * width; }
  int64_t value_stride() const { return heads * value_width; }
  int64_t queries_at_once() const {
    return std::min(queries, std::clamp(kScores / std::max<int64_t>(1, keys), kMinQueries, kMaxQueries));
  }
};

Sizes sizes_of(const Shape &query, const Shape &key, const Shape &value, const Attrs &a) {
  Sizes s{query[0], query[1], key[1], a.num_heads, query[2] / a.num_heads, value[2] / a.num_heads, 0};
  s.scale = a.scale ? *a.scale : 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, s.width)));
  return s;
}

// Which keys a query may see.
struct Mask {
  bool causal;
  std::vector<char> keys;  // of one sequence; empty: all
  int64_t visible(int64_t query, int64_t count) const { return causal ? std::min(count, query + 1) : count; }
};

Mask mask_of(KernelContext &c, const Attrs &a, int input, int64_t sequence, int64_t keys) {
  Mask mask{a.is_causal, {}};
  if (!a.use_key_mask) return mask;
  dispatch(c.in(input).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *values = c.in_as<T>(input) + sequence * keys;
    for (int64_t k = 0; k < keys; ++k) mask.keys.push_back(static_cast<Compute<T>>(values[k]) != Compute<T>(0));
  });
  return mask;
}

struct Visible {
  int64_t count;  // of leading scores among which the visible ones are
  bool any;
};

// Scores of a query that it may not see become minus infinity.
template <class T>
Visible hide(const Mask &mask, int64_t query, int64_t keys, T *scores) {
  int64_t count = mask.visible(query, keys);
  for (size_t k = 0; k < mask.keys.size(); ++k)
    if (!mask.keys[k]) scores[k] = -std::numeric_limits<T>::infinity();
  auto end = mask.keys.begin() + std::min<ptrdiff_t>(count, std::ssize(mask.keys));
  return {count, mask.keys.empty() || std::find(mask.keys.begin(), end, 1) != end};
}

// x = exp(scale (x - top)) in place; returns the sum.
template <class T>
double exponentials(T *x, int64_t count, T scale, T top) {
  if constexpr (std::is_same_v<T, float>) return exponential_kernels().exp_sum(x, x, count, scale, top);
  double sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += static_cast<double>(x[k] = std::exp(scale * (x[k] - top)));
  return sum;
}

template <class T>
T largest(const T *x, int64_t count) {
  if constexpr (std::is_same_v<T, float>) return exponential_kernels().max(x, count);
  return count ? *std::max_element(x, x + count) : -std::numeric_limits<T>::infinity();
}

// One head of one sequence.
template <class T>
struct Head {
  const T *query, *key, *value;
  T *out, *log_sums;
};

// Buffers of a thread.
template <class T>
struct Buffers {
  std::vector<T> key, value, scores, slopes;
};

template <class T>
void forward_head(const Sizes &s, const Mask &mask, const Head<T> &h, Buffers<T> &b) {
  pack_matrix<T>({h.key, s.query_stride(), true}, s.keys, s.width, b.key.data());
  pack_matrix<T>({h.value, s.value_stride(), false}, s.value_width, s.keys, b.value.data());
  auto scale = static_cast<T>(s.scale);
  int64_t step = s.queries_at_once();
  for (int64_t first = 0; first < s.queries; first += step) {
    int64_t count = std::min(step, s.queries - first);
    multiply_packed<T>(h.query + first * s.query_stride(), s.query_stride(), count, b.key.data(), s.keys, s.width,
                       false, b.scores.data(), s.keys);
    T *out = h.out + first * s.value_stride(), sums[kMaxQueries];
    for (int64_t q = 0; q < count; ++q) {
      T *scores = b.scores.data() + q * s.keys;
      auto [visible, any] = hide(mask, first + q, s.keys, scores);
      T top = largest(scores, visible);
      double sum = any ? exponentials(scores, visible, scale, top) : 0;
      std::fill(scores + (any ? visible : 0), scores + s.keys, T(0));
      sums[q] = any ? static_cast<T>(1 / sum) : T(0);
      h.log_sums[first + q] = any ? scale * top + static_cast<T>(std::log(sum)) : T(0);
    }
    multiply_packed<T>(b.scores.data(), s.keys, count, b.value.data(), s.value_width, s.keys, false, out,
                       s.value_stride());
    for (int64_t q = 0; q < count; ++q)
      for (int64_t k = 0; k < s.value_width; ++k) out[q * s.value_stride() + k] *= sums[q];
  }
}

template <class T>
struct HeadGradients {
  const T *out_grad;
  T *query, *key, *value;
};

template <class T>
void backward_head(const Sizes &s, const Mask &mask, const Head<T> &h, const HeadGradients<T> &g, Buffers<T> &b,
                   Buffers<T> &across) {
  pack_matrix<T>({h.key, s.query_stride(), true}, s.keys, s.width, b.key.data());
  pack_matrix<T>({h.value, s.value_stride(), true}, s.keys, s.value_width, b.value.data());
  pack_matrix<T>({h.key, s.query_stride(), false}, s.width, s.keys, across.key.data());
  auto scale = static_cast<T>(s.scale);
  int64_t step = s.queries_at_once();
  for (int64_t first = 0; first < s.queries; first += step) {
    int64_t count = std::min(step, s.queries - first);
    const T *query = h.query + first * s.query_stride(), *out = h.out + first * s.value_stride();
    const T *out_grad = g.out_grad + first * s.value_stride();
    T *weights = b.scores.data(), *slopes = b.slopes.data();
    multiply_packed<T>(query, s.query_stride(), count, b.key.data(), s.keys, s.width, false, weights, s.keys);
    multiply_packed<T>(out_grad, s.value_stride(), count, b.value.data(), s.keys, s.value_width, false, slopes, s.keys);
    for (int64_t q = 0; q < count; ++q) {
      T *weight = weights + q * s.keys, *slope = slopes + q * s.keys, along = 0;
      auto [visible, any] = hide(mask, first + q, s.keys, weight);
      if (any) exponentials(weight, visible, scale, h.log_sums[first + q] / scale);
      std::fill(weight + (any ? visible : 0), weight + s.keys, T(0));
      for (int64_t k = 0; k < s.value_width; ++k)
        along += out_grad[q * s.value_stride() + k] * out[q * s.value_stride() + k];
      for (int64_t k = 0; k < s.keys; ++k) slope[k] = weight[k] * (slope[k] - along) * scale;
    }
    multiply_packed<T>(slopes, s.keys, count, across.key.data(), s.width, s.keys, false,
                       g.query + first * s.query_stride(), s.query_stride());
    Gemm by_key{.m = s.keys, .n = s.width, .k = count, .transpose_a = true, .beta = first > 0 ? 1.0 : 0.0};
    by_key.ldb = by_key.ldc = s.query_stride();
    gemm<T>(by_key, slopes, query, g.key);
    Gemm by_value{.m = s.keys, .n = s.value_width, .k = count, .transpose_a = true, .beta = by_key.beta};
    by_value.ldb = by_value.ldc = s.value_stride();
    gemm<T>(by_value, weights, out_grad, g.value);
  }
}

// f(head, sequence, number of the head) for all of them, with the buffers of a thread.
template <class T, class F>
void for_heads(const Sizes &s, F f) {
  if (s.queries == 0 || s.keys == 0) return;
  parallel_for(s.batch * s.heads, 1, [&](int64_t begin, int64_t end) {
    Buffers<T> b, across;
    int64_t scores = s.queries_at_once() * s.keys;
    b.key.resize(static_cast<size_t>(packed_size<T>(s.keys, s.width)));
    b.value.resize(
        static_cast<size_t>(std::max(packed_size<T>(s.value_width, s.keys), packed_size<T>(s.keys, s.value_width))));
    b.scores.resize(static_cast<size_t>(scores));
    f(begin, end, b, across);
  });
}

// Where head `n` of all begins in arrays laid out like queries or values.
struct Place {
  int64_t query, key, value, out, log_sums, sequence;
  Place(const Sizes &s, int64_t n) : sequence(n / s.heads) {
    int64_t head = n % s.heads;
    query = sequence * s.queries * s.query_stride() + head * s.width;
    key = sequence * s.keys * s.query_stride() + head * s.width;
    value = sequence * s.keys * s.value_stride() + head * s.value_width;
    out = sequence * s.queries * s.value_stride() + head * s.value_width;
    log_sums = n * s.queries;
  }
};

template <class T>
void clear(const Tensor &tensor) {
  std::fill_n(tensor.as<T>(), tensor.numel(), T(0));
}

template <class T>
void forward(KernelContext &c, const Attrs &a) {
  Sizes s = sizes_of(c.in(0).shape, c.in(1).shape, c.in(2).shape, a);
  if (s.keys == 0) clear<T>(c.out(0));
  for_heads<T>(s, [&](int64_t begin, int64_t end, Buffers<T> &b, Buffers<T> &) {
    for (int64_t n = begin; n < end; ++n) {
      Place at(s, n);
      forward_head<T>(s, mask_of(c, a, 3, at.sequence, s.keys),
                      {c.in_as<T>(0) + at.query, c.in_as<T>(1) + at.key, c.in_as<T>(2) + at.value,
                       c.out_as<T>(0) + at.out, c.out_as<T>(1) + at.log_sums},
                      b);
    }
  });
}

template <class T>
void backward(KernelContext &c, const Attrs &a) {
  Sizes s = sizes_of(c.in(1).shape, c.in(2).shape, c.in(3).shape, a);
  if (s.queries == 0 || s.keys == 0)
    for (const Tensor &out : c.outputs) clear<T>(out);
  for_heads<T>(s, [&](int64_t begin, int64_t end, Buffers<T> &b, Buffers<T> &across) {
    b.slopes.resize(b.scores.size());
    across.key.resize(static_cast<size_t>(packed_size<T>(s.width, s.keys)));
    for (int64_t n = begin; n < end; ++n) {
      Place at(s, n);
      backward_head<T>(
          s, mask_of(c, a, 4, at.sequence, s.keys),
          {c.in_as<T>(1) + at.query, c.in_as<T>(2) + at.key, c.in_as<T>(3) + at.value, c.in_as<T>(5) + at.out,
           c.in_as<T>(6) + at.log_sums},
          {c.in_as<T>(0) + at.out, c.out_as<T>(0) + at.query, c.out_as<T>(1) + at.key, c.out_as<T>(2) + at.value}, b,
          across);
    }
  });
}

int64_t half_workspace(const KernelContext &c, const Attrs &) {
  if (dtype_size(c.in(0).dtype) > 2) return 0;
  return as_float_workspace(c, FloatPart::rows, [](const KernelContext &) { return 0; });
}

// 16 bits would be too few for numbers whose exponentials are taken.
DType log_sums_dtype(DType data) { return data == DType::float64 ? data : DType::float32; }

void declare_inputs(DefinitionBuilder<Attrs> &op) {
  op.input("query", "Queries (batch, queries, heads * width).", kFloats);
  op.input("key", "Keys (batch, keys, heads * width).", kFloats);
  op.input("value", "Values (batch, keys, heads * value width).", kFloats);
  op.input("key_mask", "0 for keys that no query may see (batch, keys); any dtype.", kAll | kOwnDType).when = {
      "use_key_mask", {true}};
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.attr("num_heads", &Attrs::num_heads, "Number of heads, into which the last axes are split.").min(1).max(1 << 16);
  op.attr("is_causal", &Attrs::is_causal, "Query k sees keys up to k only.");
  op.attr("scale", &Attrs::scale, "Factor of the scores; 1 / sqrt(width of a head) by default.").above(0);
  op.attr("use_key_mask", &Attrs::use_key_mask, "Whether a mask of the keys is given.");
}

void expect_inputs(InferContext &c, const Attrs &a, int first) {
  const Shape &query = c.shape(first), &key = c.shape(first + 1), &value = c.shape(first + 2);
  for (int k = first; k < first + 3; ++k) {
    const Shape &shape = c.shape(k);
    if (shape.ndim() != 3 || shape[2] % a.num_heads != 0)
      throw Error(Status::shape, c.input_name(k), "got ", shape, "; want 3 dimensions, the last a multiple of ",
                  a.num_heads);
    c.expect_dtype(k, c.dtype(first));
  }
  c.expect_shape(first + 1, {query[0], key[1], query[2]});
  c.expect_shape(first + 2, {query[0], key[1], value[2]});
  c.expect_shape(first + 3, {query[0], key[1]});
}

// What PyTorch was given for the samples: value k is sin(from + k).
SampleArray waves(const Shape &shape, double from) {
  SampleArray out{shape, {}};
  for (int64_t k = 0; k < shape.numel(); ++k) out.values.push_back(std::sin(from + static_cast<double>(k)));
  return out;
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("scaled_dot_product_attention", "nn");
  op.precision(Precision::narrow);
  op.doc("Attention: each query's average of the values, weighted by softmax(scale * query . key).",
         "Heads lie side by side along the last axes. A query that may see no key gives 0.");
  declare_inputs(op);
  op.output("output", "(batch, queries, heads * value width).");
  op.hidden_output("log_sums", "Logarithm of each query's sum of exponentials.");
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    expect_inputs(c, a, 0);
    const Shape &query = c.shape(0);
    c.output(0, {query[0], query[1], c.shape(2)[2]}, c.dtype(0));
    c.output(1, {query[0], a.num_heads, query[1]}, log_sums_dtype(c.dtype(0)));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    if (c.in(0).dtype == DType::float64) return forward<double>(c, a);
    if (c.in(0).dtype == DType::float32) return forward<float>(c, a);
    run_as_float(c, FloatPart::rows, [&](KernelContext &floats) { forward<float>(floats, a); });
  });
  op.workspace(half_workspace);
  op.gradient([](GradientContext &g, const Attrs &) {
    std::vector<Entry> inputs{g.head(0)};
    for (int k = 0; k < g.num_inputs(); ++k)
      if (g.has(k)) inputs.push_back(g.input(k));
    inputs.push_back(g.output(0));
    inputs.push_back(g.output(1));
    Entry all = g.apply("scaled_dot_product_attention_backward", inputs, g.attrs());
    for (int k = 0; k < 3; ++k) g.set(k, {all.node, k});
  });
  // Computed by PyTorch 2.15 in float64.
  op.sample({{{"num_heads", 2}},
             {waves({2, 3, 4}, 1), waves({2, 4, 4}, 2), waves({2, 4, 6}, 3)},
             {{{2, 3, 6}, {0.5302973928, -0.3591975413, -0.9184479124, -0.6120892705, 0.2674027661,  0.9010459328,
                           0.5353824756, -0.3912948485, -0.9582174933, -0.6113523129, 0.3081366765,  0.9443262266,
                           0.5076195092, -0.3991855255, -0.9389812289, -0.5852286008, 0.2962469252,  0.9053543944,
                           0.9525425175, 0.6434994639,  -0.2571740292, -0.9134774587, -0.7045349554, 0.1521537368,
                           0.9250922576, 0.628124646,   -0.2463378683, -0.8977308392, -0.6990302583, 0.1423555183,
                           0.9553606046, 0.6301442062,  -0.2744238693, -0.9445102164, -0.7158364038, 0.1709740972}}}});
  op.sample({{{"is_causal", true}, {"scale", 2.0}},
             {waves({2, 3, 4}, 1), waves({2, 4, 4}, 2), waves({2, 4, 6}, 3)},
             {{{2, 3, 6}, {0.1411200081, -0.7568024953, -0.9589242747, -0.2794154982, 0.6569865987,  0.9893582466,
                           0.4118712962, -0.5442151977, -0.9999527486, -0.5363383539, 0.4203830499,  0.9906062163,
                           0.2089836222, -0.6943536989, -0.9593054314, -0.3422761743, 0.5894402189,  0.9792279932,
                           0.9563759284, 0.2709057883,  -0.6636338842, -0.9880316241, -0.4040376453, 0.5514266812,
                           0.9605448381, 0.2956282676,  -0.6410875687, -0.9883904509, -0.4269717107, 0.5270028512,
                           0.9797625973, 0.6490869085,  -0.2783562906, -0.9498799998, -0.7480884178, 0.1414922056}}}});
  op.sample({{{"num_heads", 2}, {"use_key_mask", true}},
             {waves({2, 3, 4}, 1), waves({2, 4, 4}, 2), waves({2, 4, 6}, 3), {{2, 4}, {1, 1, 0, 1, 0, 1, 1, 0}}},
             {{{2, 3, 6}, {0.5225774613, -0.3637844608, -0.9156846274, -0.5861897292, 0.28931711,    0.8988271324,
                           0.4359245163, -0.4807868473, -0.9554650008, -0.5613275157, 0.3648337903,  0.955568592,
                           0.4477913772, -0.4458518502, -0.9295809428, -0.5407840167, 0.3354927884,  0.903319071,
                           0.9704279998, 0.7054402221,  -0.2081260425, -0.9423487394, -0.7671747291, 0.1133361892,
                           0.9932238286, 0.5690871072,  -0.378265676,  -0.9582408788, -0.7274246688, 0.1721824271,
                           0.9778999295, 0.6607469187,  -0.2638937619, -0.9609197861, -0.7207240777, 0.182102024}}}});
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("scaled_dot_product_attention_backward", "nn");
  op.doc("Gradients of scaled_dot_product_attention by queries, keys and values.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  declare_inputs(op);
  op.input("output", "As the operator gave it.", kFloats);
  op.input("log_sums", "As the operator gave them.", kFloats);
  for (const char *name : {"query_grad", "key_grad", "value_grad"}) op.output(name);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    expect_inputs(c, a, 1);
    const Shape &query = c.shape(1);
    for (int given : {0, 5}) c.expect(given, {query[0], query[1], c.shape(3)[2]}, c.dtype(1));
    c.expect(6, {query[0], a.num_heads, query[1]}, log_sums_dtype(c.dtype(1)));
    for (int k = 0; k < 3; ++k) c.output(k, c.shape(k + 1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    if (c.in(0).dtype == DType::float64) return backward<double>(c, a);
    if (c.in(0).dtype == DType::float32) return backward<float>(c, a);
    run_as_float(c, FloatPart::rows, [&](KernelContext &floats) { backward<float>(floats, a); });
  });
  op.workspace(half_workspace);
}

}  // namespace

CERMET_REGISTER(scaled_dot_product_attention)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
}

}  // namespace cermet
