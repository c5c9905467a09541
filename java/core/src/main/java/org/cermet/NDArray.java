// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.cermet.raw.Copies;
import org.cermet.raw.Raw;

/**
 * An n-dimensional array in native memory. Row-major, axes and indices from 0; a rank of 0 is a scalar.
 *
 * <p>Arithmetic gives new arrays ({@code a.plus(b)}, {@code a.times(2)}); more operators are in {@link Ops}. Both arrays
 * have one dtype. With a whole number the dtype stays, so that dividing integers drops the fraction; an integer array with
 * a number that is not whole gives float64. Views
 * ({@link #slice}, {@link #reshape}, {@link #transpose}) share memory with their array: writing through one is seen by
 * all. Any thread may use an array; threads that write to it must take turns.
 *
 * <p>An array is closed by hand, by the {@link Scope} it was made in, or by the cleaner.
 */
public final class NDArray extends NativeResource {
  /** Looked up at the first use, and once. */
  private static final class Arithmetic {
    static final Definition ADD = Definition.lazy(Definition.Kind.OPERATOR, "add_scalar");
    static final Definition SUBTRACT = Definition.lazy(Definition.Kind.OPERATOR, "subtract_scalar");
    static final Definition MULTIPLY = Definition.lazy(Definition.Kind.OPERATOR, "multiply_scalar");
    static final Definition DIVIDE = Definition.lazy(Definition.Kind.OPERATOR, "divide_scalar");
    static final Definition POWER = Definition.lazy(Definition.Kind.OPERATOR, "power_scalar");
  }

  private long[] shape; // both fixed at creation, and asked for once
  private DType dtype;

  private NDArray(long address) {
    this(address, Raw::cermet_ndarray_release);
  }

  private NDArray(long address, LongConsumer free) {
    super(address, free);
  }

  /** Takes over a native reference; the scope of the thread owns the result. */
  static NDArray scoped(long address) {
    NDArray array = new NDArray(address);
    Scope.adopt(array);
    return array;
  }

  /** Takes over a native reference for an object that will close it. */
  static NDArray unscoped(long address) {
    return new NDArray(address);
  }

  /** This array under a lifetime of its own: closing it ends its use, and leaves this one open. */
  NDArray borrow() {
    NDArray borrowed = new NDArray(acquire(), address -> release());
    borrowed.shape = shape;
    borrowed.dtype = dtype;
    return borrowed;
  }

  // --- Creation ------------------------------------------------------------------------------------------------------

  /** A float32 array of zeros on the CPU. */
  public static NDArray zeros(long... shape) {
    return zeros(DType.FLOAT32, shape);
  }

  /** An array of zeros on the CPU. */
  public static NDArray zeros(DType dtype, long... shape) {
    return zeros(Device.cpu(), dtype, shape);
  }

  /** An array of zeros. */
  public static NDArray zeros(Device device, DType dtype, long... shape) {
    return scoped(Raw.cermet_ndarray_create(shape, dtype.code, device.code, device.id()));
  }

  /** A float32 array with a copy of {@code values}, row-major. An empty {@code shape}: as many as there are values. */
  public static NDArray of(float[] values, long... shape) {
    return ArrayValues.of(values.length, DType.FLOAT32, shape, address -> Copies.writeFloat(address, values));
  }

  /** A float64 array with a copy of {@code values}, row-major. An empty {@code shape}: as many as there are values. */
  public static NDArray of(double[] values, long... shape) {
    return ArrayValues.of(values.length, DType.FLOAT64, shape, address -> Copies.writeDouble(address, values));
  }

  /** An int32 array with a copy of {@code values}, row-major. An empty {@code shape}: as many as there are values. */
  public static NDArray of(int[] values, long... shape) {
    return ArrayValues.of(values.length, DType.INT32, shape, address -> Copies.writeInt(address, values));
  }

  /** An int64 array with a copy of {@code values}, row-major. An empty {@code shape}: as many as there are values. */
  public static NDArray of(long[] values, long... shape) {
    return ArrayValues.of(values.length, DType.INT64, shape, address -> Copies.writeLong(address, values));
  }

