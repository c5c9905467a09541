// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** Comparisons that every test of numbers needs. */
final class Near {
  private Near() {}

  static void assertValues(NDArray got, double... want) {
    assertArrayEquals(want, got.toDoubles(), 1e-5);
  }

  static void assertShape(NDArray got, long... want) {
    assertArrayEquals(want, got.shape());
  }
}
