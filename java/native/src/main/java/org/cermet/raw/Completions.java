// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

/** Being told when the values of an array are there, or have failed. Hand-written: SWIG passes no callbacks. */
public final class Completions {
  static {
    NativeLibrary.load();
  }

  private Completions() {}

  /**
   * Whether nothing is pending on the array. If something is, one call of {@link #take} will give {@code task} back,
   * when it has finished or failed; the array may be released meanwhile.
   */
  public static native boolean ask(long array, Runnable task);

  /** Blocks until an array that was asked for is ready, and gives its task. */
  public static native Runnable take();
}
