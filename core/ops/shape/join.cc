// SPDX-License-Identifier: Apache-2.0
// Joining arrays and splitting them. All of it is copies between a whole and its parts that follow each other along an
// axis.
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// Copies parts that follow each other along axis `axis` of `whole`, in or out. A part has the whole's shape but for
// that axis, or lacks the axis (then it is one thick).
void copy_parts(const Tensor &whole, int axis, const std::vector<Tensor> &parts, bool into_whole) {
  int64_t outer = whole.shape.product(0, axis), inner = whole.shape.product(axis + 1, whole.shape.ndim());
  int64_t row = whole.shape[static_cast<size_t>(axis)] * inner, offset = 0;
  for (size_t k = 0; k < parts.size(); ++k) {
    const Tensor &part = parts[k];
    if (part.numel() == 0) continue;
    int64_t width = part.numel() / outer;
    Dims shape{outer, width}, in_whole{row, 1}, in_part{width, 1};
    char *place = element(whole.data, whole.dtype, offset);
    if (into_whole)
      copy_strided(whole.dtype, shape, part.data, in_part, place, in_whole);
    else
      copy_strided(whole.dtype, shape, place, in_whole, part.data, in_part);
    offset += width;
  }
}

// The shape that parts of these shapes make along `axis`; parts from `first_part` on.
Shape joined_shape(InferContext &c, int first_part, int64_t named_axis, const char *argument) {
  Shape out = c.shape(first_part);
  auto axis = static_cast<size_t>(normalize_axis(named_axis, out.ndim(), argument));
  for (int k = first_part + 1; k < c.num_inputs(); ++k) {
    const Shape &part = c.shape(k);
    bool fits = part.size() == out.size();
    for (size_t d = 0; fits && d < out.size(); ++d) fits = d == axis || part[d] == out[d];
    if (!fits)
      throw Error(Status::shape, c.input_name(k), "got ", part, "; want the shape of ", c.input_name(first_part), ", ",
                  c.shape(first_part), ", but for axis ", axis);
    out[axis] += part[axis];
  }
  check_shape(out, DType::uint8, c.input_name(first_part).c_str());
  return out;
}

struct ConcatAttrs {
  int64_t num_args = 1, dim = 1;
};

}  // namespace

