// SPDX-License-Identifier: Apache-2.0
// What the executor relies on, for every operator that has samples: kernels may write where the definition allows it,
// and a planned graph computes what imperative calls compute.

#include "check.h"
#include "graph/infer.h"
#include "graph/symbol.h"
#include "runtime/executor.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

template <class F>
void for_each_sample(F &&f) {
  for (const Definition *op : registry().all(Kind::op))
    for (const Sample &sample : op->samples)
      if (op->kernel(DeviceType::cpu)) f(*op, sample);
}

ArrayRef array_of(const SampleArray &sample) { return test::array_of(sample.shape, sample.values, sample.dtype); }

Tensor tensor_of(const ArrayRef &array) { return {array->data(), array->shape(), array->dtype()}; }

bool same_values(const NDArray &a, const NDArray &b) {
  auto x = values_of(a), y = values_of(b);
  for (size_t k = 0; k < x.size(); ++k)
    if (!(std::abs(x[k] - y[k]) <= 1e-5 * (1 + std::abs(y[k]))) && !(std::isnan(x[k]) && std::isnan(y[k])) &&
        x[k] != y[k])
      return false;
  return true;
}

// One call with fresh copies of the sample's inputs. If `in` is given, output `out` is computed where input `in` lies.
std::vector<ArrayRef> run(const Definition &op, const Sample &sample, int in = -1, int out = -1) {
  Attrs attrs(op, with_count(op, sample.attrs, sample.inputs.size()));
  std::vector<ArrayRef> given;
  for (const SampleArray &array : sample.inputs) given.push_back(array_of(array));
  std::vector<size_t> missing;
  std::vector<ArrayRef> slots = place_inputs(op, attrs, given, missing);
  std::vector<TensorSpec> specs(slots.size());
  std::vector<TensorSpec *> inputs(slots.size());
  for (size_t k = 0; k < slots.size(); ++k)
    if (slots[k]) {
      specs[k] = {slots[k]->shape(), slots[k]->dtype()};
      inputs[k] = &specs[k];
    }
  KernelContext context;
  context.train = sample.train;
  context.random = Philox(1, 0);
  for (const ArrayRef &slot : slots) context.inputs.push_back(slot ? tensor_of(slot) : Tensor{});
  std::vector<ArrayRef> outputs;
  std::vector<TensorSpec> results;
  infer_op(op, attrs, inputs, sample.train, results);
  for (const TensorSpec &spec : results) outputs.push_back(make_ref<NDArray>(*spec.shape, *spec.dtype));
  if (in >= 0) {
    if (in >= static_cast<int>(slots.size()) || out >= static_cast<int>(outputs.size()) || !slots[in]) return {};
    if (outputs[out]->numel() != slots[in]->numel() || outputs[out]->dtype() != slots[in]->dtype()) return {};
    outputs[out] = make_ref<NDArray>(slots[in]->storage(), outputs[out]->shape(), outputs[out]->dtype());
  }
  for (const ArrayRef &output : outputs) context.outputs.push_back(tensor_of(output));
  op.kernel(DeviceType::cpu)(context, attrs.get());
  return outputs;
}

bool differentiable(const Definition &op, const Sample &sample) {
  if (!op.differentiable() || !sample.check_gradient) return false;
  return std::any_of(sample.inputs.begin(), sample.inputs.end(),
                     [](const SampleArray &a) { return is_float(a.dtype); });
}

}  // namespace

Test(every_operator, computes_in_place_what_it_computes_elsewhere) {
  int cases = 0;
  for_each_sample([&](const Definition &op, const Sample &sample) {
    for (auto [in, out] : op.in_place) {
      auto got = run(op, sample, in, out);
      if (got.empty()) continue;
      auto want = run(op, sample);
      ++cases;
      for (size_t k = 0; k < want.size(); ++k)
        cr_expect(same_values(*got[k], *want[k]), "%s: output %zu differs with input %d and output %d in one place",
                  op.name.c_str(), k, in, out);
    }
  });
  cr_assert_gt(cases, 50);
}

Test(every_operator, runs_in_an_executor_as_imperatively) {
  int cases = 0;
  for_each_sample([&](const Definition &op, const Sample &sample) {
    std::vector<Entry> inputs;
    std::vector<NamedSpec> specs;
    std::vector<std::string> wanted;
    for (size_t k = 0; k < sample.inputs.size(); ++k) {
      const SampleArray &array = sample.inputs[k];
      specs.push_back(spec(cat("x", k), array.shape, array.dtype));
      inputs.push_back(variable(specs.back().name));
    }
    std::vector<Entry> outputs = apply(op, sample.attrs, "node", inputs);
    Variables roles = list_variables(outputs);
    auto fresh = [&] {
      Arrays arrays;
      for (size_t k = 0; k < specs.size(); ++k) arrays[specs[k].name] = array_of(sample.inputs[k]);
      return arrays;
    };
    if (differentiable(op, sample))
      for (const Node *argument : roles.arguments)
        for (const NamedSpec &known : specs)
          if (known.name == argument->name && is_float(*known.spec.dtype)) wanted.push_back(known.name);
    try {
      Arrays imperative = fresh(), planned = fresh();
      Rng one(3), two(3);
      Evaluated want = evaluate(outputs, imperative, wanted, std::vector<ArrayRef>(outputs.size()), &one);
      Executor executor(outputs, specs, wanted, GradReq::write);
      for (const Node *node : roles.arguments) executor.set_array(ArrayRole::argument, node->name, planned[node->name]);
      for (const Node *node : roles.auxiliary_states)
        executor.set_array(ArrayRole::auxiliary, node->name, planned[node->name]);
      executor.forward(true, &two);
      if (!wanted.empty()) executor.backward({});
      ++cases;
      for (size_t k = 0; k < outputs.size(); ++k)
        cr_expect(same_values(*executor.output(static_cast<int>(k)), *want.outputs[k]), "%s: output %zu",
                  op.name.c_str(), k);
      for (size_t k = 0; k < wanted.size(); ++k)
        cr_expect(same_values(*executor.array(ArrayRole::gradient, wanted[k]), *want.gradients[k]),
                  "%s: gradient of %s", op.name.c_str(), wanted[k].c_str());
      for (const Node *node : roles.auxiliary_states)
        cr_expect(same_values(*planned[node->name], *imperative[node->name]), "%s: state %s", op.name.c_str(),
                  node->name.c_str());
    } catch (const Error &error) {
      cr_expect(false, "%s: %s", op.name.c_str(), error.what());
    }
  });
  cr_assert_gt(cases, 100);
}

}  // namespace cermet::test
