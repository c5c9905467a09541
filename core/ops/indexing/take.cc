// SPDX-License-Identifier: Apache-2.0
// Rows of an array, by number: take along an axis, and the embedding of words as vectors.
#include <cstring>

#include "ops/common/infer.h"
#include "ops/common/scattered_sums.h"
#include "ops/common/walk.h"
#include "ops/indexing/indices.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct TakeAttrs {
  int64_t axis = 0;
  IndexMode mode = IndexMode::clip;
};

// An array around one axis.
struct Around {
  int64_t outer, size, inner;
};
Around around(const Shape &shape, int axis) {
  return {shape.product(0, axis), shape[static_cast<size_t>(axis)], shape.product(axis + 1, shape.ndim())};
}

Shape taken_shape(const Shape &data, const Shape &indices, int axis) {
  Shape out(data.begin(), data.begin() + axis);
  for (int64_t dim : indices) out.push_back(dim);
  for (int k = axis + 1; k < data.ndim(); ++k) out.push_back(data[static_cast<size_t>(k)]);
  return out;
}

// out[o, k, :] = data[o, indices[k], :]
void take_rows(const Tensor &data, std::vector<int64_t> indices, int axis, IndexMode mode, const Tensor &out) {
  if (out.numel() == 0) return;
  Around a = around(data.shape, axis);
  resolve_indices(indices, a.size, mode, "indices");
  auto count = static_cast<int64_t>(indices.size());
  int64_t width = a.inner * dtype_size(data.dtype);
  parallel_for(a.outer * count, std::max<int64_t>(1, kGrain / a.inner), [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      int64_t row = k / count * a.size + indices[static_cast<size_t>(k % count)];
      std::memcpy(out.as<char>() + k * width, data.as<char>() + row * width, static_cast<size_t>(width));
    }
  });
}

// sums[o, indices[k], :] += part[o, k, :], each thread in columns of its own.
template <class T, class Sum>
void add_rows(const T *part, const std::vector<int64_t> &indices, const Around &a, Sum *sums) {
  auto count = static_cast<int64_t>(indices.size());
  int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, a.outer * count));
  parallel_for(a.inner, std::max<int64_t>(16, grain), [&](int64_t begin, int64_t end) {
    for (int64_t o = 0; o < a.outer; ++o)
      for (int64_t k = 0; k < count; ++k) {
        const T *from = part + (o * count + k) * a.inner;
        Sum *to = sums + (o * a.size + indices[static_cast<size_t>(k)]) * a.inner;
        for (int64_t column = begin; column < end; ++column) to[column] += static_cast<Sum>(from[column]);
      }
  });
}

void put_rows(const Tensor &part, std::vector<int64_t> indices, int axis, IndexMode mode, const Tensor &out) {
  Around a = around(out.shape, axis);
  if (!indices.empty() && out.numel() > 0) resolve_indices(indices, a.size, mode, "indices");
  dispatch_floats(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    scattered_sums<T>(out, [&](auto *sums) {
      if (part.numel() > 0) add_rows(part.as<T>(), indices, a, sums);
    });
  });
}

void define_attrs(DefinitionBuilder<TakeAttrs> &op) {
  op.attr("axis", &TakeAttrs::axis, "Axis to take from.").kind(AttrKind::axis);
  op.choice("mode", &TakeAttrs::mode, {"clip", "raise", "wrap"},
            "What to do with indices outside: the nearest valid one, an error, or the remainder.");
}

}  // namespace

