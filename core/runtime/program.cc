// SPDX-License-Identifier: Apache-2.0
#include "runtime/program.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/disabled.h"
#include "base/log.h"
#include "graph/symbol.h"
#include "runtime/choose_formats.h"
#include "runtime/derive.h"
#include "runtime/drop_casts.h"
#include "runtime/fold_batch_norm.h"
#include "runtime/fuse_elementwise.h"
#include "runtime/joint_graph.h"
#include "runtime/memory_plan.h"
#include "runtime/uses.h"

namespace cermet {

namespace {

using Home = Program::Home;
using Value = Program::Value;
using Step = Program::Step;

// For each value whether it is made by a node that matters to an output or gradient. What only lends its shape need not
// run.
std::vector<bool> needed_values(const Inferred &inferred, const std::vector<Entry> &results) {
  std::vector<bool> needed(inferred.specs.size());
  auto need = [&](const Node *node) {
    size_t first = inferred.specs.first(node);
    for (int k = 0; k < node->num_outputs(); ++k) needed[first + static_cast<size_t>(k)] = true;
  };
  for (const Entry &entry : results) need(entry.node.get());
  for (size_t k = inferred.order.size(); k-- > 0;) {
    Node *node = inferred.order[k];
    if (!needed[inferred.specs.first(node)]) continue;
    for (size_t slot = 0; slot < node->inputs.size(); ++slot)
      if (node->inputs[slot] && !node->input_def(slot).shape_only) need(node->inputs[slot].node.get());
  }
  return needed;
}

class Compiler {
 public:
  explicit Compiler(const ProgramRequest &request) : request_(request), program_(make_ref<Program>()) {}

  Ref<const Program> run() {
    for (int k : request_.wanted) wanted_.push_back(request_.variables[static_cast<size_t>(k)].name);
    joint_ = join_graphs(request_.outputs, wanted_, request_.device.type);
    if (!disabled("simplify")) simplify_joint(joint_, request_.variables, request_.train, program_->remarks);
    bool cpu = request_.device.type == DeviceType::cpu;
    if (!request_.train && !disabled("fold_batch_norm"))
      joint_.outputs = fold_batch_norm(joint_.outputs, request_.variables, program_->remarks);
    separate_gradients(joint_, request_.grad_req);
    order();
    make_values();
    make_steps();
    remark_halves();
    if (!disabled("drop_casts")) drop_casts(*program_);
    if (cpu && !disabled("choose_formats")) choose_formats(*program_);
    if (cpu && !disabled("find_derived")) find_derived(*program_);
    find_parts();
    if (request_.train && !disabled("recompute")) program_->recomputed = recompute(*program_, request_.recompute);
    if (cpu && !disabled("fuse_elementwise")) fuse_elementwise(*program_);
    find_parts();
    find_lives();
    plan();
    log_report();
    return Ref<const Program>::adopt(program_.detach());
  }

 private:
  // Outputs first, then the gradients of late variables before those of early ones: so each weight's gradient is
  // computed when the backward pass comes by, and what it needs can die.
  void order() {
    auto &graph = program_->graph = joint_.outputs;
    for (size_t k = joint_.gradients.size(); k-- > 0;)
      if (joint_.gradients[k]) graph.push_back(joint_.gradients[k]);
    verify(graph);
    inferred_ = infer(graph, request_.variables, request_.train);
    // The order begins with what the outputs need, of which one is the last.
    NodeIndex outputs;
    for (const Entry &output : joint_.outputs) outputs.insert(output.node.get());
    for (num_forward_nodes_ = inferred_.order.size(); num_forward_nodes_ > 0; --num_forward_nodes_)
      if (outputs.contains(inferred_.order[num_forward_nodes_ - 1])) break;
  }

  void make_values() {
    std::vector<bool> needed = needed_values(inferred_, program_->graph);
    program_->values.reserve(needed.size());
    std::unordered_map<std::string, int> variable_index;
    for (const NamedSpec &variable : request_.variables) {
      variable_index.emplace(variable.name, static_cast<int>(program_->variables.size()));
      program_->variables.push_back(variable.name);
    }
    for (Node *node : inferred_.order) {
      for (const TensorSpec &spec : inferred_.specs.at(node)) {
        Value value;
        value.shape = *spec.shape;
        value.dtype = *spec.dtype;
        value.home = needed[program_->values.size()] ? Home::arena : Home::nowhere;
        if (node->is_variable()) {
          value.home = Home::variable;
          value.index = variable_index.at(node->name);
        }
        program_->values.push_back(std::move(value));
      }
    }
    for (size_t k = 0; k < joint_.gradients.size(); ++k) {
      settle_gradient(joint_.gradients[k], k);
      settle_gradient(joint_.previous[k], k);
    }
    for (const Entry &entry : joint_.outputs) program_->outputs.push_back(value_of(entry));
    program_->writes_variable.resize(request_.variables.size());
    auto roles = variable_roles(request_.outputs);
    for (const std::string &name : program_->variables) {
      auto role = roles.find(name);
      program_->parameters.push_back(role != roles.end() &&
                                     (role->second == Role::parameter || role->second == Role::state));
    }
    program_->wanted = request_.wanted;
    program_->train = request_.train;
  }

