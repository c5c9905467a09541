// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
      free = pool.idle.free();
      leases = pool.leases.sum();
      timeouts = pool.timeouts.sum();
      warm = pool.warm;
      open = !pool.idle.isClosed();
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

  /**
   * The use of one session until {@link #close}, which gives it back. One thread at a time. Using the lease, or an array
   * that it handed out, after that is an {@link IllegalStateException}: the session may serve another request by then.
   */
  public final class Lease implements AutoCloseable {
    private final Map<NDArray, NDArray> lent = new IdentityHashMap<>(4); // the session's array to the lease's
    private Session session;

    private Lease(Session session) {
      this.session = session;
    }

    private Session session() {
      if (session == null) throw new IllegalStateException("this Lease is closed");
      return session;
    }

    /**
     * Memory of the engine to write an input into. It closes with the lease; a {@link NDArray#buffer} taken from it must
     * not be used after that, which nothing can check.
     */
    public NDArray input(String name) {
      return lent.computeIfAbsent(session().input(name), NDArray::borrow);
    }

    /** Computes the outputs from what the inputs hold. */
    public void run() {
      session().run();
    }

    /** An output, overwritten by the next run. It closes with the lease. */
    public NDArray output(int index) {
      return lent.computeIfAbsent(session().output(index), NDArray::borrow);
    }

    /** Gives the session back. */
    @Override
    public void close() {
      if (session == null) return;
      Session returned = session;
      session = null;
      lent.values().forEach(NDArray::close);
      idle.giveBack(returned);
    }
  }

  private final PoolOptions options;
  private final long plannedBytes;
  private final IdleSessions idle;
  private final LongAdder leases = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private volatile boolean warm;

  private SessionPool(PoolOptions options, List<Session> sessions) {
    this.options = options;
    plannedBytes = sessions.stream().mapToLong(Session::plannedBytes).sum();
    idle = new IdleSessions(sessions);
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
   * A session for this thread, waiting for one as long as the options allow.
   *
   * @throws CermetException.Timeout if none came back in time
   * @throws IllegalStateException if the pool is closed, before or while this thread waits
   */
  public Lease lease() {
    return lease(options.acquireTimeout());
  }

  /** The same with what is left of a request's own deadline as the longest wait. */
  public Lease lease(Duration timeout) {
    Session session = take(timeout);
    leases.increment();
    return new Lease(session);
  }

  private Session take(Duration timeout) {
    try {
      Session session = idle.take(timeout.toNanos());
      if (session != null) return session;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CermetException.Cancelled(details("interrupted while waiting for a session"));
    }
    timeouts.increment();
    throw new CermetException.Timeout(
        details("all " + options.sessions() + " sessions were in use for " + timeout.toMillis() + " ms"));
  }

  private static CermetException.Details details(String message) {
    return new CermetException.Details("SessionPool.lease: " + message, "", "", "", new long[0][]);
  }

  /**
   * Runs every session {@code rounds} times on what its inputs hold, so that no request pays for a first run. To be
   * called before the first request.
   *
   * @throws CermetException.Timeout if sessions are in use for longer than the options allow
   */
  public void warmUp(int rounds) {
    List<Session> all = new ArrayList<>();
    try {
      for (int count = 0; count < options.sessions(); count++) all.add(take(options.acquireTimeout()));
      for (int round = 0; round < rounds; round++) all.forEach(Session::run);
      warm = true;
    } finally {
      all.forEach(idle::giveBack);
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
    return idle.isDrained();
  }

  /** Gives no more leases, and closes each session as soon as nobody uses it. */
  @Override
  public void close() {
    idle.close();
  }

  @Override
  public String toString() {
    return "SessionPool[" + health() + "]";
  }
}
