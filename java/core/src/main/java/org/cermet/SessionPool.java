// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A fixed number of sessions over one model, for a service with many threads. All sessions exist from the start, so
 * memory is known before the first request: the weights once, and {@link #plannedBytes}. A thread leases one, or waits
 * for the time that the options allow.
 *
 * <pre>{@code
 * try (SessionPool.Lease lease = pool.lease()) {
 *   lease.input("data").set(features);
 *   lease.run();
 *   return lease.output(0).toFloats();
 * }
 * }</pre>
 *
 * <p>{@link #close} may come at any time: sessions that are leased out close when they come back.
 */
public final class SessionPool implements AutoCloseable {
  /** What a pool did and can do now. */
  public static final class Health {
    private final int sessions;
    private final int free;
    private final long leases;
    private final long timeouts;
    private final boolean warm;
    private final boolean open;

    private Health(SessionPool pool) {
      sessions = pool.options.sessions();
      free = pool.idle.size();
      leases = pool.leases.sum();
      timeouts = pool.timeouts.sum();
      warm = pool.warm;
      open = !pool.closed;
    }

    /** Whether requests are served without a stall: open, and warmed up. */
    public boolean isReady() {
      return open && warm;
    }

    /** Sessions in all. */
    public int sessions() {
      return sessions;
    }

    /** Sessions that nobody has leased. */
    public int free() {
      return free;
    }

    /** Leases given so far. */
    public long leases() {
      return leases;
    }

    /** Requests that waited in vain so far. */
    public long timeouts() {
      return timeouts;
    }

    @Override
    public String toString() {
      return "Health[ready=" + isReady() + ", sessions=" + sessions + ", free=" + free + ", leases=" + leases
          + ", timeouts=" + timeouts + "]";
    }
  }

  /** The use of one session until {@link #close}, which gives it back. One thread at a time. */
  public final class Lease implements AutoCloseable {
    private Session session;

    private Lease(Session session) {
      this.session = session;
    }

    private Session session() {
      if (session == null) throw new IllegalStateException("this Lease is closed");
      return session;
    }

    /** Memory of the engine to write an input into. Not to be used after the lease. */
    public NDArray input(String name) {
      return session().input(name);
    }

    /** Computes the outputs from what the inputs hold. */
    public void run() {
      session().run();
    }

    /** An output, overwritten by the next run. Not to be used after the lease. */
    public NDArray output(int index) {
      return session().output(index);
    }

    /** Gives the session back. */
    @Override
    public void close() {
      if (session == null) return;
      Session returned = session;
      session = null;
      giveBack(returned);
    }
  }

  private final PoolOptions options;
  private final long plannedBytes;
  private final LinkedBlockingDeque<Session> idle = new LinkedBlockingDeque<>();
  private final AtomicInteger alive = new AtomicInteger();
  private final LongAdder leases = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private volatile boolean warm;
  private volatile boolean closed;

  private SessionPool(PoolOptions options, List<Session> sessions) {
    this.options = options;
    plannedBytes = sessions.stream().mapToLong(Session::plannedBytes).sum();
    alive.set(sessions.size());
    idle.addAll(sessions);
  }

  static SessionPool create(Model model, Specs inputs, PoolOptions options) {
    List<Session> sessions = new ArrayList<>();
    try {
      for (int count = 0; count < options.sessions(); count++) sessions.add(model.session(inputs));
      return new SessionPool(options, sessions);
    } catch (RuntimeException failure) {
      sessions.forEach(Session::close);
      throw failure;
    }
  }

  /**
   * A session for this thread, waiting for one if need be.
   *
   * @throws CermetException.Timeout if none came back in time
   * @throws IllegalStateException if the pool is closed
   */
  public Lease lease() {
    if (closed) throw new IllegalStateException("this SessionPool is closed");
    Session session = idle.pollFirst();
    if (session == null) session = await();
    leases.increment();
    return new Lease(session);
  }

  private Session await() {
    Duration timeout = options.acquireTimeout();
    try {
      Session session = idle.pollFirst(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (session != null) return session;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CermetException.Cancelled(details("interrupted while waiting for a session"));
    }
    if (closed) throw new IllegalStateException("this SessionPool is closed");
    timeouts.increment();
    throw new CermetException.Timeout(
        details("all " + options.sessions() + " sessions were in use for " + timeout.toMillis() + " ms"));
  }

  private static CermetException.Details details(String message) {
    return new CermetException.Details("SessionPool.lease: " + message, "", "", "", new long[0][]);
  }

  private void giveBack(Session session) {
    idle.addFirst(session); // the one whose memory is still in the caches
    if (closed) closeIdle();
  }

  private void closeIdle() {
    for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
      session.close();
      alive.decrementAndGet();
    }
  }

  /** Runs every session {@code rounds} times on what its inputs hold, so that no request pays for a first run. */
  public void warmUp(int rounds) {
    List<Lease> all = new ArrayList<>();
    try {
      for (int count = 0; count < options.sessions(); count++) all.add(lease());
      for (int round = 0; round < rounds; round++) all.forEach(Lease::run);
      warm = true;
    } finally {
      all.forEach(Lease::close);
    }
  }

  /** Bytes that all sessions need together, besides the weights. */
  public long plannedBytes() {
    return plannedBytes;
  }

  /** What the pool did and can do now. */
  public Health health() {
    return new Health(this);
  }

  /** Whether {@link #close} was called and every session has come back. */
  public boolean isDrained() {
    return closed && alive.get() == 0;
  }

  /** Gives no more leases, and closes each session as soon as nobody uses it. */
  @Override
  public void close() {
    closed = true;
    closeIdle();
  }
}