  void settle_gradient(const Entry &entry, size_t k) {
    if (!entry) return;
    Value &value = program_->values[static_cast<size_t>(value_of(entry))];
    const TensorSpec &spec = request_.variables[static_cast<size_t>(request_.wanted[k])].spec;
    if (!(value.shape == *spec.shape) || value.dtype != *spec.dtype)
      throw Error(Status::internal, "gradient", "of ", quoted(wanted_[k]), ": got ", value.shape, " of ", value.dtype,
                  "; want ", *spec.shape, " of ", *spec.dtype);
    value.home = Home::gradient;
    value.index = static_cast<int>(k);
  }

  // Values are numbered as the outputs of nodes are.
  int value_of(const Entry &entry) const {
    if (!entry || !inferred_.specs.contains(entry.node.get())) return -1;
    return static_cast<int>(inferred_.specs.first(entry.node.get())) + entry.index;
  }

  void make_steps() {
    std::unordered_map<const Node *, int> heads;
    std::unordered_set<const Node *> given;  // their values come from outside
    for (size_t k = 0; k < joint_.heads.size(); ++k) heads.emplace(joint_.heads[k].node.get(), static_cast<int>(k));
    for (const Entry &entry : joint_.previous)
      if (entry) given.insert(entry.node.get());
    for (size_t k = 0; k < inferred_.order.size(); ++k) {
      Node *node = inferred_.order[k];
      auto first = static_cast<int>(inferred_.specs.first(node));
      if (node->is_variable() || given.count(node) ||
          program_->values[static_cast<size_t>(first)].home == Home::nowhere)
        continue;
      if (!node->op->kernel(request_.device.type))
        throw Error(Status::unsupported, "device", "got ", request_.device, "; it has no kernel there")
            .at_op(node->op->name)
            .at_node(node->name);
      Step step;
      step.node = node;
      for (size_t slot = 0; slot < node->inputs.size(); ++slot) {
        step.inputs.push_back(value_of(node->inputs[slot]));
        if (node->inputs[slot] && node->input_def(slot).role == Role::state) note_state(*node, slot);
      }
      for (int output = 0; output < node->num_outputs(); ++output) step.outputs.push_back(first + output);
      if (auto head = heads.find(node); head != heads.end()) step.head = head->second;
      step.part = k < num_forward_nodes_ ? Program::Part::forward : Program::Part::backward;
      program_->steps.push_back(std::move(step));
    }
  }

  void note_state(const Node &node, size_t slot) {
    const Value &value = program_->values[static_cast<size_t>(value_of(node.inputs[slot]))];
    if (value.home != Home::variable)
      throw Error(Status::unsupported, node.input_def(slot).name, "is changed in place; want a variable")
          .at_op(node.op->name)
          .at_node(node.name);
    if (changes(*node.op, slot, request_.train)) program_->writes_variable[static_cast<size_t>(value.index)] = true;
  }

  void find_parts() {
    auto begin = [&](Program::Part part) {
      auto &steps = program_->steps;
      return static_cast<size_t>(
          std::find_if(steps.begin(), steps.end(), [=](const Step &step) { return step.part >= part; }) -
          steps.begin());
    };
    program_->forward_begin = begin(Program::Part::forward);
    program_->backward_begin = begin(Program::Part::backward);
  }

  void find_lives() {
    auto &steps = program_->steps;
    for (size_t s = 0; s < steps.size(); ++s) {
      for (int output : steps[s].outputs) {
        Value &value = program_->values[static_cast<size_t>(output)];
        value.first = value.last = static_cast<int>(s);
      }
      for (size_t slot = 0; slot < steps[s].inputs.size(); ++slot) {
        int input = steps[s].inputs[slot];
        if (input >= 0 && !steps[s].node->input_def(slot).shape_only)
          program_->values[static_cast<size_t>(input)].last = static_cast<int>(s);
      }
    }
    for (int output : program_->outputs)
      program_->values[static_cast<size_t>(output)].last = static_cast<int>(steps.size());
  }

  // The input whose memory an output may take over: it dies at this step, and the operator allows it in every slot in
  // which it reads it.
  int in_place_input(const Step &step, size_t s, int output) const {
    const Definition &op = *step.node->op;
    auto allowed = [&](size_t slot) {
      if (step.loop) return true;
      auto pair = std::make_pair(static_cast<int>(slot), output);
      return std::find(op.in_place.begin(), op.in_place.end(), pair) != op.in_place.end();
    };
    const Value &target = program_->values[static_cast<size_t>(step.outputs[static_cast<size_t>(output)])];
    for (size_t slot = 0; slot < step.inputs.size(); ++slot) {
      int input = step.inputs[slot];
      if (input < 0 || !allowed(slot)) continue;
      const Value &value = program_->values[static_cast<size_t>(input)];
      if (value.home != Home::arena || value.last != static_cast<int>(s) || value.dtype != target.dtype ||
          value.nbytes() != target.nbytes() || !same_format(value.format, target.format))
        continue;
      bool everywhere = true;
      for (size_t other = 0; other < step.inputs.size(); ++other)
        everywhere = everywhere && (step.inputs[other] != input || allowed(other));
      if (everywhere) return input;
    }
    return -1;
  }

