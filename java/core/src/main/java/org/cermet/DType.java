// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** Type of the elements of an array. */
public enum DType {
  /** 32-bit floating point, Java's {@code float}. */
  FLOAT32(Raw.CERMET_FLOAT32),
  /** 64-bit floating point, Java's {@code double}. */
  FLOAT64(Raw.CERMET_FLOAT64),
  /** 16-bit floating point (IEEE half). */
  FLOAT16(Raw.CERMET_FLOAT16),
  /** Unsigned 8-bit integer; a Java {@code byte} of -1 is 255. */
  UINT8(Raw.CERMET_UINT8),
  /** 32-bit integer, Java's {@code int}. */
  INT32(Raw.CERMET_INT32),
  /** 8-bit integer, Java's {@code byte}. */
  INT8(Raw.CERMET_INT8),
  /** 64-bit integer, Java's {@code long}. */
  INT64(Raw.CERMET_INT64),
  /** Truth value in one byte, 0 or 1. */
  BOOL(Raw.CERMET_BOOL),
  /** 16-bit floating point with the range of FLOAT32 (bfloat16). */
  BFLOAT16(Raw.CERMET_BFLOAT16);

  final int code;

  DType(int code) {
    this.code = code;
  }

  static DType of(int code) {
    for (DType dtype : values()) {
      if (dtype.code == code) return dtype;
    }
    throw new IllegalStateException("the engine has a dtype that these classes do not know: " + code);
  }

  /**
   * The dtype that the engine calls {@code name}, as {@code "float32"}.
   *
   * @throws CermetException.InvalidArgument if there is none
   */
  public static DType named(String name) {
    return of(Raw.cermet_dtype_from_name(Text.utf8(name)));
  }

  /** The engine's name, as {@code "float32"}. */
  public String engineName() {
    return Text.string(Raw.cermet_dtype_name(code));
  }

  /** Bytes of one element. */
  public int size() {
    return Raw.cermet_dtype_size(code);
  }

  /** Whether values are floating point, so that gradients exist. */
  public boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64 || this == FLOAT16 || this == BFLOAT16;
  }
}
