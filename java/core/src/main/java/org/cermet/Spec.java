// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Arrays;

/** Shape and dtype of an array that need not exist yet. A size of -1 is unknown. */
public final class Spec {
  private final DType dtype;
  private final long[] shape;

  /** A spec. */
  public Spec(DType dtype, long... shape) {
    this.dtype = dtype;
    this.shape = shape.clone();
  }

  /** Type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** Sizes of all axes. */
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Spec && ((Spec) other).dtype == dtype && Arrays.equals(((Spec) other).shape, shape);
  }

  @Override
  public int hashCode() {
    return 31 * dtype.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return dtype.engineName() + Arrays.toString(shape);
  }
}