  void plan() {
    std::vector<Buffer> buffers;
    std::vector<std::pair<Step *, size_t>> workspaces;  // with their buffers
    std::vector<int> buffer_of(program_->values.size(), -1);
    for (size_t s = 0; s < program_->steps.size(); ++s) {
      const Step &step = program_->steps[s];
      std::vector<int> taken;
      for (size_t k = 0; k < step.outputs.size(); ++k) {
        Value &value = program_->values[static_cast<size_t>(step.outputs[k])];
        if (value.home != Home::arena) continue;
        int input = in_place_input(step, s, static_cast<int>(k));
        int &buffer = buffer_of[static_cast<size_t>(step.outputs[k])];
        if (input >= 0 && std::find(taken.begin(), taken.end(), input) == taken.end()) {
          taken.push_back(input);
          value.in_place_of = input;
          buffer = buffer_of[static_cast<size_t>(input)];
          buffers[static_cast<size_t>(buffer)].last = value.last;
        } else {
          buffer = static_cast<int>(buffers.size());
          buffers.push_back({value.nbytes(), value.first, value.last});
        }
      }
    }
    for (Step &step : program_->steps) {
      step.workspace_bytes = workspace_bytes(*program_, step);
      if (!step.workspace_bytes) continue;
      int s = static_cast<int>(&step - program_->steps.data());
      workspaces.emplace_back(&step, buffers.size());
      buffers.push_back({step.workspace_bytes, s, s});
    }
    program_->arena_bytes = plan_memory(buffers);
    program_->peak_live_bytes = peak_live_bytes(buffers);
    for (size_t v = 0; v < buffer_of.size(); ++v)
      if (buffer_of[v] >= 0) program_->values[v].offset = buffers[static_cast<size_t>(buffer_of[v])].offset;
    for (auto [step, buffer] : workspaces) step->workspace_offset = buffers[buffer].offset;
  }

  void log_report() const {
    if (!log_enabled(LogLevel::info)) return;
    std::string text = report(*program_);
    for (size_t at = 0, end = 0; at < text.size(); at = end + 1) {
      end = std::min(text.find('\n', at), text.size());
      log(LogLevel::info, text.substr(at, end - at));
    }
  }

  // Products and convolutions whose arrays have 16 bits (ops/common/half_gemm.cc, as_float.h).
  void remark_halves() {
    for (const Step &step : program_->steps)
      if (step.node->op->precision == Precision::narrow &&
          dtype_size(program_->values[static_cast<size_t>(step.outputs[0])].dtype) == 2)
        program_->remarks.add("mixed precision", "16 bits in memory, float32 arithmetic (no kernel has another)",
                              step.node->name);
  }

  const ProgramRequest &request_;
  Ref<Program> program_;
  std::vector<std::string> wanted_;
  JointGraph joint_;
  Inferred inferred_;
  size_t num_forward_nodes_ = 0;
};

}  // namespace

Tensor unplaced(const Value &value) {
  alignas(64) static char no_values[64];
  return {no_values, value.shape, value.dtype, value.format.get()};
}

KernelContext unplaced(const Program &program, const Step &step) {
  KernelContext context;
  context.train = program.train;
  auto tensor = [&](int value) { return value < 0 ? Tensor() : unplaced(program.values[static_cast<size_t>(value)]); };
  for (int input : step.inputs) context.inputs.push_back(tensor(input));
  for (int output : step.outputs) context.outputs.push_back(tensor(output));
  return context;
}

int64_t workspace_bytes(const Program &program, const Step &step) try {
  const Definition &op = *step.node->op;
  return op.workspace ? op.workspace(unplaced(program, step), step.node->attrs.get()) : 0;
} catch (Error &error) {
  error.at_op(step.node->op->name).at_node(step.node->name);
  throw;
}

Ref<const Program> compile(const ProgramRequest &request) {
  Ref<const Program> program = Compiler(request).run();
  const int64_t budget = request.recompute.arena_budget;
  if (budget <= 0) return program;
  // Gaps in the arena and steps joined into loops are not foreseen: aim as much lower as it was too large.
  ProgramRequest lower = request;
  for (int tries = 0; tries < 3 && program->arena_bytes > budget; ++tries) {
    int64_t excess = program->arena_bytes - budget;
    lower.recompute.arena_budget = std::max<int64_t>(1, lower.recompute.arena_budget - excess);
    if (tries == 2) lower.recompute.arena_budget = 1;
    auto next = Compiler(lower).run();
    if (next->arena_bytes < program->arena_bytes) program = std::move(next);
  }
  return program;
}

}  // namespace cermet
