// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RawTest {
  private static final Set<Class<?>> PASSED =
      Set.of(void.class, byte.class, int.class, long.class, double.class, byte[].class, long[].class, double[].class,
          ByteBuffer.class);

  @Test
  void onlyPrimitivesArraysAndBuffersCross() {
    for (Method method : Raw.class.getDeclaredMethods()) {
      assertEquals(true, PASSED.contains(method.getReturnType()), () -> method + " returns something else");
      for (Class<?> parameter : method.getParameterTypes()) {
        assertEquals(true, PASSED.contains(parameter), () -> method + " takes something else");
      }
    }
    for (Method method : RawJNI.class.getDeclaredMethods()) {
      assertEquals(true, Modifier.isNative(method.getModifiers()) && Modifier.isStatic(method.getModifiers()));
    }
  }

  @Test
  void arraysCross() {
    long array = Raw.cermet_ndarray_create(new long[] {2, 3}, Raw.CERMET_FLOAT32, Raw.CERMET_CPU, 0);
    try {
      assertArrayEquals(new long[] {2, 3}, Raw.cermet_ndarray_shape(array));
      long address = Raw.cermet_ndarray_data(array);
      Copies.writeFloat(address, new float[] {1, 2, 3, 4, 5, 6});
      ByteBuffer view = Copies.view(address, Raw.cermet_ndarray_nbytes(array)).order(ByteOrder.nativeOrder());
      assertEquals(24, view.capacity());
      assertEquals(6, view.getFloat(20));
      float[] back = new float[6];
      Copies.readFloat(address, back);
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, back);
    } finally {
      Raw.cermet_ndarray_release(array);
    }
  }

  @Test
  void ranksBeyondTheStackBufferCross() {
    long[] tooMany = new long[40]; // more than the glue keeps on the stack, and more than the engine takes
    assertThrows(RuntimeException.class, () -> Raw.cermet_ndarray_create(tooMany, 0, Raw.CERMET_CPU, 0));
  }

  @Test
  void textCrosses() {
    assertEquals("float32", new String(Raw.cermet_dtype_name(Raw.CERMET_FLOAT32), UTF_8));
    String long300 = "x".repeat(300); // longer than the glue keeps on the stack
    RuntimeException failure =
        assertThrows(RuntimeException.class, () -> Raw.cermet_dtype_from_name((long300 + "😀").getBytes(UTF_8)));
    assertEquals(true, failure.getMessage().contains(long300.substring(0, 50)), failure.getMessage());
  }

  @Test
  void nullIsRefusedByTheEngine() {
    assertThrows(RuntimeException.class, () -> Raw.cermet_dtype_from_name(null));
    assertThrows(RuntimeException.class, () -> Raw.cermet_ndarray_shape(0));
    assertThrows(RuntimeException.class, () -> Raw.cermet_model_load(null, 0));
    Raw.cermet_ndarray_release(0);
  }

  @Test
  void lengthsOfParallelArraysAreCompared() {
    long recorder = Raw.cermet_recorder_create(1);
    try {
      assertThrows(
          RuntimeException.class,
          () -> Raw.cermet_recorder_gradient(recorder, new long[1], null, new long[2], 0, new long[1]));
      assertThrows(
          RuntimeException.class, () -> Raw.cermet_recorder_backward(recorder, new long[1], new long[2], 0));
    } finally {
      Raw.cermet_recorder_release(recorder);
    }
  }
}
