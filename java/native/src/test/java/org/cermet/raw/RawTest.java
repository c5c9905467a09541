// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The generated raw layer: what crosses, how, and that nothing else does. */
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
  void swigMadeNoTypesOfItsOwn() throws IOException {
    Path generated = Path.of(System.getProperty("cermet.library.dir"), "java", "swig", "org", "cermet", "raw");
    Set<String> files = new TreeSet<>();
    try (Stream<Path> listed = Files.list(generated)) {
      for (Path file : (Iterable<Path>) listed::iterator) {
        files.add(file.getFileName().toString());
        assertFalse(Files.readString(file).contains("SWIGTYPE"), () -> file + " has an opaque pointer");
      }
    }
    assertEquals(Set.of("Raw.java", "RawConstants.java", "RawJNI.java"), files);
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
  void smallCallsNeedNoArrays() {
    long add = Raw.cermet_def_find(Raw.CERMET_KIND_OPERATOR, "add".getBytes(UTF_8));
    long array = Raw.cermet_ndarray_create(new long[] {2}, Raw.CERMET_FLOAT32, Raw.CERMET_CPU, 0);
    long before = Raw.bytes_in_use();
    assertEquals(Raw.cermet_memory(Raw.CERMET_CPU, 0)[0], before);
    long sum = Raw.invoke_small(add, 0, array, array, 2, 0, 0);
    assertArrayEquals(new long[] {2}, Raw.cermet_ndarray_shape(sum));
    assertEquals(Raw.cermet_memory(Raw.CERMET_CPU, 0)[0], Raw.bytes_in_use());
    assertThrows(RuntimeException.class, () -> Raw.invoke_small(add, 0, array, 0, 2, 0, 0));
    assertThrows(RuntimeException.class, () -> Raw.invoke_small(add, 0, array, array, 3, 0, 0));
    Raw.cermet_ndarray_release(sum);
    Raw.cermet_ndarray_release(array);
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
