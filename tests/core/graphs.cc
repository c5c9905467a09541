// SPDX-License-Identifier: Apache-2.0
#include "graphs.h"

#include "runtime/invoke.h"

namespace cermet::test {

Entry variable(const std::string &name) { return {make_ref<Node>(name), 0}; }

NamedSpec spec(const std::string &name, Shape shape, DType dtype) { return {name, {std::move(shape), dtype}}; }

ArrayRef array_of(Shape shape, const std::vector<double> &values, DType dtype) {
  auto source = make_ref<NDArray>(shape, DType::float64);
  std::copy(values.begin(), values.end(), source->data_as<double>());
  auto out = make_ref<NDArray>(std::move(shape), dtype);
  copy_values(*source, *out);
  return out;
}

std::vector<double> values_of(const NDArray &array) {
  NDArray copy(array.shape(), DType::float64);
  copy_values(array, copy);
  return {copy.data_as<double>(), copy.data_as<double>() + copy.numel()};
}

ArrayRef random_array(std::mt19937 &random, Shape shape, DType dtype) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<double> values(static_cast<size_t>(shape.numel()));
  for (double &value : values) value = uniform(random);
  return array_of(std::move(shape), values, dtype);
}

RandomGraph random_graph(std::mt19937 &random, int num_nodes) {
  RandomGraph graph;
  graph.variables = {spec("x0", {3, 8}), spec("x1", {3, 8}), spec("x2", {1, 8})};
  std::vector<Entry> entries;
  for (const NamedSpec &known : graph.variables) entries.push_back(variable(known.name));
  auto below = [&](size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); };
  auto pick = [&] {
    size_t recent = std::min<size_t>(entries.size(), 4);
    return below(3) ? entries[entries.size() - 1 - below(recent)] : entries[below(entries.size())];
  };
  for (int k = 0; k < num_nodes; ++k) {
    std::string name = cat("n", k);
    switch (below(8)) {
      case 0:
        entries.push_back(apply_op("identity", {pick()}, {}, name));
        break;
      case 1: {
        // add_n wants equal shapes
        Entry one = apply_op("add", {pick(), entries[0]}, {}, name + "a");
        Entry two = apply_op("add", {pick(), entries[1]}, {}, name + "b");
        entries.push_back(apply_op("add_n", {one, two, below(2) ? one : two}, {}, name));
        break;
      }
      case 2:
        entries.push_back(apply_op("tanh", {pick()}, {}, name));
        break;
      case 3:
        entries.push_back(apply_op("multiply", {pick(), pick()}, {}, name));
        break;
      case 4:
        entries.push_back(apply_op("sigmoid", {pick()}, {}, name));
        break;
      case 5: {  // there and back, of which nothing may be dropped
        Entry wide = apply_op("amp_cast", {pick()}, {{"dtype", DType::float64}}, name + "w");
        entries.push_back(apply_op("cast", {wide}, {{"dtype", DType::float32}}, name));
        break;
      }
      case 6: {  // changes nothing
        Entry both = apply_op("amp_multicast", {pick(), pick()}, {{"num_outputs", 2}}, name);
        entries.push_back({both.node, static_cast<int>(below(2))});
        break;
      }
      default: {
        Entry entry = pick();
        entries.push_back(apply_op("add", {entry, below(4) ? pick() : entry}, {}, name));
      }
    }
  }
  Entry rest = apply_op("multiply", {entries[1], entries[2]}, {}, "rest");  // no variable stays unused
  graph.outputs.push_back(apply_op("add_n", {apply_op("add", {entries.back(), entries[0]}), rest}, {}, "last"));
  for (size_t more = below(3); more > 0; --more) graph.outputs.push_back(pick());
  return graph;
}

Evaluated evaluate(const std::vector<Entry> &outputs, const Arrays &arrays, const std::vector<std::string> &wanted,
                   const std::vector<ArrayRef> &head_grads, Rng *rng, bool train) {
  auto recorder = make_ref<Recorder>(train);
  std::unordered_map<const Node *, std::vector<ArrayRef>> values;
  for (Node *node : topological_order(outputs)) {
    if (node->is_variable()) {
      values[node] = {arrays.at(node->name)};
      continue;
    }
    std::vector<ArrayRef> inputs;
    for (const Entry &entry : node->inputs)
      inputs.push_back(entry ? values.at(entry.node.get())[static_cast<size_t>(entry.index)] : nullptr);
    values[node] = call(*node->op, node->attrs, inputs, recorder.get(), rng, {});
  }
  Evaluated out;
  for (const Entry &entry : outputs)
    out.outputs.push_back(values.at(entry.node.get())[static_cast<size_t>(entry.index)]);
  if (wanted.empty()) return out;
  std::vector<ArrayRef> variables;
  for (const std::string &name : wanted) variables.push_back(arrays.at(name));
  out.gradients = recorded_gradient(*recorder, out.outputs, head_grads, variables, false);
  return out;
}

}  // namespace cermet::test
