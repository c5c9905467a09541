// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.time.Duration;

/** How a {@link Batcher} serves: {@code BatchOptions.maxBatch(32).maxDelay(Duration.ofMillis(2))}. Immutable. */
public final class BatchOptions {
  private final int maxBatch;
  private final Duration maxDelay;
  private final Duration timeout;
  private final int queue;

  private BatchOptions(int maxBatch, Duration maxDelay, Duration timeout, int queue) {
    this.maxBatch = maxBatch;
    this.maxDelay = maxDelay;
    this.timeout = timeout;
    this.queue = queue;
  }

  /** At most so many requests in one run; delay 1 ms, timeout 1 s, queue 1,024. */
  public static BatchOptions maxBatch(int requests) {
    if (requests < 1) throw new IllegalArgumentException("maxBatch: got " + requests + "; want at least 1");
    return new BatchOptions(requests, Duration.ofMillis(1), Duration.ofSeconds(1), 1024);
  }

  /** How long a request may wait for others to join it. */
  public BatchOptions maxDelay(Duration delay) {
    if (delay.isNegative()) throw new IllegalArgumentException("maxDelay: got " + delay + "; want 0 or more");
    return new BatchOptions(maxBatch, delay, timeout, queue);
  }

  /** How long a request may take in all. */
  public BatchOptions timeout(Duration time) {
    if (time.isNegative()) throw new IllegalArgumentException("timeout: got " + time + "; want 0 or more");
    return new BatchOptions(maxBatch, maxDelay, time, queue);
  }

  /** How many requests may wait; more are refused at once, so that a flood does not fill the heap. */
  public BatchOptions queue(int requests) {
    if (requests < 1) throw new IllegalArgumentException("queue: got " + requests + "; want at least 1");
    return new BatchOptions(maxBatch, maxDelay, timeout, requests);
  }

  /** Most requests in one run. */
  public int maxBatch() {
    return maxBatch;
  }

  /** Longest wait for others. */
  public Duration maxDelay() {
    return maxDelay;
  }

  /** Longest time of a request. */
  public Duration timeout() {
    return timeout;
  }

  /** Most requests that wait. */
  public int queue() {
    return queue;
  }
}