  /** A uint8 array with a copy of {@code values}, row-major. An empty {@code shape}: as many as there are values. */
  public static NDArray of(byte[] values, long... shape) {
    return ArrayValues.of(values.length, DType.UINT8, shape, address -> Copies.writeByte(address, values));
  }

  /** A float32 scalar: rank 0. */
  public static NDArray scalar(float value) {
    NDArray array = zeros();
    array.set(new float[] {value});
    return array;
  }

  /**
   * An array with a copy of the bytes from position to limit of any buffer: heap or direct, read-only or not.
   *
   * @throws IllegalArgumentException if the buffer's order is not the native one
   */
  public static NDArray of(ByteBuffer bytes, DType dtype, long... shape) {
    return ArrayValues.of(bytes, dtype, shape);
  }

  // --- What it is ----------------------------------------------------------------------------------------------------

  /** Sizes of all axes; empty for a scalar. */
  public long[] shape() {
    return knownShape().clone();
  }

  private long[] knownShape() {
    checkOpen();
    if (shape == null) shape = call(Raw::cermet_ndarray_shape);
    return shape;
  }

  /** Size of one axis; a negative one counts from the end. */
  public long size(int axis) {
    long[] sizes = knownShape();
    return sizes[ArrayChecks.axis(axis, sizes.length)];
  }

  /** Number of axes. */
  public int ndim() {
    return knownShape().length;
  }

  /** Number of elements. */
  public long size() {
    return callLong(Raw::cermet_ndarray_size);
  }

  /** Type of the elements. */
  public DType dtype() {
    checkOpen();
    if (dtype == null) dtype = DType.of(callInt(Raw::cermet_ndarray_dtype));
    return dtype;
  }

  /** Where it lies. */
  public Device device() {
    long[] device = call(Raw::cermet_ndarray_device);
    return Device.of(device[0], device[1]);
  }

  /** Waits until the values are computed; throws the failure that spoiled them, if any. */
  public void await() {
    run(Raw::cermet_ndarray_wait);
  }

  /**
   * The same without a blocked thread: a future that completes with this array when everything that was started on its
   * memory has finished, or with the failure that {@link #await} would throw. With nothing pending it is complete
   * already; else it completes on a thread of its {@link CompletableFuture#defaultExecutor}, which no {@link Scope} sees.
   * An array that is closed meanwhile gives an {@link IllegalStateException}.
   */
  public CompletableFuture<NDArray> whenReady() {
    return Readiness.of(this);
  }

  // --- Values out ----------------------------------------------------------------------------------------------------

  /** All elements, row-major, converted to float. */
  public float[] toFloats() {
    float[] values = new float[ArrayChecks.javaLength(size())];
    ArrayValues.read(this, DType.FLOAT32, address -> Copies.readFloat(address, values));
    return values;
  }

  /** All elements, row-major, converted to double. */
  public double[] toDoubles() {
    double[] values = new double[ArrayChecks.javaLength(size())];
    ArrayValues.read(this, DType.FLOAT64, address -> Copies.readDouble(address, values));
    return values;
  }

  /** All elements, row-major, converted to int. */
  public int[] toInts() {
    int[] values = new int[ArrayChecks.javaLength(size())];
    ArrayValues.read(this, DType.INT32, address -> Copies.readInt(address, values));
    return values;
  }

  /** All elements, row-major, converted to long. */
  public long[] toLongs() {
    long[] values = new long[ArrayChecks.javaLength(size())];
    ArrayValues.read(this, DType.INT64, address -> Copies.readLong(address, values));
    return values;
  }

  /** The bytes of all elements as they are, row-major, in native byte order. */
  public byte[] toBytes() {
    byte[] values = new byte[ArrayChecks.javaLength(callLong(Raw::cermet_ndarray_nbytes))];
    ArrayValues.read(this, dtype(), address -> Copies.readByte(address, values));
    return values;
  }

