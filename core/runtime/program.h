// SPDX-License-Identifier: Apache-2.0
// A program: a graph on given shapes, compiled to a static schedule with planned memory. Nothing in it changes after
// compilation, so executors share programs; what changes while one runs is in runtime/program_run.h.
#pragma once

#include <string>
#include <vector>

#include "graph/infer.h"
#include "graph/remarks.h"
#include "runtime/fused_loop.h"
#include "runtime/recompute.h"

namespace cermet {

struct ProgramRequest {
  std::vector<Entry> outputs;
  std::vector<NamedSpec> variables;  // all variables of the graph, with complete specs
  std::vector<int> wanted;           // indices of the variables whose gradients are wanted
  GradReq grad_req = GradReq::write;
  bool train = false;
  Device device;
  RecomputeOptions recompute = {};
};

// Filled by `compile`, read by everybody else.
struct Program : RefCounted {
  // Where a value lives: in the arena, in a variable's or a gradient's array, in memory that is kept from run to run,
  // or nowhere, if only its shape is used.
  enum class Home { arena, variable, gradient, derived, nowhere };
  // The derived part makes what depends on parameters alone (weights in a kernel's format, folded factors), and runs
  // when they have changed.
  enum class Part { derived, forward, backward };
  struct Value {
    Shape shape;
    DType dtype = DType::float32;
    Home home = Home::arena;
    int index = 0;            // of the variable, wanted gradient or derived value
    int64_t offset = 0;       // in the arena
    int first = 0, last = 0;  // steps that write it and read it last; the number of steps for what must stay
    int in_place_of = -1;     // the value whose memory it takes over
    FormatRef format;
    int64_t nbytes() const { return format ? format->nbytes : shape.numel() * dtype_size(dtype); }
  };
  struct Step {
    Node *node = nullptr;
    Part part = Part::forward;
    std::vector<int> inputs, outputs;                   // values; -1 for an absent input
    int64_t workspace_bytes = 0, workspace_offset = 0;  // of the kernel's temporary memory in the arena
    bool recomputed = false;                            // a step of the forward pass, run again in the backward pass
    int head = -1;  // it makes the gradient that flows into this output, unless one is handed in
    std::shared_ptr<const FusedLoop> loop;  // what runs instead of the node's kernel, if this is several steps in one
    std::vector<std::string> fused;         // their operators
  };

  // A value made in the derived part that the others read.
  struct Derived {
    int value;
    std::string key;           // equal for equal functions of equally named variables
    std::vector<int> sources;  // the variables that it depends on
  };

  std::vector<Value> values;
  std::vector<Step> steps;                       // part by part
  size_t forward_begin = 0, backward_begin = 0;  // where the parts begin in `steps`
  std::vector<Derived> derived;
  std::vector<int> outputs;  // values
  std::vector<std::string> variables;
  std::vector<bool> writes_variable;  // whether some step changes it
  bool is_changed(const Value &value) const {
    return value.home == Home::variable && writes_variable[static_cast<size_t>(value.index)];
  }
  std::vector<int> wanted;
  bool train = false;
  std::vector<bool> parameters;  // whether a variable is a parameter or state, which changes seldom
  int64_t derived_bytes = 0;
  Recomputed recomputed;
  int64_t arena_bytes = 0;
  int64_t peak_live_bytes = 0;            // at the busiest step: no plan has a smaller arena
  std::vector<Entry> graph, conversions;  // owners of the nodes
  Remarks remarks;                        // what the passes did and refused
};

// Throws what is wrong with the graph, naming node and operator. Allocates no array memory. Where no program keeps to
// the budget of the arena, the smallest that was found.
Ref<const Program> compile(const ProgramRequest &request);

// A tensor for a value that has no memory yet. Its address is not null, since null tells that an input is absent; a
// value of which only the shape is used keeps it.
Tensor unplaced(const Program::Value &value);

// The same for all inputs and outputs of a step.
KernelContext unplaced(const Program &program, const Program::Step &step);

// What the step's kernel needs beside its inputs and outputs.
int64_t workspace_bytes(const Program &program, const Program::Step &step);

// As JSON: steps with operator, inputs and outputs; place, bytes, first and last use of each value.
std::string describe(const Program &program);

// For people: the size of the plan in one line, and a line for each remark.
std::string report(const Program &program);

// As text, a line a value in the arena: what makes it, bytes and offset, and the first and last step at which it holds
// them. Columns are separated by tabs, and named in the first line. At no step do two lines hold the same bytes.
std::string memory_table(const Program &program);

}  // namespace cermet
