// SPDX-License-Identifier: Apache-2.0
package org.cermet;

/** What a {@link Batcher} did so far, and can do now. */
public final class BatchHealth {
  private final boolean ready;
  private final int waiting;
  private final long requests;
  private final long batches;
  private final long refused;
  private final long timeouts;
  private final long failures;

  BatchHealth(boolean ready, int waiting, long requests, long batches, long refused, long timeouts, long failures) {
    this.ready = ready;
    this.waiting = waiting;
    this.requests = requests;
    this.batches = batches;
    this.refused = refused;
    this.timeouts = timeouts;
    this.failures = failures;
  }

  /** Whether requests are taken. */
  public boolean isReady() {
    return ready;
  }

  /** Requests that wait now. */
  public int waiting() {
    return waiting;
  }

  /** Requests taken. */
  public long requests() {
    return requests;
  }

  /** Runs of the model; {@code requests / batches} says how well requests join. */
  public long batches() {
    return batches;
  }

  /** Requests refused because too many were waiting. */
  public long refused() {
    return refused;
  }

  /** Requests that had no answer in time. */
  public long timeouts() {
    return timeouts;
  }

  /** Requests whose batch failed. */
  public long failures() {
    return failures;
  }

  @Override
  public String toString() {
    return "BatchHealth[ready=" + ready + ", waiting=" + waiting + ", requests=" + requests + ", batches=" + batches
        + ", refused=" + refused + ", timeouts=" + timeouts + ", failures=" + failures + "]";
  }
}
