// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** Native memory of one device at one moment, exact, in bytes. */
public final class Memory {
  private final long inUse;
  private final long kept;
  private final long peak;
  private final long cap;

  private Memory(long[] figures) {
    inUse = figures[0];
    kept = figures[1];
    peak = figures[2];
    cap = figures[3];
  }

  /** Figures of a device now. */
  public static Memory of(Device device) {
    return new Memory(Raw.cermet_memory(device.code, device.id()));
  }

  /** Allocations beyond {@code cap} bytes will throw {@link CermetException.LimitExceeded}; 0 takes the cap away. */
  public static void setCap(Device device, long cap) {
    Raw.cermet_memory_set_cap(device.code, device.id(), cap);
  }

  /** Lets {@link #peak} start anew from what is in use. */
  public static void resetPeak(Device device) {
    Raw.cermet_memory_reset_peak(device.code, device.id());
  }

  /** Gives memory that is kept for reuse back to the system. */
  public static void trim(Device device) {
    Raw.cermet_memory_trim(device.code, device.id());
  }

  /** Bytes in use by arrays and plans. */
  public long inUse() {
    return inUse;
  }

  /** Bytes kept for reuse. */
  public long kept() {
    return kept;
  }

  /** Highest use since the last {@link #resetPeak}. */
  public long peak() {
    return peak;
  }

  /** The cap, 0 if there is none. */
  public long cap() {
    return cap;
  }

  @Override
  public String toString() {
    return "Memory[inUse=" + inUse + ", kept=" + kept + ", peak=" + peak + ", cap=" + cap + "]";
  }
}
