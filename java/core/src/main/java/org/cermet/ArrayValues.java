// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.cermet.raw.Copies;
import org.cermet.raw.Raw;

/** Copies between arrays and Java, in place where the elements lie dense and in the wanted type, else by way of a copy. */
final class ArrayValues {
  private static final Cleaner VIEWS = Cleaner.create();

  /** A copy between a Java array and the elements at an address. */
  interface Copying {
    void at(long address);
  }

  private ArrayValues() {}

  /** A new array, filled by {@code writing}; an empty shape: as many elements as are given. */
  static NDArray of(int length, DType dtype, long[] shape, Copying writing) {
    return filled(
        NDArray.zeros(dtype, shape.length == 0 ? new long[] {length} : shape),
        array -> write("of", array, length, dtype, writing));
  }

  /** A new array with the bytes from position to limit. */
  static NDArray of(ByteBuffer bytes, DType dtype, long[] shape) {
    ArrayChecks.checkOrder(bytes.order(), dtype);
    return filled(
        NDArray.zeros(dtype, shape),
        array -> {
          ByteBuffer target = buffer(array);
          ArrayChecks.checkBytes(bytes.remaining(), target.capacity(), shape);
          target.put(bytes.duplicate());
        });
  }

  private static NDArray filled(NDArray array, Consumer<NDArray> filling) {
    try {
      filling.accept(array);
      return array;
    } catch (RuntimeException refused) {
      array.close();
      throw refused;
    }
  }

  static void read(NDArray array, DType wanted, Copying reading) {
    array.run(
        source -> {
          long dense = array.dtype() == wanted ? denseAddress(source) : 0;
          if (dense != 0) {
            reading.at(dense);
            return;
          }
          long copy = Raw.cermet_ndarray_create(array.shape(), wanted.code, Raw.CERMET_CPU, 0);
          try {
            Raw.cermet_ndarray_copy_to(source, copy);
            reading.at(Raw.cermet_ndarray_data(copy));
          } finally {
            Raw.cermet_ndarray_release(copy);
          }
        });
  }

  static void write(NDArray array, int length, DType given, Copying writing) {
    write("set", array, length, given, writing);
  }

  private static void write(String function, NDArray array, int length, DType given, Copying writing) {
    ArrayChecks.checkLength(function, length, array.size(), array.shape());
    array.run(
        target -> {
          long dense = array.dtype() == given ? denseAddress(target) : 0;
          if (dense != 0) {
            writing.at(dense);
            return;
          }
          long copy = Raw.cermet_ndarray_create(array.shape(), given.code, Raw.CERMET_CPU, 0);
          try {
            writing.at(Raw.cermet_ndarray_data(copy));
            Raw.cermet_ndarray_copy_to(copy, target);
          } finally {
            Raw.cermet_ndarray_release(copy);
          }
        });
  }

  /** Address of the elements, 0 if they do not lie dense on the CPU. */
  private static long denseAddress(long array) {
    try {
      return Raw.cermet_ndarray_data(array);
    } catch (CermetException.Unsupported strided) {
      return 0;
    }
  }

  /** The memory of an array as a buffer, which keeps that memory for as long as it is reachable. */
  static ByteBuffer buffer(NDArray array) {
    return array.call(
        source -> {
          ByteBuffer view = Copies.view(Raw.cermet_ndarray_data(source), Raw.cermet_ndarray_nbytes(source));
          Raw.cermet_ndarray_retain(source);
          VIEWS.register(view, () -> Raw.cermet_ndarray_release(source));
          return view.order(ByteOrder.nativeOrder());
        });
  }
}
