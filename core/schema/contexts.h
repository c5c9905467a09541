// SPDX-License-Identifier: Apache-2.0
// What the functions of an operator definition get to see: InferContext when shapes and dtypes are worked out,
// KernelContext when values are computed.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/philox.h"
#include "tensor/format.h"
#include "tensor/ndarray.h"

namespace cermet {

struct Definition;

// Shape and dtype of one value; either may still be unknown while a graph is inferred.
struct TensorSpec {
  std::optional<Shape> shape;  // whole when present (no -1)
  std::optional<DType> dtype;
  bool complete() const { return shape && dtype; }
};

// Inference sees the inputs and states the outputs. Inputs with the role `data` are known before it is called; those
// that follow from the data (parameters, labels, states) may be unknown, and `expect` fills them or checks them.
class InferContext {
 public:
  InferContext(const Definition &op, const std::vector<TensorSpec *> &inputs, std::vector<TensorSpec> &outputs,
               bool train)
      : op_(op), inputs_(inputs), outputs_(outputs), train_(train) {}

  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  int num_outputs() const { return static_cast<int>(outputs_.size()); }
  // Whether an optional input was given.
  bool has(int input) const { return input < num_inputs() && inputs_[static_cast<size_t>(input)] != nullptr; }
  const Shape &shape(int input) const { return *inputs_[static_cast<size_t>(input)]->shape; }
  DType dtype(int input) const { return *inputs_[static_cast<size_t>(input)]->dtype; }
  bool known(int input) const { return has(input) && inputs_[static_cast<size_t>(input)]->complete(); }
  bool train() const { return train_; }

  // Input `input` must have this shape and dtype: fills in what is unknown, fails on what differs.
  void expect(int input, const Shape &shape, DType dtype);
  void expect_shape(int input, const Shape &shape);
  void expect_dtype(int input, DType dtype);
  void output(int index, Shape shape, DType dtype);

  // Name of an input as messages show it ("weight", "data[1]").
  std::string input_name(int input) const;

 private:
  const Definition &op_;
  const std::vector<TensorSpec *> &inputs_;
  std::vector<TensorSpec> &outputs_;
  bool train_;
};

// What the formats function of an operator sees when a program is compiled: it may ask for inputs in a format, and
// give outputs in one. What it does not mention is row-major.
class FormatContext {
 public:
  // Values by input and output; null for an absent input.
  FormatContext(std::vector<const TensorSpec *> inputs, std::vector<const TensorSpec *> outputs,
                std::vector<FormatRef> arriving)
      : inputs_(std::move(inputs)), outputs_(std::move(outputs)), arriving_(std::move(arriving)) {
    wanted.resize(inputs_.size());
    given.resize(outputs_.size());
  }

  bool has(int input) const { return input < static_cast<int>(inputs_.size()) && inputs_[static_cast<size_t>(input)]; }
  const Shape &shape(int input) const { return *inputs_[static_cast<size_t>(input)]->shape; }
  DType dtype(int input) const { return *inputs_[static_cast<size_t>(input)]->dtype; }
  const Shape &output_shape(int output) const { return *outputs_[static_cast<size_t>(output)]->shape; }
  // As the input comes from the operator that makes it.
  const FormatRef &arriving(int input) const { return arriving_[static_cast<size_t>(input)]; }

  void want(int input, FormatRef format) { wanted[static_cast<size_t>(input)] = std::move(format); }
  void give(int output, FormatRef format) { given[static_cast<size_t>(output)] = std::move(format); }

  std::vector<FormatRef> wanted, given;

 private:
  std::vector<const TensorSpec *> inputs_, outputs_;
  std::vector<FormatRef> arriving_;
};

// A dense array as kernels see it.
struct Tensor {
  void *data = nullptr;  // null: an optional input that was not given
  Shape shape;
  DType dtype = DType::float32;
  const Format *format = nullptr;  // null: row-major, as everywhere but in operators with a formats function

  template <class T>
  T *as() const {
    return static_cast<T *>(data);
  }
  int64_t numel() const { return shape.numel(); }
  int64_t nbytes() const { return numel() * dtype_size(dtype); }
};

// Temporary memory of a kernel call, aligned to 64; its contents are arbitrary.
struct Workspace {
  void *data = nullptr;
  int64_t nbytes = 0;
};

// Kernels compute dense outputs from dense inputs. All shapes and dtypes were inferred: no checks are left to do but
// those that depend on values.
class KernelContext {
 public:
  std::vector<Tensor> inputs, outputs;
  bool train = false;
  Philox random;  // this call's own stream, for random operators
  // As many bytes as the definition's `workspace` stated for these shapes.
  Workspace workspace;
  // Kept from call to call on the same shapes (prepared library primitives); null at first. May be ignored.
  std::shared_ptr<void> *cache = nullptr;

  const Tensor &in(int k) const { return inputs[static_cast<size_t>(k)]; }
  const Tensor &out(int k) const { return outputs[static_cast<size_t>(k)]; }
  bool has(int k) const { return k < static_cast<int>(inputs.size()) && inputs[static_cast<size_t>(k)].data; }
  template <class T>
  T *in_as(int k) const {
    return in(k).as<T>();
  }
  template <class T>
  T *out_as(int k) const {
    return out(k).as<T>();
  }
};

}  // namespace cermet
