// SPDX-License-Identifier: Apache-2.0
// The graph and the parameters of a model in integers, by its plan.
#include <cmath>

#include "graph/compose.h"
#include "graph/rewrite.h"
#include "model/quantization_plan.h"
#include "runtime/ordered_copy.h"

namespace cermet {

namespace {

using quantized::OutType;
using quantized::Range;

// A value in integers, and the ends of its range.
struct Integers {
  Entry data, min, max;
};

ArrayRef float_array(const std::vector<float> &values) {
  auto out = make_ref<NDArray>(Shape{static_cast<int64_t>(values.size())}, DType::float32);
  std::copy(values.begin(), values.end(), static_cast<float *>(out->data()));
  return out;
}

class IntegerGraph {
 public:
  IntegerGraph(const QuantizationPlan &plan, const std::vector<Range> &ranges) : plan_(plan), ranges_(ranges) {
    for (Node *node : plan.order)
      if (node->is_variable()) names_.insert(node->name);
  }

  Ref<Model> run() {
    evaluate_constants();
    std::vector<Entry> outputs =
        rewrite(plan_.outputs, [this](Node &node, const std::vector<Entry> &inputs) { return replace(node, inputs); });
    auto model = make_ref<Model>(make_ref<Symbol>(std::move(outputs)));
    const Model &from = *plan_.request.model;
    for (const auto *names : {&model->arguments(), &model->auxiliary_states()})
      for (const std::string &name : *names) {
        auto made = made_.find(name);
        if (made != made_.end()) {
          model->set_parameter(name, made->second);
        } else if (ArrayRef array = from.parameter(name)) {
          auto copy = make_ref<NDArray>(array->shape(), array->dtype(), array->device());
          ordered_copy(*array, *copy);
          model->set_parameter(name, copy);
        }
      }
    for (const auto &[key, text] : from.all_metadata()) model->set_metadata(key, text);
    return model;
  }

 private:
  // --- constants ---
  // What follows from parameters and is used by what does not: weights with what was folded into them.
  void evaluate_constants() {
    std::vector<Entry> outputs;
    for (Node *node : plan_.order) {
      if (node->is_variable() || plan_.at(node).constant) continue;
      for (size_t slot = 0; slot < node->inputs.size(); ++slot) {
        const Entry &entry = node->inputs[slot];
        if (!entry || !plan_.at(entry.node.get()).constant) continue;
        if (constants_.try_emplace({entry.node.get(), entry.index}).second) outputs.push_back(entry);
        hints_.try_emplace(entry.node.get(), cat(node->name, "_", node->input_def(slot).name, "_folded"));
      }
    }
    if (outputs.empty()) return;
    Ref<Executor> executor = value_executor(plan_.request, outputs);
    executor->forward(false, nullptr);
    for (size_t k = 0; k < outputs.size(); ++k) {
      ArrayRef value = executor->output(static_cast<int>(k));
      auto copy = make_ref<NDArray>(value->shape(), value->dtype());
      ordered_copy(*value, *copy);
      constants_[{outputs[k].node.get(), outputs[k].index}] = copy;
    }
  }
  const NDArray &constant(const Entry &entry) const { return *constants_.at({entry.node.get(), entry.index}); }

  Entry parameter(const std::string &hint, ArrayRef value) {
    std::string name = hint;
    for (int k = 2; !names_.insert(name).second; ++k) name = cat(hint, k);
    made_[name] = std::move(value);
    return {make_ref<Node>(name), 0};
  }

  // Each filter in 127 levels of its own.
  Integers weight_of(const Node &node) {
    const NDArray &weight = constant(node.inputs[1]);
    int64_t filters = weight.shape()[0], size = weight.numel() / std::max<int64_t>(1, filters);
    const auto *from = static_cast<const float *>(weight.data());
    auto integers = make_ref<NDArray>(weight.shape(), DType::int8);
    auto *to = static_cast<int8_t *>(integers->data());
    std::vector<float> low, high;
    for (int64_t filter = 0; filter < filters; ++filter, from += size, to += size) {
      float reach = 0;
      for (int64_t k = 0; k < size; ++k) {
        if (!std::isfinite(from[k]))
          throw Error(Status::invalid_argument, "weight", "got ", from[k], "; want finite values")
              .at_op(node.op->name)
              .at_node(node.name);
        reach = std::max(reach, std::abs(from[k]));
      }
      double scale = quantized::whole_levels(DType::int8) * quantized::inverse(reach);
      for (int64_t k = 0; k < size; ++k) to[k] = static_cast<int8_t>(std::nearbyint(from[k] * scale));
      low.push_back(-reach);
      high.push_back(reach);
    }
    std::string name = node.name + "_weight_quantize";
    Entry data = parameter(name, integers);
    return {data, parameter(name + "_min", float_array(low)), parameter(name + "_max", float_array(high))};
  }

  // --- values ---
  Integers integers(const std::string &op, const std::vector<Entry> &inputs, AttrList attrs, const std::string &name) {
    Entry first = apply_op(op, inputs, attrs, name);
    return {first, {first.node, 1}, {first.node, 2}};
  }

