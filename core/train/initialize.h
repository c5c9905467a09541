// SPDX-License-Identifier: Apache-2.0
// Values of new parameters.
#pragma once

#include "graph/infer.h"
#include "model/model.h"
#include "runtime/rng.h"
#include "train/rules.h"

namespace cermet {

// Fills one array (any float dtype) by an initializer.
void initialize(const Definition &initializer, const Attrs &attrs, const std::string &name, const Philox &random,
                const ArrayRef &array);

// Gives every variable of the model that `inputs` does not name, that is no label and has no value a new array. Shapes
// are inferred; values come from the variable's own "__init__" attribute, else from its name or else that of the input
// which it feeds (biases and moving means start at 0, gamma and moving variances at 1), else from `initializer` (null:
// xavier with its defaults). Nothing is changed on an error.
void initialize(Model &model, const std::vector<NamedSpec> &inputs, const Definition *initializer, const Attrs &attrs,
                Rng &rng);

}  // namespace cermet