CERMET_REGISTER(concat)(Registry &registry) {
  auto op = registry.op<ConcatAttrs>("concat", "shape");
  op.doc("Joins arrays along an axis.");
  op.alias("Concat", "_sparse_concat");
  op.variadic("data", "Arrays of one dtype, whose shapes differ along the axis at most.", "num_args");
  op.output("output");
  op.attr("num_args", &ConcatAttrs::num_args, "Number of arrays; follows from the call.").min(1);
  op.attr("dim", &ConcatAttrs::dim, "Axis along which they follow each other.").kind(AttrKind::axis);
  op.infer([](InferContext &c, const ConcatAttrs &a) {
    expect_same_dtype(c);
    c.output(0, joined_shape(c, 0, a.dim, "dim"), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const ConcatAttrs &a) {
    copy_parts(c.out(0), normalize_axis(a.dim, c.out(0).shape.ndim(), "dim"), c.inputs, true);
  });
  op.gradient([](GradientContext &g, const ConcatAttrs &a) {
    std::vector<Entry> inputs{g.head(0)};
    for (int k = 0; k < g.num_inputs(); ++k) inputs.push_back(g.input(k));
    Entry parts = g.apply("split_like", inputs, {{"dim", a.dim}, {"num_args", static_cast<int64_t>(g.num_inputs())}});
    for (int k = 0; k < g.num_inputs(); ++k) g.set(k, {parts.node, k});
  });
  op.sample(
      {{{"dim", 1}, {"num_args", 2}}, {{{2, 1}, {1, 2}}, {{2, 2}, {3, 4, 5, 6}}}, {{{2, 3}, {1, 3, 4, 2, 5, 6}}}});
}

CERMET_REGISTER(split_like)(Registry &registry) {
  auto op = registry.op<ConcatAttrs>("split_like", "shape");
  op.internal();
  op.doc("Splits an array into parts of the shapes of others: the opposite of concat.");
  op.input("data", "Values.");
  op.variadic("likes", "Give the shapes.", "num_args").shape_only = true;
  op.variadic_output("output", "", [](const ConcatAttrs &, int num_inputs) { return num_inputs - 1; });
  op.attr("num_args", &ConcatAttrs::num_args, "Number of parts.").min(1);
  op.attr("dim", &ConcatAttrs::dim, "Axis along which they follow each other.").kind(AttrKind::axis);
  op.infer([](InferContext &c, const ConcatAttrs &a) {
    c.expect_shape(0, joined_shape(c, 1, a.dim, "dim"));
    for (int k = 1; k < c.num_inputs(); ++k) c.output(k - 1, c.shape(k), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const ConcatAttrs &a) {
    copy_parts(c.in(0), normalize_axis(a.dim, c.in(0).shape.ndim(), "dim"), c.outputs, false);
  });
  op.gradient([](GradientContext &g, const ConcatAttrs &a) {
    std::vector<Entry> heads;
    for (int k = 0; k + 1 < g.num_inputs(); ++k) heads.push_back(g.head(k));
    g.set(0, g.apply("concat", heads, {{"dim", a.dim}}));
  });
}

namespace {
struct StackAttrs {
  int64_t axis = 0, num_args = 1;
};
}  // namespace

CERMET_REGISTER(stack)(Registry &registry) {
  auto op = registry.op<StackAttrs>("stack", "shape");
  op.doc("Joins arrays of one shape along a new axis.");
  op.variadic("data", "Arrays of one shape and dtype.", "num_args");
  op.output("output");
  op.attr("axis", &StackAttrs::axis, "Place of the new axis in the result; negative counts from its end.")
      .kind(AttrKind::axis);
  op.attr("num_args", &StackAttrs::num_args, "Number of arrays; follows from the call.").min(1);
  op.infer([](InferContext &c, const StackAttrs &a) {
    for (int k = 1; k < c.num_inputs(); ++k) c.expect(k, c.shape(0), c.dtype(0));
    Shape out = c.shape(0);
    out.insert(static_cast<size_t>(normalize_axis(a.axis, out.ndim() + 1)), c.num_inputs());
    check_shape(out, c.dtype(0), c.input_name(0).c_str());
    c.output(0, out, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const StackAttrs &a) {
    copy_parts(c.out(0), normalize_axis(a.axis, c.out(0).shape.ndim()), c.inputs, true);
  });
  op.gradient([](GradientContext &g, const StackAttrs &a) {
    AttrList attrs{{"num_outputs", static_cast<int64_t>(g.num_inputs())}, {"axis", a.axis}, {"squeeze_axis", true}};
    Entry parts = g.apply("split", {g.head(0)}, attrs);
    for (int k = 0; k < g.num_inputs(); ++k) g.set(k, {parts.node, k});
  });
  op.sample({{{"axis", 1}, {"num_args", 2}}, {{{2}, {1, 2}}, {{2}, {3, 4}}}, {{{2, 2}, {1, 3, 2, 4}}}});
}

namespace {
struct SplitAttrs {
  int64_t num_outputs = 1, axis = 1;
  bool squeeze_axis = false;
};
}  // namespace

CERMET_REGISTER(split)(Registry &registry) {
  auto op = registry.op<SplitAttrs>("split", "shape");
  op.doc("Splits an array into equal parts along an axis.");
  op.alias("SliceChannel");
  op.input("data", "Values; the size of the axis is a multiple of the number of parts.");
  op.variadic_output("output", "The parts, in order.",
                     [](const SplitAttrs &a, int) { return static_cast<int>(a.num_outputs); });
  op.attr("num_outputs", &SplitAttrs::num_outputs, "Number of parts.").required().min(1).max(1 << 20);
  op.attr("axis", &SplitAttrs::axis, "Axis to split.").kind(AttrKind::axis);
  op.attr("squeeze_axis", &SplitAttrs::squeeze_axis, "Drop the axis, whose size in each part must be 1.");
  op.infer([](InferContext &c, const SplitAttrs &a) {
    Shape part = c.shape(0);
    auto axis = static_cast<size_t>(normalize_axis(a.axis, part.ndim()));
    if (part[axis] % a.num_outputs != 0)
      throw Error(Status::shape, "data", "got ", part, ", whose axis ", axis, " does not split into ", a.num_outputs,
                  " equal parts");
    part[axis] /= a.num_outputs;
    if (a.squeeze_axis) {
      if (part[axis] != 1)
        throw Error(Status::invalid_argument, "squeeze_axis", "got true; want false, since each part is ", part[axis],
                    " thick");
      part.erase(axis);
    }
    for (int k = 0; k < a.num_outputs; ++k) c.output(k, part, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const SplitAttrs &a) {
    copy_parts(c.in(0), normalize_axis(a.axis, c.in(0).shape.ndim()), c.outputs, false);
  });
  op.gradient([](GradientContext &g, const SplitAttrs &a) {
    std::vector<Entry> heads;
    for (int k = 0; k < a.num_outputs; ++k) heads.push_back(g.head(k));
    g.set(0,
          a.squeeze_axis ? g.apply("stack", heads, {{"axis", a.axis}}) : g.apply("concat", heads, {{"dim", a.axis}}));
  });
  op.sample({{{"num_outputs", 2}, {"axis", 1}}, {{{2, 2}, {1, 2, 3, 4}}}, {{{2, 1}, {1, 3}}, {{2, 1}, {2, 4}}}});
}

namespace {
struct SectionAttrs {
  std::vector<int64_t> indices;
  int64_t axis = 1;
  bool squeeze_axis = false;
  int64_t sections = 0;

  int parts() const { return static_cast<int>(sections > 0 ? sections : static_cast<int64_t>(indices.size())); }
  // First index of part k along an axis of `size`, and for the part behind the last the end.
  int64_t begin(int k, int64_t size) const {
    if (sections > 0) return size / sections * k;
    return k < parts() ? std::clamp<int64_t>(indices[static_cast<size_t>(k)], 0, size) : size;
  }
};
}  // namespace

CERMET_REGISTER(split_v2)(Registry &registry) {
  auto op = registry.op<SectionAttrs>("split_v2", "shape");
  op.doc("Splits an array into parts along an axis: as many equal ones, or from given indices on.");
  op.alias("_split_v2", "_npi_split");
  op.input("data", "Values; rank 1 or more.");
  op.variadic_output("output", "The parts, in order.", [](const SectionAttrs &a, int) { return a.parts(); });
  op.attr("indices", &SectionAttrs::indices, "Where each part begins, 0 first; ignored where `sections` is given.")
      .required()
      .min(0);
  op.attr("axis", &SectionAttrs::axis, "Axis to split.").kind(AttrKind::axis);
  op.attr("squeeze_axis", &SectionAttrs::squeeze_axis, "Drop the axis, whose size in each part must be 1.");
  op.attr("sections", &SectionAttrs::sections, "Number of equal parts; 0 to split at indices.").min(0).max(1 << 20);
  op.check([](const SectionAttrs &a) {
    if (a.parts() == 0) throw Error(Status::invalid_argument, "indices", "got none; want at least one, or sections");
    if (a.sections > 0) return;
    if (a.indices[0] != 0) throw Error(Status::invalid_argument, "indices", "begins with ", a.indices[0], "; want 0");
    for (size_t k = 1; k < a.indices.size(); ++k)
      if (a.indices[k] < a.indices[k - 1])
        throw Error(Status::invalid_argument, "indices", "got ", a.indices[k], " after ", a.indices[k - 1],
                    "; want indices in order");
  });
  op.infer([](InferContext &c, const SectionAttrs &a) {
    const Shape &whole = c.shape(0);
    auto axis = static_cast<size_t>(normalize_axis(a.axis, whole.ndim()));
    int64_t size = whole[axis];
    if (a.sections > 0 && size % a.sections != 0)
      throw Error(Status::shape, "data", "got ", whole, ", whose axis ", axis, " does not split into ", a.sections,
                  " equal parts");
    for (int k = 0; k < a.parts(); ++k) {
      Shape part = whole;
      part[axis] = a.begin(k + 1, size) - a.begin(k, size);
      if (a.squeeze_axis) {
        if (part[axis] != 1)
          throw Error(Status::invalid_argument, "squeeze_axis", "got true; want false, since part ", k, " is ",
                      part[axis], " thick");
        part.erase(axis);
      }
      c.output(k, part, c.dtype(0));
    }
  });
  op.kernel([](KernelContext &c, const SectionAttrs &a) {
    copy_parts(c.in(0), normalize_axis(a.axis, c.in(0).shape.ndim()), c.outputs, false);
  });
  op.gradient([](GradientContext &g, const SectionAttrs &a) {
    std::vector<Entry> heads;
    for (int k = 0; k < a.parts(); ++k) heads.push_back(g.head(k));
    g.set(0,
          a.squeeze_axis ? g.apply("stack", heads, {{"axis", a.axis}}) : g.apply("concat", heads, {{"dim", a.axis}}));
  });
  op.sample(
      {{{"indices", {0, 1}}, {"axis", 1}}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{2, 1}, {1, 4}}, {{2, 2}, {2, 3, 5, 6}}}});
}

}  // namespace cermet
