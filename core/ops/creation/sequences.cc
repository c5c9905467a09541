// SPDX-License-Identifier: Apache-2.0
// Arrays of numbers at equal distances, and identity matrices.
#include <cmath>

#include "ops/common/fill.h"
#include "ops/common/walk.h"
#include "ops/creation/attrs.h"
#include "schema/registry.h"

namespace cermet {

namespace {

constexpr int64_t kMaxCount = int64_t{1} << 48;

struct Common {
  std::string ctx;
  DType dtype = DType::float32;
};

struct RangeAttrs : Common {
  double start = 0;
  std::optional<double> stop;
  double step = 1;
  int64_t repeat = 1;
  bool infer_range = false;
};

int64_t range_count(const RangeAttrs &a) {
  double start = a.stop ? a.start : 0, stop = a.stop.value_or(a.start);
  if (a.step == 0 || !std::isfinite(a.step))
    throw Error(Status::invalid_argument, "step", "got ", a.step, "; want a finite number other than 0");
  if (!std::isfinite(start)) throw Error(Status::invalid_argument, "start", "got ", start, "; want a finite number");
  double count = std::ceil((stop - start) / a.step);
  if (count <= 0) return 0;
  if (!(count * static_cast<double>(a.repeat) <= static_cast<double>(kMaxCount)))
    throw Error(Status::invalid_argument, "stop", "got ", stop, ", which makes more than ", kMaxCount, " elements");
  return static_cast<int64_t>(count);
}

// out[k] = start + step * (k / repeat), worked out in double so that no error adds up.
void fill_line(const Tensor &out, double start, double step, int64_t repeat) {
  dispatch(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(out.numel(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) {
        int64_t place = k / repeat;
        out.as<T>()[k] = convert<T>(start + step * static_cast<double>(place));
      }
    });
  });
}

}  // namespace

CERMET_REGISTER(arange)(Registry &registry) {
  auto op = registry.op<RangeAttrs>("arange", "creation");
  op.doc("Numbers from `start` on, at distances of `step`, before `stop`.",
         "With `start` alone, the numbers go from 0 to before it.");
  op.alias("_arange");
  op.output("output");
  op.attr("start", &RangeAttrs::start, "First number.").required();
  op.attr("stop", &RangeAttrs::stop, "Number before which they end.");
  op.attr("step", &RangeAttrs::step, "Distance; not 0.");
  op.attr("repeat", &RangeAttrs::repeat, "How often each number comes.").min(1);
  op.attr("infer_range", &RangeAttrs::infer_range,
          "Take the end from the shape that is wanted; not supported, must be false.");
  creation::define_common(op);
  op.infer([](InferContext &c, const RangeAttrs &a) {
    if (a.infer_range) throw Error(Status::unsupported, "infer_range", "got true; want false");
    c.output(0, Shape{range_count(a) * a.repeat}, a.dtype);
  });
  op.kernel([](KernelContext &c, const RangeAttrs &a) { fill_line(c.out(0), a.stop ? a.start : 0, a.step, a.repeat); });
  op.sample({{{"start", 1.0}, {"stop", 3.0}, {"step", 0.5}}, {}, {{{4}, {1, 1.5, 2, 2.5}}}});
}

namespace {
struct LineAttrs : Common {
  double start = 0;
  std::optional<double> stop;
  std::optional<int64_t> num;
  double step = 1;
  int64_t repeat = 1;
  bool infer_range = false, endpoint = true;
};
}  // namespace

CERMET_REGISTER(linspace)(Registry &registry) {
  auto op = registry.op<LineAttrs>("linspace", "creation");
  op.doc("Numbers from `start` to `stop` at equal distances.");
  op.alias("_linspace", "_npi_linspace");
  op.output("output");
  op.attr("start", &LineAttrs::start, "First number.").required();
  op.attr("stop", &LineAttrs::stop, "Last number.").required();
  op.attr("num", &LineAttrs::num, "How many numbers.").required().min(0).max(static_cast<double>(kMaxCount));
  op.attr("endpoint", &LineAttrs::endpoint, "Whether `stop` is one of them.");
  op.attr("step", &LineAttrs::step, "Ignored; MXNet registers it.");
  op.attr("repeat", &LineAttrs::repeat, "Ignored; MXNet registers it.");
  op.attr("infer_range", &LineAttrs::infer_range, "Ignored; MXNet registers it.");
  creation::define_common(op);
  op.check([](const LineAttrs &a) {
    if (!a.stop || !a.num) throw Error(Status::invalid_argument, a.stop ? "num" : "stop", "got None; want a number");
  });
  op.infer([](InferContext &c, const LineAttrs &a) { c.output(0, Shape{*a.num}, a.dtype); });
  op.kernel([](KernelContext &c, const LineAttrs &a) {
    auto gaps = static_cast<double>(std::max<int64_t>(1, a.endpoint ? *a.num - 1 : *a.num));
    fill_line(c.out(0), a.start, (*a.stop - a.start) / gaps, 1);
  });
  op.sample({{{"start", 0.0}, {"stop", 1.0}, {"num", 5}}, {}, {{{5}, {0, 0.25, 0.5, 0.75, 1}}}});
}

namespace {
struct EyeAttrs : Common {
  int64_t N = 0, M = 0, k = 0;
};
}  // namespace

CERMET_REGISTER(eye)(Registry &registry) {
  auto op = registry.op<EyeAttrs>("eye", "creation");
  op.doc("A matrix with ones on a diagonal and zeros elsewhere.");
  op.alias("_eye");
  op.output("output");
  op.attr("N", &EyeAttrs::N, "Number of rows.").required().min(0);
  op.attr("M", &EyeAttrs::M, "Number of columns; as many as rows where it is 0.").min(0);
  op.attr("k", &EyeAttrs::k, "Diagonal: 0 is the main one, 1 the one above it, -1 the one below.");
  creation::define_common(op);
  op.infer([](InferContext &c, const EyeAttrs &a) {
    Shape shape{a.N, a.M ? a.M : a.N};
    check_shape(shape, a.dtype, "N");
    c.output(0, shape, a.dtype);
  });
  op.kernel([](KernelContext &c, const EyeAttrs &a) {
    const Tensor &out = c.out(0);
    fill(out, 0);
    dispatch(out.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      int64_t rows = out.shape[0], columns = out.shape[1];
      for (int64_t row = 0; row < rows; ++row)
        if (a.k >= -row && a.k < columns - row) out.as<T>()[row * columns + row + a.k] = convert<T>(1.0f);
    });
  });
  op.sample({{{"N", 2}, {"M", 3}, {"k", 1}}, {}, {{{2, 3}, {0, 1, 0, 0, 0, 1}}}});
}

}  // namespace cermet
