// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.cermet.Near.assertShape;
import static org.cermet.Near.assertValues;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Arrays: values in and out, views, arithmetic, buffers, text. */
class NDArrayTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void valuesComeBackAsTheyWent() {
    assertArrayEquals(new float[] {1, 2.5f, -3}, NDArray.of(new float[] {1, 2.5f, -3}).toFloats());
    assertArrayEquals(new double[] {0.1, 1e300}, NDArray.of(new double[] {0.1, 1e300}).toDoubles());
    assertArrayEquals(new int[] {1, -2, Integer.MAX_VALUE}, NDArray.of(new int[] {1, -2, Integer.MAX_VALUE}).toInts());
    assertArrayEquals(new long[] {Long.MIN_VALUE, 7}, NDArray.of(new long[] {Long.MIN_VALUE, 7}).toLongs());
    assertArrayEquals(new byte[] {1, -1}, NDArray.of(new byte[] {1, -1}).toBytes());
    assertArrayEquals(new int[] {1, 255}, NDArray.of(new byte[] {1, -1}).toInts());
  }

  /** What a call allocates is what it costs beside the engine; time would say less on a busy machine. */
  @Test
  void smallOperatorsAllocateLittle() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    NDArray four = NDArray.zeros(4);
    for (int turn = 0; turn < 100; turn++) four.plus(four).unaryMinus().close();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    try (Scope ownsNothing = Scope.open()) {
      for (int turn = 0; turn < 1000; turn++) four.plus(four).close();
    }
    long each = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 1000;
    assertTrue(each < 256, each + " bytes for a sum: want those of the array and its place in the scope");
    before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int turn = 0; turn < 1000; turn++) four.times(2).close();
    each = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 1000;
    assertTrue(each < 256, each + " bytes for a multiple");
  }

  @Test
  void printingReadsWhatItPrints() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    NDArray large = NDArray.zeros(1 << 10, 1 << 10);
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    large.toString();
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertTrue(allocated < 1 << 20, allocated + " bytes to print an array of 4 MB");
  }

  @Test
  void shapesAndTypesAreKnown() {
    NDArray array = NDArray.zeros(DType.INT64, 2, 3, 4);
    assertShape(array, 2, 3, 4);
    assertEquals(3, array.ndim());
    assertEquals(24, array.size());
    assertEquals(4, array.size(-1));
    assertEquals(DType.INT64, array.dtype());
    assertEquals(Device.cpu(), array.device());
    assertEquals(0, NDArray.zeros(0, 3).size());
    assertArrayEquals(new float[0], NDArray.zeros(0, 3).toFloats());
    assertThrows(IndexOutOfBoundsException.class, () -> array.size(3));
  }

  @Test
  void aScalarHasNoAxes() {
    NDArray scalar = NDArray.scalar(4);
    assertEquals(0, scalar.ndim());
    assertEquals(4, scalar.item());
    assertThrows(CermetException.ShapeMismatch.class, () -> NDArray.zeros(2).item());
  }

  @Test
  void arithmeticBroadcasts() {
    NDArray a = NDArray.of(new float[] {1, 2, 3, 4}, 2, 2);
    NDArray b = NDArray.of(new float[] {10, 20});
    assertValues(a.plus(b), 11, 22, 13, 24);
    assertValues(a.minus(b), -9, -18, -7, -16);
    assertValues(a.times(b), 10, 40, 30, 80);
    assertValues(b.div(a), 10, 10, 10.0 / 3, 5);
    assertValues(a.plus(1), 2, 3, 4, 5);
    assertValues(a.minus(1), 0, 1, 2, 3);
    assertValues(a.times(2), 2, 4, 6, 8);
    assertValues(a.div(2), 0.5, 1, 1.5, 2);
    assertValues(a.pow(2), 1, 4, 9, 16);
    assertValues(a.pow(a), 1, 4, 27, 256);
    assertValues(a.unaryMinus(), -1, -2, -3, -4);
    NDArray closed = NDArray.zeros(1);
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.times(2));
    assertThrows(IllegalStateException.class, () -> a.plus(closed));
  }

  @Test
  void integersKeepTheirTypeWithWholeNumbersOnly() {
    NDArray a = NDArray.of(new int[] {1, 2, 3});
    assertEquals(DType.INT32, a.times(2).dtype());
    assertValues(a.div(2), 0, 1, 1);
    assertEquals(DType.FLOAT64, a.times(0.5).dtype());
    assertValues(a.times(0.5), 0.5, 1, 1.5);
    assertValues(a.plus(0.5), 1.5, 2.5, 3.5);
    assertEquals(DType.FLOAT32, NDArray.zeros(1).plus(0.5).dtype());
  }

  @Test
  void matrixProducts() {
    NDArray a = NDArray.of(new float[] {1, 2, 3, 4}, 2, 2);
    NDArray v = NDArray.of(new float[] {1, 10}, 2, 1);
    assertValues(a.matmul(v), 21, 43);
    NDArray batch = NDArray.of(new float[] {1, 2, 3, 4, 1, 0, 0, 1}, 2, 2, 2);
    assertValues(batch.matmul(batch), 7, 10, 15, 22, 1, 0, 0, 1);
  }

  @Test
  void reductionsTakeAttributes() {
    NDArray a = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertEquals(21, a.sum().item());
    assertEquals(3.5, a.mean().item());
    assertValues(Ops.sum(a, o -> o.axis(0)), 5, 7, 9);
    assertShape(Ops.sum(a, o -> o.axis(1).keepdims(true)), 2, 1);
  }

  @Test
  void viewsShareMemory() {
    NDArray a = NDArray.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
    assertValues(a.get(-1), 3, 4, 5);
    assertShape(a.get(0), 3);
    a.slice(1, 1, 3).set(new float[] {10, 20, 40, 50});
    assertValues(a, 0, 10, 20, 3, 40, 50);
    assertValues(a.transpose(), 0, 3, 10, 40, 20, 50);
    a.reshape(3, -1).set(new float[] {1, 2, 3, 4, 5, 6});
    assertValues(a, 1, 2, 3, 4, 5, 6);
    assertValues(a.slice(new long[] {0, 2}, new long[] {2, 0}, new long[] {1, -2}), 3, 6);
    assertThrows(IndexOutOfBoundsException.class, () -> a.get(2));
    assertThrows(IllegalArgumentException.class, () -> a.slice(new long[1], new long[2], new long[1]));
  }

  @Test
  void typesConvert() {
    NDArray a = NDArray.of(new float[] {1.5f, -2});
    assertArrayEquals(new int[] {1, -2}, a.toInts());
    assertArrayEquals(new double[] {1.5, -2}, a.as(DType.FLOAT16).toDoubles());
    NDArray half = NDArray.zeros(DType.BFLOAT16, 2);
    half.set(new double[] {0.5, 4});
    assertValues(half, 0.5, 4);
  }

  @Test
  void buffersAreTheMemoryItself() {
    NDArray a = NDArray.zeros(2, 2);
    FloatBuffer floats = a.buffer().asFloatBuffer();
    floats.put(0, 7).put(3, 8);
    assertValues(a, 7, 0, 0, 8);
    a.close();
    assertEquals(8, floats.get(3), "a buffer outlives its array");
    assertThrows(CermetException.Unsupported.class, () -> NDArray.zeros(2, 3).transpose().buffer());
  }

  @Test
  void buffersHonourPositionAndLimit() {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    bytes.putFloat(4, 1.5f).putFloat(8, 2.5f).position(4).limit(12);
    assertValues(NDArray.of(bytes, DType.FLOAT32, 2), 1.5, 2.5);
    assertEquals(4, bytes.position(), "the caller's buffer does not move");
    assertThrows(CermetException.ShapeMismatch.class, () -> NDArray.of(bytes, DType.FLOAT32, 3));
  }

  @Test
  void buffersOfAnyKindAreRead() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
    bytes.putFloat(4, 1.5f).putFloat(8, -2);
    ByteBuffer slice = bytes.position(4).slice().asReadOnlyBuffer();
    assertValues(NDArray.of(slice.order(ByteOrder.nativeOrder()), DType.FLOAT32, 2), 1.5, -2);
    assertThrows(NullPointerException.class, () -> NDArray.of((ByteBuffer) null, DType.FLOAT32, 2));
  }

  @Test
  void buffersOfTheWrongOrderAreRefused() {
    ByteOrder wrong = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer bytes = ByteBuffer.allocate(8).order(wrong);
    assertThrows(IllegalArgumentException.class, () -> NDArray.of(bytes, DType.FLOAT32, 2));
    assertShape(NDArray.of(bytes, DType.UINT8, 8), 8);
  }

  @Test
  void lengthsBeyondJavasAreRefused() {
    assertEquals(Integer.MAX_VALUE - 8, ArrayChecks.javaLength(Integer.MAX_VALUE - 8));
    assertThrows(IllegalStateException.class, () -> ArrayChecks.javaLength(Integer.MAX_VALUE));
  }

  @Test
  void lengthsMustFit() {
    CermetException.ShapeMismatch failure =
        assertThrows(CermetException.ShapeMismatch.class, () -> NDArray.of(new float[5], 2, 3));
    assertEquals("NDArray.of: values: got 5; want 6 for shape [2, 3]", failure.getMessage());
    assertArrayEquals(new long[][] {{2, 3}}, failure.shapes());
    failure = assertThrows(CermetException.ShapeMismatch.class, () -> NDArray.zeros(4).set(new int[3]));
    assertEquals("NDArray.set: values: got 3; want 4 for shape [4]", failure.getMessage());
  }

  @Test
  void textShowsTypeShapeAndValues() {
    assertEquals("float32 [2, 2]\n[[1.00000, 2.00000],\n [3.00000, 4.50000]]",
        NDArray.of(new float[] {1, 2, 3, 4.5f}, 2, 2).toString());
    assertEquals("int32 [0]\n[]", NDArray.zeros(DType.INT32, 0).toString());
    String text = NDArray.zeros(DType.INT32, 2000).toString();
    assertEquals("int32 [2000]\n[0, 0, 0, ..., 0, 0, 0]", text);
    NDArray table = Ops.arange(0, o -> o.stop(2000).dtype(DType.INT32)).reshape(2, 1000);
    text = "int32 [2, 1000]\n[[0, 1, 2, ..., 997, 998, 999],\n [1000, 1001, 1002, ..., 1997, 1998, 1999]]";
    assertEquals(text, table.toString());
    text = "int32 [1000, 2]\n[[0, 1000],\n [1, 1001],\n [2, 1002],\n ...,\n [997, 1997],\n [998, 1998],\n [999, 1999]]";
    assertEquals(text, table.transpose().toString(), "also where elements do not lie dense");
  }
}