  // The attributes that state a range, and which integers show it.
  AttrList range_attrs(const Entry &made, const std::string &name) const {
    Range range = ranges_[plan_.ranges.at({made.node.get(), made.index})];
    OutType type = plan_.request.type;
    if (type == OutType::uint8 && range.min < 0)
      throw Error(Status::invalid_argument, "type", "got uint8; want auto or int8: the values of ", quoted(name),
                  " go down to ", range.min);
    bool whole = type != OutType::int8 && range.min >= 0;
    return {{"min_calib_range", double{range.min}},
            {"max_calib_range", double{range.max}},
            {"out_type", whole ? "uint8" : "int8"}};
  }

  // What an entry of the plan's graph is in integers; `real`: as real numbers in the new graph.
  const Integers &integers_of(const Entry &entry, const Entry &real) {
    auto key = std::pair(static_cast<const Node *>(entry.node.get()), entry.index);
    if (auto found = integers_.find(key); found != integers_.end()) return found->second;
    std::string name = output_name(*entry.node, entry.index) + "_quantize";
    AttrList attrs;
    if (plan_.request.mode != Calibration::none) attrs = range_attrs(entry, output_name(*entry.node, entry.index));
    return integers_[key] = integers("quantize_v2", {real}, attrs, name);
  }

  Entry real(const Integers &value, const Node &node) {
    return apply_op("dequantize", {value.data, value.min, value.max}, {}, node.name + "_dequantize");
  }

  std::optional<std::vector<Entry>> replace(Node &node, const std::vector<Entry> &inputs) {
    if (node.is_variable()) return std::nullopt;
    const auto &part = plan_.at(&node);
    if (part.constant) {
      auto value = constants_.find({&node, 0});
      if (value == constants_.end() || node.num_outputs() != 1) return std::nullopt;
      return {{parameter(hints_.at(&node), value->second)}};
    }
    bool passes = part.able && part.wanted;
    if (part.layer) return layer(node, inputs, passes);
    if (!passes) return std::nullopt;
    std::vector<Integers> in;
    for (size_t k = 0; k < node.inputs.size(); ++k) in.push_back(integers_of(node.inputs[k], inputs[k]));
    return made(node, passed(node, part.absorbed, in));
  }

  // As integers for those who want them, and as real numbers for the rest.
  std::vector<Entry> made(Node &node, const Integers &value) {
    integers_[{&node, 0}] = value;
    return std::vector<Entry>(static_cast<size_t>(node.num_outputs()), real(value, node));
  }

  std::vector<Entry> layer(Node &node, const std::vector<Entry> &inputs, bool passes) {
    const Integers &data = integers_of(node.inputs[0], inputs[0]);
    Integers weight = weight_of(node);
    bool bias = inputs.size() > 2 && inputs[2];
    std::vector<Entry> arguments{data.data, weight.data};
    if (bias) arguments.push_back(inputs[2]);
    for (const Entry &entry : {data.min, data.max, weight.min, weight.max}) arguments.push_back(entry);
    AttrList attrs{{"no_bias", !bias}};
    for (const auto &given : node.attrs.given())
      if (given.first != "no_bias") attrs.push_back(given);
    std::string op = node.op->name == "convolution" ? "quantized_conv" : "quantized_fully_connected";
    if (!passes) {
      attrs.emplace_back("enable_float_output", true);
      return {apply_op(op, arguments, attrs, node.name)};
    }
    for (auto &attr : range_attrs({Ref<Node>::share(&node), 0}, node.name)) attrs.push_back(std::move(attr));
    return made(node, integers(op, arguments, attrs, node.name));
  }

  Integers passed(Node &node, bool absorbed, const std::vector<Integers> &in) {
    const std::string &op = node.op->name;
    const Integers &first = in[0];
    std::vector<Entry> one{first.data, first.min, first.max};
    if (op == "pooling") return integers("quantized_pooling", one, node.attrs.given(), node.name);
    if (op == "flatten") return integers("quantized_flatten", one, {}, node.name);
    if (op == "add")
      return integers("quantized_elemwise_add", {first.data, in[1].data, first.min, first.max, in[1].min, in[1].max},
                      range_attrs({Ref<Node>::share(&node), 0}, node.name), node.name);
    if (op == "concat") {
      std::vector<Entry> arguments;
      for (const Integers &value : in) arguments.push_back(value.data);
      for (const Integers &value : in) {
        arguments.push_back(value.min);
        arguments.push_back(value.max);
      }
      AttrList attrs{{"num_args", static_cast<int64_t>(in.size())}, {"dim", attribute<int64_t>(node, "dim")}};
      return integers("quantized_concat", arguments, attrs, node.name);
    }
    return absorbed ? first : integers("quantized_act", one, {{"act_type", "relu"}}, node.name);
  }

  const QuantizationPlan &plan_;
  const std::vector<Range> &ranges_;
  std::map<std::pair<const Node *, int>, ArrayRef> constants_;
  std::map<const Node *, std::string> hints_;                  // names for them
  std::map<std::pair<const Node *, int>, Integers> integers_;  // by entries of the plan's graph
  std::map<std::string, ArrayRef> made_;                       // new parameters
  std::set<std::string> names_;                                // of variables
};

}  // namespace

Ref<Model> quantize(const QuantizationPlan &plan, const std::vector<Range> &ranges) {
  return IntegerGraph(plan, ranges).run();
}

}  // namespace cermet
