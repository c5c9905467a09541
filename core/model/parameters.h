// SPDX-License-Identifier: Apache-2.0
// What sessions and trainers do with a model's parameters: check that all are there, and hand them to an executor.
#pragma once

#include "model/model.h"
#include "runtime/executor.h"

namespace cermet {

// Specs of the model's parameters that are not inputs. Throws if one of `inputs` is unknown, or if a variable that is
// needed has no value and is not among them.
std::vector<NamedSpec> parameter_specs(const Model &model, const std::vector<NamedSpec> &inputs);

// Makes the executor use the model's present arrays of these parameters.
void bind_parameters(const Model &model, const std::vector<NamedSpec> &parameters, Executor &executor);

}  // namespace cermet