  /** The only element. */
  public double item() {
    if (size() != 1) throw ArrayChecks.wrongShape("item", "got an array of " + size() + " elements; want 1", shape());
    return toDoubles()[0];
  }

  /**
   * The memory itself, in native byte order, for reading and writing in place: {@code buffer().asFloatBuffer()}. It stays
   * valid for as long as the buffer is reachable, even when the array is closed before. Do not use it while operators on
   * the array run.
   *
   * @throws CermetException.Unsupported if the elements do not lie dense on the CPU
   */
  public ByteBuffer buffer() {
    return ArrayValues.buffer(this);
  }

  // --- Values in -----------------------------------------------------------------------------------------------------

  /** Overwrites all elements, row-major, converting to this array's type. Views write through. */
  public void set(float[] values) {
    ArrayValues.write(this, values.length, DType.FLOAT32, address -> Copies.writeFloat(address, values));
  }

  /** Overwrites all elements, row-major, converting to this array's type. Views write through. */
  public void set(double[] values) {
    ArrayValues.write(this, values.length, DType.FLOAT64, address -> Copies.writeDouble(address, values));
  }

  /** Overwrites all elements, row-major, converting to this array's type. Views write through. */
  public void set(int[] values) {
    ArrayValues.write(this, values.length, DType.INT32, address -> Copies.writeInt(address, values));
  }

  /** Overwrites all elements, row-major, converting to this array's type. Views write through. */
  public void set(long[] values) {
    ArrayValues.write(this, values.length, DType.INT64, address -> Copies.writeLong(address, values));
  }

  /** Overwrites all elements with those of an array of the same shape, converting to this array's type. */
  public void set(NDArray values) {
    values.copyTo(this);
  }

  // --- Copies and views ----------------------------------------------------------------------------------------------

  /** A new dense array with the same values. */
  public NDArray copy() {
    return scoped(callLong(Raw::cermet_ndarray_copy));
  }

  /** Copies all values into {@code destination}, of the same shape, converting to its type. */
  public void copyTo(NDArray destination) {
    run(array -> destination.run(target -> Raw.cermet_ndarray_copy_to(array, target)));
  }

  /** A new array with the values converted to {@code dtype}. */
  public NDArray as(DType dtype) {
    return Ops.cast(this, dtype);
  }

  /**
   * A view of a part: for each of the first axes, from {@code begin} up to but not including {@code end}, by {@code
   * step}. Negative numbers count from the end, and too large ones are cut, as in Python.
   */
  public NDArray slice(long[] begin, long[] end, long[] step) {
    int axes = begin.length;
    if (end.length != axes || step.length != axes) {
      throw new IllegalArgumentException(
          "begin, end, step: got " + axes + ", " + end.length + ", " + step.length + " numbers; want equally many");
    }
    long[] joined = Arrays.copyOf(begin, 3 * axes);
    System.arraycopy(end, 0, joined, axes, axes);
    System.arraycopy(step, 0, joined, 2 * axes, axes);
    return scoped(callLong(array -> Raw.cermet_ndarray_slice(array, joined)));
  }

  /** A view of the part from {@code begin} up to but not including {@code end} along one axis. */
  public NDArray slice(int axis, long begin, long end) {
    long[] sizes = knownShape();
    int count = ArrayChecks.axis(axis, sizes.length) + 1;
    long[] from = new long[count];
    long[] to = Arrays.copyOf(sizes, count);
    long[] step = new long[count];
    Arrays.fill(step, 1);
    from[count - 1] = begin;
    to[count - 1] = end;
    return slice(from, to, step);
  }

  /** A view of entry {@code index} of the first axis, which the view lacks. Negative: from the end. */
  public NDArray get(long index) {
    long[] sizes = knownShape();
    if (sizes.length == 0) throw ArrayChecks.wrongShape("get", "a scalar has no axis to take an entry of", sizes);
    long at = ArrayChecks.index(index, sizes[0]);
    try (NDArray row = unscoped(callLong(array -> Raw.cermet_ndarray_slice(array, new long[] {at, at + 1, 1})))) {
      return row.reshape(Arrays.copyOfRange(sizes, 1, sizes.length));
    }
  }

