// SPDX-License-Identifier: Apache-2.0
// A definition: everything that is known of one operator, layer, optimizer, metric, initializer or schedule, as data.
//
// Definitions are written with `DefinitionBuilder` (schema/builder.h) in files that say CERMET_REGISTER(stem); the
// build finds them, so that adding one edits nothing else.
#pragma once

#include <any>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "schema/attr_def.h"
#include "schema/contexts.h"

namespace cermet {

// Values are those of cermet_kind.
enum class Kind : int { op = 0, layer = 1, optimizer = 2, metric = 3, initializer = 4, schedule = 5 };
const char *kind_name(Kind kind);

enum class Role { data, parameter, label, state };
const char *role_name(Role role);

struct InputDef {
  std::string name, doc;
  Role role = Role::data;
  DTypeSet dtypes = kAll;
  bool optional = false;    // may be left out
  bool variadic = false;    // any number of arrays; only the last input
  bool shape_only = false;  // its values do not matter: memory plans need not keep them
  bool index = false;       // its values are positions or classes, counted from 0 (from 1 in R and Julia)
  // Whether the attributes ask for this input at all (empty: always). An input that is not asked for does not exist.
  std::function<bool(const void *attrs)> when = {};
};

struct OutputDef {
  std::string name, doc;
  bool hidden = false;  // for the gradient's use only
  bool index = false;   // its values are positions or classes
};

struct SampleArray {
  Shape shape;
  std::vector<double> values;
  DType dtype = DType::float32;
};

// A worked example: it tests the operator, documents it in all languages, and is replayed by all of them.
struct Sample {
  AttrList attrs;
  std::vector<SampleArray> inputs, outputs;
  bool train = false;
  bool check_gradient = true;  // compare the gradient with finite differences, at float64
  double tolerance = 1e-5;
};

class GradientContext;  // autograd/gradient.h
class ComposeContext;   // graph/compose.h

using InferFn = std::function<void(InferContext &, const void *attrs)>;
using KernelFn = std::function<void(KernelContext &, const void *attrs)>;
using GradientFn = std::function<void(GradientContext &, const void *attrs)>;
using ComposeFn = std::function<void(ComposeContext &, const void *attrs)>;

struct Definition {
  Kind kind = Kind::op;
  std::string name, family, summary, doc;
  std::vector<std::string> aliases;
  std::vector<AttrDef> attrs;
  std::vector<InputDef> inputs;
  std::vector<OutputDef> outputs;
  std::vector<Sample> samples;
  bool internal = false;  // used by gradients only: hidden from bindings and documentation
  bool random = false;    // draws random numbers
  bool depends_on_train = false;
  // Attribute that holds the number of variadic inputs ("num_args"), as MXNet's files need it; "" if none.
  std::string count_attr;
  // Number of outputs where it depends on attributes or inputs (empty: outputs.size()).
  std::function<int(const void *attrs, int num_inputs)> count_outputs;
  // Pairs (input, output) that may share memory.
  std::vector<std::pair<int, int>> in_place;

  // A fresh attribute struct with defaults, type-erased.
  std::function<std::shared_ptr<void>()> make_attrs;
  // Checks that concern several attributes together.
  std::function<void(const void *attrs)> check_attrs;

  InferFn infer;
  GradientFn gradient;  // empty: from `compose` if there is one, else not differentiable
  ComposeFn compose;    // the operator in terms of others
  KernelFn kernels[3];  // by DeviceType; an empty one falls back to `compose`, never to another device

  // What definitions of other kinds can do: OptimizerRule, MetricRule ... (train/rules.h).
  std::any rule;

  const AttrDef *find_attr(const std::string &attr) const;
  // Inputs that exist under these attributes, as indices into `inputs`.
  std::vector<int> active_inputs(const void *attr_struct) const;
  int num_outputs(const void *attr_struct, int num_inputs) const;
  // Output k's definition (outputs beyond the list repeat its last entry).
  const OutputDef &output_def(int k) const;
  const KernelFn &kernel(DeviceType device) const { return kernels[static_cast<int>(device)]; }
  bool differentiable() const { return gradient || compose; }
};

}  // namespace cermet
