// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Arrays;
import java.util.Locale;

/** An array as text: its first and last entries along each axis, under a line with dtype and shape. */
final class ArrayPrinter {
  private static final int EDGE = 3;
  private static final int FULL = 1000; // arrays up to this size are printed whole

  private final double[] values;
  private final long[] shape;
  private final boolean isFloat;
  private final boolean whole;
  private final StringBuilder text = new StringBuilder();

  private ArrayPrinter(NDArray array) {
    values = array.toDoubles();
    shape = array.shape();
    isFloat = array.dtype().isFloat();
    whole = values.length <= FULL;
    text.append(array.dtype().engineName()).append(' ').append(Arrays.toString(shape)).append('\n');
  }

  static String print(NDArray array) {
    ArrayPrinter printer = new ArrayPrinter(array);
    printer.append(0, 0, printer.values.length);
    return printer.text.toString();
  }

  /** Appends the entries of {@code axis}, which begin at {@code offset} and hold {@code length} elements together. */
  private void append(int axis, int offset, int length) {
    if (axis == shape.length) {
      text.append(number(values[offset]));
      return;
    }
    int count = (int) shape[axis];
    int stride = count == 0 ? 0 : length / count;
    boolean last = axis == shape.length - 1;
    String separator = last ? ", " : ",\n" + " ".repeat(axis + 1);
    text.append('[');
    for (int index = 0; index < count; index++) {
      if (!whole && index == EDGE && count > 2 * EDGE) {
        text.append(separator).append("...");
        index = count - EDGE;
      }
      if (index > 0) text.append(separator);
      append(axis + 1, offset + index * stride, stride);
    }
    text.append(']');
  }

  private String number(double value) {
    if (!isFloat) return String.valueOf((long) value);
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