  /**
   * A view with other axes over the same elements; one size may be -1, and follows from the others.
   *
   * @throws CermetException.Unsupported if the elements do not lie dense: reshape a {@link #copy}
   */
  public NDArray reshape(long... shape) {
    return scoped(callLong(array -> Raw.cermet_ndarray_reshape(array, shape)));
  }

  /** A view with the axes in the given order; without any: reversed. */
  public NDArray transpose(long... axes) {
    return scoped(callLong(array -> Raw.cermet_ndarray_transpose(array, axes.length == 0 ? null : axes)));
  }

  // --- Gradient ------------------------------------------------------------------------------------------------------

  /** Gives the array a gradient, which {@link Recorder#backward(NDArray)} overwrites. Gives the array back. */
  public NDArray attachGrad() {
    return attachGrad(GradReq.WRITE);
  }

  /** Gives the array a gradient, or takes it away. Gives the array back. */
  public NDArray attachGrad(GradReq request) {
    run(array -> Raw.cermet_ndarray_attach_grad(array, request.code));
    return this;
  }

  /**
   * The attached gradient itself, not a copy.
   *
   * @throws CermetException.NotFound if there is none
   */
  public NDArray grad() {
    return scoped(callLong(Raw::cermet_ndarray_grad));
  }

  // --- Arithmetic; the names are those that Kotlin takes for operators -----------------------------------------------

  /** Sum, element by element; shapes are broadcast. */
  public NDArray plus(NDArray other) {
    return Ops.add(this, other);
  }

  /** Sum with a number. */
  public NDArray plus(double other) {
    return Arithmetic.ADD.invokeScalar(this, other);
  }

  /** Difference, element by element; shapes are broadcast. */
  public NDArray minus(NDArray other) {
    return Ops.subtract(this, other);
  }

  /** Difference to a number. */
  public NDArray minus(double other) {
    return Arithmetic.SUBTRACT.invokeScalar(this, other);
  }

  /** Product, element by element; shapes are broadcast. For the product of matrices see {@link #matmul}. */
  public NDArray times(NDArray other) {
    return Ops.multiply(this, other);
  }

  /** Product with a number. */
  public NDArray times(double other) {
    return Arithmetic.MULTIPLY.invokeScalar(this, other);
  }

  /** Quotient, element by element; shapes are broadcast. */
  public NDArray div(NDArray other) {
    return Ops.divide(this, other);
  }

  /** Quotient by a number. */
  public NDArray div(double other) {
    return Arithmetic.DIVIDE.invokeScalar(this, other);
  }

  /** Power, element by element; shapes are broadcast. */
  public NDArray pow(NDArray exponent) {
    return Ops.power(this, exponent);
  }

  /** Power with a number as exponent. */
  public NDArray pow(double exponent) {
    return Arithmetic.POWER.invokeScalar(this, exponent);
  }

  /** All elements with the sign changed. */
  public NDArray unaryMinus() {
    return Ops.negative(this);
  }

  /** Matrix product: of the last two axes, for each entry of the axes before them; with vectors the inner product. */
  public NDArray matmul(NDArray other) {
    return ndim() > 2 && other.ndim() > 2 ? Ops.linalgGemm2(this, other) : Ops.dot(this, other);
  }

  /** Sum of all elements. */
  public NDArray sum() {
    return Ops.sum(this);
  }

  /** Mean of all elements. */
  public NDArray mean() {
    return Ops.mean(this);
  }

  /** Squares of all elements. */
  public NDArray square() {
    return Ops.square(this);
  }

  /** Dtype, shape and values, the middle of long axes left out. Waits for the values. */
  @Override
  public String toString() {
    return isClosed() ? "NDArray (closed)" : ArrayPrinter.print(this);
  }
}