CERMET_REGISTER(take)(Registry &registry) {
  auto op = registry.op<TakeAttrs>("take", "indexing");
  op.doc("Elements along an axis, by index.", "The axis is replaced by the shape of the indices.");
  op.alias("_npi_take");
  op.input("a", "Values; rank 1 or more.");
  op.input("indices", "Indices of any dtype, counted from 0; any shape.").index = true;
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const TakeAttrs &a) {
    int axis = normalize_axis(a.axis, c.shape(0).ndim());
    expect_indexable(c.shape(0), axis, c.shape(1), "a");
    Shape out = taken_shape(c.shape(0), c.shape(1), axis);
    check_shape(out, c.dtype(0), "indices");
    c.output(0, out, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const TakeAttrs &a) {
    take_rows(c.in(0), read_indices(c.in(1)), normalize_axis(a.axis, c.in(0).shape.ndim()), a.mode, c.out(0));
  });
  op.gradient([](GradientContext &g, const TakeAttrs &) {
    g.set(0, g.apply("take_backward", {g.head(0), g.input(1), g.input(0)}, g.attrs()));
  });
  op.sample({{}, {{{3, 2}, {1, 2, 3, 4, 5, 6}}, {{2}, {2, 0}, DType::int32}}, {{{2, 2}, {5, 6, 1, 2}}}});
  op.sample({{{"axis", 1}, {"mode", "wrap"}}, {{{2, 2}, {1, 2, 3, 4}}, {{1}, {-1}, DType::int32}}, {{{2, 1}, {2, 4}}}});
}

CERMET_REGISTER(take_backward)(Registry &registry) {
  auto op = registry.op<TakeAttrs>("take_backward", "indexing");
  op.internal();
  op.doc("Adds what take took to where it came from, among zeros.");
  op.input("part", "Gradient of what was taken.", kFloats);
  op.input("indices", "Indices that were taken.").index = true;
  op.shape_input("a", "What it was taken from.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const TakeAttrs &a) {
    c.expect_shape(0, taken_shape(c.shape(2), c.shape(1), normalize_axis(a.axis, c.shape(2).ndim())));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const TakeAttrs &a) {
    put_rows(c.in(0), read_indices(c.in(1)), normalize_axis(a.axis, c.out(0).shape.ndim()), a.mode, c.out(0));
  });
  op.gradient([](GradientContext &g, const TakeAttrs &) {
    g.set(0, g.apply("take", {g.head(0), g.input(1)}, g.attrs()));
  });
}

namespace {
struct EmbeddingAttrs {
  int64_t input_dim = 0, output_dim = 0;
  DType dtype = DType::float32;
  bool sparse_grad = false;
};
}  // namespace

CERMET_REGISTER(embedding)(Registry &registry) {
  auto op = registry.op<EmbeddingAttrs>("embedding", "indexing");
  op.doc("Rows of a weight matrix, by index: words as vectors.", "Indices outside are moved to the nearest valid one.");
  op.alias("Embedding", "_npx_embedding", "_sparse_Embedding");
  op.input("data", "Indices of any dtype, counted from 0; any shape.").index = true;
  op.parameter("weight", "One row for each index: (input_dim, output_dim).");
  op.output("output", "Shape of `data`, and `output_dim`.");
  op.attr("input_dim", &EmbeddingAttrs::input_dim, "Number of rows.").required().min(1);
  op.attr("output_dim", &EmbeddingAttrs::output_dim, "Length of a row.").required().min(1);
  op.attr("dtype", &EmbeddingAttrs::dtype, "Dtype of the weight where it is not known yet.");
  op.attr("sparse_grad", &EmbeddingAttrs::sparse_grad, "Accepted and ignored: gradients are dense.");
  op.infer([](InferContext &c, const EmbeddingAttrs &a) {
    c.expect_shape(1, {a.input_dim, a.output_dim});
    if (!c.known(1)) c.expect_dtype(1, a.dtype);
    Shape out = c.shape(0);
    out.push_back(a.output_dim);
    check_shape(out, c.dtype(1), "data");
    c.output(0, out, c.dtype(1));
  });
  op.kernel([](KernelContext &c, const EmbeddingAttrs &) {
    take_rows(c.in(1), read_indices(c.in(0)), 0, IndexMode::clip, c.out(0));
  });
  op.gradient([](GradientContext &g, const EmbeddingAttrs &) {
    g.set(1, g.apply("take_backward", {g.head(0), g.input(0), g.input(1)}));
  });
  op.sample({{{"input_dim", 3}, {"output_dim", 2}},
             {{{2}, {2, 0}, DType::int32}, {{3, 2}, {1, 2, 3, 4, 5, 6}}},
             {{{2, 2}, {5, 6, 1, 2}}}});
}

}  // namespace cermet
