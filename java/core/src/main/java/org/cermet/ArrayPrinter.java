// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Arrays;
import java.util.Locale;

/** An array as text: its first and last entries along each axis, under a line with dtype and shape. */
final class ArrayPrinter {
  private static final int EDGE = 3;
  private static final int FULL = 1000; // arrays up to this size are printed whole

  private final long[] shape;
  private final boolean isFloat;
  private final boolean whole;
  private final StringBuilder text = new StringBuilder();
  private double[] values; // those that are printed; no more of a large array is read
  private int next;

  private ArrayPrinter(NDArray array) {
    shape = array.shape();
    isFloat = array.dtype().isFloat();
    whole = array.size() <= FULL;
    text.append(array.dtype().engineName()).append(' ').append(Arrays.toString(shape)).append('\n');
    if (whole) {
      values = array.toDoubles();
    } else {
      int count = 1;
      for (int axis = 0; axis < shape.length; axis++) count *= shown(axis);
      values = new double[count];
      collect(array, 0);
      next = 0;
    }
  }

  static String print(NDArray array) {
    ArrayPrinter printer = new ArrayPrinter(array);
    printer.append(0);
    return printer.text.toString();
  }

  private boolean isCut(int axis) {
    return !whole && shape[axis] > 2 * EDGE;
  }

  private int shown(int axis) {
    return isCut(axis) ? 2 * EDGE : (int) shape[axis];
  }

  /** Appends the entries of {@code array}, which has one entry along each axis before this one, to the values. */
  private void collect(NDArray array, int axis) {
    if (!isCut(axis)) {
      collect(array, axis, 0, shape[axis]);
    } else {
      collect(array, axis, 0, EDGE);
      collect(array, axis, shape[axis] - EDGE, shape[axis]);
    }
  }

  private void collect(NDArray array, int axis, long begin, long end) {
    boolean last = axis == shape.length - 1;
    long step = last ? end - begin : 1;
    for (long index = begin; index < end; index += step) {
      try (NDArray part = array.slice(axis, index, index + step)) {
        if (!last) {
          collect(part, axis + 1);
        } else {
          for (double value : part.toDoubles()) values[next++] = value;
        }
      }
    }
  }

  private void append(int axis) {
    if (axis == shape.length) {
      text.append(number(values[next++]));
      return;
    }
    String separator = axis == shape.length - 1 ? ", " : ",\n" + " ".repeat(axis + 1);
    text.append('[');
    for (int index = 0; index < shown(axis); index++) {
      if (index > 0) text.append(separator);
      if (index == EDGE && isCut(axis)) text.append("...").append(separator);
      append(axis + 1);
    }
    text.append(']');
  }

  private String number(double value) {
    if (!isFloat) return String.valueOf((long) value);
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
