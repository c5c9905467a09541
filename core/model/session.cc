// SPDX-License-Identifier: Apache-2.0
#include "model/session.h"

#include <algorithm>

#include "runtime/memory_plan.h"

namespace cermet {

namespace {

Ref<Executor> make_executor(const Model &model, const std::vector<NamedSpec> &inputs,
                            const std::vector<NamedSpec> &parameters) {
  std::vector<NamedSpec> known = inputs;
  known.insert(known.end(), parameters.begin(), parameters.end());
  return make_ref<Executor>(model.symbol()->outputs, known, std::vector<std::string>{}, GradReq::null, Device{},
                            model.derived());
}

}  // namespace

Session::Session(Ref<Model> model, const std::vector<NamedSpec> &inputs)
    : model_(std::move(model)),
      parameters_(parameter_specs(*model_, inputs)),
      executors_(make_executor(*model_, inputs, parameters_), inputs, parameters_) {
  binding_.bind(*model_, parameters_, executors_.current());
}

ArrayRef Session::input(const std::string &name) {
  std::vector<std::string> names;
  for (const NamedSpec &input : executors_.inputs()) {
    if (input.name == name) return executors_.current().array(ArrayRole::argument, name);
    names.push_back(input.name);
  }
  throw Error(Status::not_found, "name", "got ", quoted(name), "; want an input of the session",
              suggestion(name, names));
}

void Session::run() {
  binding_.bind(*model_, parameters_, executors_.current());  // the model may have been given others
  executors_.current().forward(false, nullptr);
}

ArrayRef Session::output(int index) { return executors_.current().output(index); }

void Session::reshape(const std::vector<NamedSpec> &inputs) {
  parameter_specs(*model_, inputs);
  executors_.use(inputs);
}

int64_t Session::planned_bytes() {
  int64_t bytes = add_bytes(executors_.current().arena_bytes(), executors_.current().array_bytes());
  for (const NamedSpec &parameter : parameters_)
    bytes -= parameter.spec.shape->numel() * dtype_size(*parameter.spec.dtype);
  return bytes;
}

}  // namespace cermet
