// SPDX-License-Identifier: Apache-2.0
#include "ops/quantization/calibrate_entropy.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {

namespace quantized {

namespace {

constexpr double kSmooth = 1e-4;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Zeros become a little, taken from the others, so that the divergence is finite. False where they have not enough.
bool smooth(std::vector<double> &counts) {
  double filled = 0;
  for (double count : counts) filled += count > 0;
  if (filled == 0) return false;
  double taken = kSmooth * (static_cast<double>(counts.size()) - filled) / filled;
  if (taken >= 1) return false;
  for (double &count : counts) {
    count = count > 0 ? count - taken : kSmooth;
    if (count <= 0) return false;
  }
  return true;
}

double divergence(const std::vector<double> &p, const std::vector<double> &q) {
  double p_total = std::accumulate(p.begin(), p.end(), 0.0), q_total = std::accumulate(q.begin(), q.end(), 0.0);
  double sum = 0;
  for (size_t k = 0; k < p.size(); ++k) sum += p[k] * std::log(p[k] / q[k]);
  return sum / p_total - std::log(p_total / q_total);
}

// The divergence of the middle 2 * half + 1 bins, with what lies outside in the outermost, from what `levels` show.
double divergence_of(const std::vector<double> &counts, size_t half, size_t levels) {
  size_t zero = counts.size() / 2, size = 2 * half + 1;
  auto first = counts.begin() + static_cast<std::ptrdiff_t>(zero - half),
       last = first + static_cast<std::ptrdiff_t>(size);
  std::vector<double> p(first, last), q(size);
  p.front() += std::accumulate(counts.begin(), first, 0.0);
  p.back() += std::accumulate(last, counts.end(), 0.0);
  size_t width = size / levels;
  for (size_t level = 0; level < levels; ++level) {
    size_t begin = level * width, end = level + 1 == levels ? size : begin + width;
    double sum = 0, filled = 0;
    for (size_t k = begin; k < end; ++k) {
      sum += first[static_cast<std::ptrdiff_t>(k)];
      filled += p[k] > 0;
    }
    for (size_t k = begin; k < end; ++k) q[k] = p[k] > 0 ? sum / filled : 0;
  }
  return smooth(p) && smooth(q) ? divergence(p, q) : kInfinite;
}

}  // namespace

Cut best_cut(const std::vector<double> &counts, const std::vector<double> &edges, int quantized_bins) {
  size_t zero = counts.size() / 2;
  auto levels = static_cast<size_t>(quantized_bins);
  size_t least = levels / 2;
  std::vector<double> found(zero - least + 1);
  parallel_for(static_cast<int64_t>(found.size()), 16, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k)
      found[static_cast<size_t>(k)] = divergence_of(counts, least + static_cast<size_t>(k), levels);
  });
  // The widest where none is better.
  size_t best = found.size() - 1;
  for (size_t k = 0; k < found.size(); ++k)
    if (found[k] < found[best]) best = k;
  return {edges[zero + least + best + 1], found[best]};
}

}  // namespace quantized

namespace {

struct Attrs {
  int64_t num_quantized_bins = 255;
};

std::vector<double> doubles(const Tensor &tensor) {
  std::vector<double> out;
  dispatch_numbers(tensor.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t k = 0; k < tensor.numel(); ++k)
      out.push_back(static_cast<double>(static_cast<Compute<T>>(tensor.as<T>()[k])));
  });
  return out;
}

void run(KernelContext &c, const Attrs &a) {
  std::vector<double> counts = doubles(c.in(0));
  for (double count : counts)
    if (!(count >= 0) || std::isinf(count))
      throw Error(Status::invalid_argument, "hist", "got ", count, "; want finite counts of 0 or more");
  quantized::Cut cut = quantized::best_cut(counts, doubles(c.in(1)), static_cast<int>(a.num_quantized_bins));
  *c.out_as<float>(0) = static_cast<float>(cut.threshold);
  *c.out_as<float>(1) = static_cast<float>(cut.divergence);
}

}  // namespace

CERMET_REGISTER(calibrate_entropy)(Registry &registry) {
  auto op = registry.op<Attrs>("calibrate_entropy", "quantization");
  op.precision(Precision::wide);
  op.doc(
      "The range, from a histogram, in which integers of few levels show a distribution best.",
      "Of all ranges around 0 that are cut at a bin's edge, the one whose distribution, with what lies outside moved "
      "to its ends, diverges least from the same in num_quantized_bins levels. Source: Migacz, 8-bit inference with "
      "TensorRT, 2017.");
  op.alias("_contrib_calibrate_entropy");
  op.input("hist", "Counts of an odd number of bins of equal width around 0.", kNumbers);
  op.input("hist_edges", "Edges of the bins: one more.", kFloats);
  op.output("threshold", "The range's upper end; the lower is its negative.");
  op.output("divergence", "How much is lost.");
  op.attr("num_quantized_bins", &Attrs::num_quantized_bins, "Number of levels, odd.").min(1).max((1 << 20) - 1);
  op.check([](const Attrs &a) {
    if (a.num_quantized_bins % 2 == 0)
      throw Error(Status::invalid_argument, "num_quantized_bins", "got ", a.num_quantized_bins, "; want an odd number");
  });
  op.infer([](InferContext &c, const Attrs &a) {
    const Shape &hist = c.shape(0);
    if (hist.ndim() != 1 || hist[0] % 2 == 0 || hist[0] < a.num_quantized_bins)
      throw Error(Status::shape, "hist", "got ", hist, "; want one axis of an odd number of bins, at least ",
                  a.num_quantized_bins);
    c.expect_shape(1, {hist[0] + 1});
    for (int k : {0, 1}) c.output(k, {1}, DType::float32);
  });
  op.kernel(run);
  // In three levels, {1, 8, 1} is shown as it is, and a wider range in which two bins share a level is not.
  op.sample({{{"num_quantized_bins", 3}},
             {{{7}, {0, 0, 1, 8, 1, 0, 0}}, {{8}, {-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5}}},
             {{{1}, {1.5}}, {{1}, {0}}}})
      .check_gradient = false;
}

}  // namespace cermet
