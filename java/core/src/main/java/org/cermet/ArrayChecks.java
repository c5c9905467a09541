// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.nio.ByteOrder;
import java.util.Arrays;

/** Checks that must come before the engine sees a call, with messages of the engine's form. */
final class ArrayChecks {
  private ArrayChecks() {}

  static CermetException.ShapeMismatch wrongShape(String function, String message, long[]... shapes) {
    return new CermetException.ShapeMismatch(
        new CermetException.Details("NDArray." + function + ": " + message, "", "", "", shapes));
  }

  static void checkLength(String function, long got, long want, long[] shape) {
    if (got == want) return;
    throw wrongShape(function, "values: got " + got + "; want " + want + " for shape " + Arrays.toString(shape), shape);
  }

  static void checkBytes(long got, long want, long[] shape) {
    if (got == want) return;
    throw wrongShape("of", "bytes: got " + got + "; want " + want + " for shape " + Arrays.toString(shape), shape);
  }

  /** Java's buffers begin as big-endian, so that a forgotten order would be wrong numbers. */
  static void checkOrder(ByteOrder got, DType dtype) {
    if (got == ByteOrder.nativeOrder() || dtype.size() == 1) return;
    throw new IllegalArgumentException(
        "bytes: got " + got + "; want " + ByteOrder.nativeOrder() + ": set order(ByteOrder.nativeOrder()) before putting");
  }

  static int javaLength(long size) {
    if (size <= Integer.MAX_VALUE - 8) return (int) size;
    throw new IllegalStateException(size + " elements do not fit in a Java array: read slices, or use buffer()");
  }

  static int axis(int axis, int ndim) {
    if (axis >= -ndim && axis < ndim) return axis < 0 ? axis + ndim : axis;
    throw new IndexOutOfBoundsException("axis: got " + axis + "; want -" + ndim + " to " + (ndim - 1));
  }

  static long index(long index, long size) {
    if (index >= -size && index < size) return index < 0 ? index + size : index;
    throw new IndexOutOfBoundsException("index: got " + index + "; want -" + size + " to " + (size - 1));
  }
}
