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

#include "base/ref.h"
#include "schema/attr_def.h"
#include "schema/contexts.h"
#include "schema/elementwise.h"

namespace cermet {

// Values are those of cermet_kind.
enum class Kind : int { op = 0, layer = 1, optimizer = 2, metric = 3, initializer = 4, schedule = 5 };
const char *kind_name(Kind kind);

enum class Role { data, parameter, label, state };
const char *role_name(Role role);

// In which dtype an operator computes where a graph is converted to mixed precision (graph/mixed_precision.h): that of
// its widest input, which its outputs have as well; 16 bits, as products of matrices and convolutions do; float32,
// where range or exact sums matter; or what it says itself: then the dtypes of its outputs do not follow from its
// inputs'.
enum class Precision : uint8_t { widest, narrow, wide, own };

// Holds where the attribute `attr` has one of `values`. As data, so that descriptions can say it.
struct Condition {
  std::string attr = {};
  std::vector<AttrValue> values = {};
  explicit operator bool() const { return !attr.empty(); }
};

// Added to the dtypes of an input: its dtype is not that of the other inputs, as of conditions, lengths and statistics.
constexpr DTypeSet kOwnDType = DTypeSet{1} << 31;

struct InputDef {
  std::string name, doc;
  Role role = Role::data;
  DTypeSet dtypes = kAll;
  bool optional = false;    // may be left out at will
  bool variadic = false;    // any number of arrays; only the last input
  bool shape_only = false;  // its values do not matter: memory plans need not keep them
  bool index = false;       // its values are positions or classes, counted from 0 (from 1 in R and Julia)
  // The attributes that ask for this input (empty: all do). An input that is not asked for does not exist.
  Condition when = {};
  bool has_own_dtype() const { return dtypes & kOwnDType; }
};

struct OutputDef {
  std::string name, doc;
  bool hidden = false;    // for the gradient's use only
  bool variadic = false;  // any number of arrays, by Definition::count_outputs; only the last output
  bool index = false;     // its values are positions or classes
  // The attributes under which it exists (empty: all). The outputs that exist keep the order of declaration.
  Condition when = {};
  // The attributes under which a hidden output is given to the caller after all (empty: none).
  Condition shown_when = {};
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
using FormatsFn = std::function<void(FormatContext &, const void *attrs)>;
using KernelFn = std::function<void(KernelContext &, const void *attrs)>;
using WorkspaceFn = std::function<int64_t(const KernelContext &, const void *attrs)>;
using GradientFn = std::function<void(GradientContext &, const void *attrs)>;
using ComposeFn = std::function<void(ComposeContext &, const void *attrs)>;

// Interned and never freed; counted like other objects of handles only to have their mark.
struct Definition : RefCounted {
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
  bool loss = false;  // an output whose gradient begins here, whatever flows in from above
  Precision precision = Precision::widest;
  // The attributes under which a loss' gradient is an average over the batch, not a sum (empty: none).
  Condition mean_when = {};
  // Attribute that holds the number of variadic inputs ("num_args"), as MXNet's files need it; "" if none.
  std::string count_attr;
  // Number of outputs where the last one is variadic.
  std::function<int(const void *attrs, int num_inputs)> count_outputs;
  // Pairs (input, output) that may share memory.
  std::vector<std::pair<int, int>> in_place;

  // A fresh attribute struct with defaults, type-erased.
  std::function<std::shared_ptr<void>()> make_attrs;
  // The struct of a call that gives nothing, shared by all such calls; null where something must be given. Set by the
  // registry.
  std::shared_ptr<const void> default_attrs;
  // Checks that concern several attributes together.
  std::function<void(const void *attrs)> check_attrs;

  InferFn infer;
  GradientFn gradient;  // empty: from `compose` if there is one, else not differentiable
  ComposeFn compose;    // the operator in terms of others
  KernelFn kernels[3];  // by DeviceType; an empty one falls back to `compose`, never to another device
  // Which formats it wants and gives in programs on the CPU; empty: row-major everywhere.
  FormatsFn formats;
  // The function that the operator applies to each element, if it is one of that kind.
  std::function<Elementwise(const void *attrs)> elementwise;

  // Bytes of temporary memory that the kernel wants on these shapes (empty: none). The tensors have no values yet.
  // Plans of memory count it, so kernels take what is large from here and from nowhere else.
  WorkspaceFn workspace;

  // What definitions of other kinds can do: OptimizerRule, MetricRule ... (train/rules.h).
  std::any rule;

  const AttrDef *find_attr(const std::string &attr) const;
  bool holds(const Condition &condition, const void *attr_struct) const;
  // Inputs that exist under these attributes, as indices into `inputs`.
  std::vector<int> active_inputs(const void *attr_struct) const;
  int num_outputs(const void *attr_struct, int num_inputs) const;
  // Definition of output k of those that exist (a variadic one repeats).
  const OutputDef &output_def(const void *attr_struct, int k) const;
  // Whether output k is kept from the caller.
  bool hides(const void *attr_struct, int k) const;
  // Names of what exists and is not hidden, in calling order; entries of variadic ones are <name>0, <name>1 ...
  std::vector<std::string> input_names(const void *attr_struct, int num_inputs) const;
  std::vector<std::string> output_names(const void *attr_struct, int num_inputs) const;
  const KernelFn &kernel(DeviceType device) const { return kernels[static_cast<int>(device)]; }
  bool differentiable() const { return gradient || compose; }
};

}  // namespace cermet
