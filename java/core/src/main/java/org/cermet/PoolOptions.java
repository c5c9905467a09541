// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.time.Duration;

/** How a {@link SessionPool} serves: {@code PoolOptions.sessions(8).acquireTimeout(Duration.ofMillis(5))}. Immutable. */
public final class PoolOptions {
  private final int sessions;
  private final Duration acquireTimeout;

  private PoolOptions(int sessions, Duration acquireTimeout) {
    this.sessions = sessions;
    this.acquireTimeout = acquireTimeout;
  }

  /** So many sessions, as many requests at once; a request waits up to one second for one. */
  public static PoolOptions sessions(int sessions) {
    if (sessions < 1) throw new IllegalArgumentException("sessions: got " + sessions + "; want at least 1");
    return new PoolOptions(sessions, Duration.ofSeconds(1));
  }

  /** How long a request may wait for a session before it fails. */
  public PoolOptions acquireTimeout(Duration timeout) {
    if (timeout.isNegative()) throw new IllegalArgumentException("acquireTimeout: got " + timeout + "; want 0 or more");
    return new PoolOptions(sessions, timeout);
  }

  /** Number of sessions. */
  public int sessions() {
    return sessions;
  }

  /** Longest wait for a session. */
  public Duration acquireTimeout() {
    return acquireTimeout;
  }
}
