// SPDX-License-Identifier: Apache-2.0
#include "autograd/gradient.h"

#include "check.h"

namespace cermet::test {

// X X + X, all three inputs of a composite being one array: ones X' + X' ones + ones.
Test(gradient, of_an_array_that_a_composite_takes_more_than_once) {
  Entry x = variable("x");
  Entry out = apply_op("linalg_gemm", {x, x, x});
  cr_assert(!out.node->op->kernel(DeviceType::cpu) && !out.node->op->gradient, "want a composite");
  Arrays arrays{{"x", array_of({2, 2}, {1, 2, 3, 4})}};
  std::vector<Entry> gradients = gradient({out}, {{}}, {x});
  expect_equal(*evaluate(gradients, arrays, {}, {}).outputs[0], *array_of({2, 2}, {8, 12, 10, 14}));
}

}  // namespace cermet::test
