// SPDX-License-Identifier: Apache-2.0
package org.cermet;

/**
 * How much memory training may take, and time be paid for it: what gradients need may be computed once more instead of
 * kept, with the same results, the cheapest first.
 *
 * <pre>{@code
 * Executor executor = net.bind(specs, GradReq.WRITE, MemoryLimit.ofBytes(2L << 30), "w");
 * }</pre>
 */
public final class MemoryLimit {
  /** No limit; what costs almost nothing is computed once more. */
  public static final MemoryLimit NONE = new MemoryLimit(0, 0);

  private final long bytes;
  private final double recompute;

  private MemoryLimit(long bytes, double recompute) {
    this.bytes = bytes;
    this.recompute = recompute;
  }

  /** As much time as it takes to keep to {@code bytes}, of intermediates and arrays together. */
  public static MemoryLimit ofBytes(long bytes) {
    return new MemoryLimit(bytes, 0);
  }

  /** The least memory that this additional time can buy: 0.3 is 30 % of a step; 0: nothing is computed twice. */
  public static MemoryLimit ofTime(double recompute) {
    return new MemoryLimit(0, recompute > 0 ? recompute : -1);
  }

  /** Most bytes; 0: no limit. */
  long bytes() {
    return bytes;
  }

  /** Most additional time as a part of a step's; 0: what costs almost nothing, or as much as the bytes take; below 0: none. */
  double recompute() {
    return recompute;
  }
}
