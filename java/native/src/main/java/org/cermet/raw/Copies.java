// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import java.nio.ByteBuffer;

/**
 * Copies between Java arrays and engine memory, one region copy each. The caller gives an address that it holds, with
 * room for exactly the length of the array. JNI has a function a primitive type, so these are not made by SWIG.
 */
public final class Copies {
  static {
    NativeLibrary.load();
  }

  private Copies() {}

  public static native void readFloat(long address, float[] values);

  public static native void readDouble(long address, double[] values);

  public static native void readInt(long address, int[] values);

  public static native void readLong(long address, long[] values);

  public static native void readByte(long address, byte[] values);

  public static native void writeFloat(long address, float[] values);

  public static native void writeDouble(long address, double[] values);

  public static native void writeInt(long address, int[] values);

  public static native void writeLong(long address, long[] values);

  public static native void writeByte(long address, byte[] values);

  /** A direct buffer over {@code nbytes} bytes at {@code address}, in big-endian order as all new buffers are. */
  public static native ByteBuffer view(long address, long nbytes);
}
