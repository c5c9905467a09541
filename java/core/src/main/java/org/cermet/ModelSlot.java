// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The place of a model in a service, where it can be replaced while requests run: new requests take the new pool, and the
 * old one closes when its last lease ends.
 */
public final class ModelSlot implements AutoCloseable {
  private final AtomicReference<SessionPool> current = new AtomicReference<>();

  /** A slot without a model. */
  public ModelSlot() {}

  /** Serves with {@code pool}, which the slot then owns, from now on. Warm it up before. */
  public void replace(SessionPool pool) {
    SessionPool old = current.getAndSet(pool);
    if (old != null) old.close();
  }

  /**
   * A lease from the pool that serves now.
   *
   * @throws IllegalStateException if the slot has no model
   * @throws CermetException.Timeout if no session came back in time
   */
  public SessionPool.Lease lease() {
    return lease(SessionPool::lease);
  }

  /** The same with what is left of a request's own deadline as the longest wait. */
  public SessionPool.Lease lease(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    return lease(pool -> pool.lease(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
  }

  private SessionPool.Lease lease(Function<SessionPool, SessionPool.Lease> from) {
    while (true) {
      SessionPool pool = pool();
      try {
        return from.apply(pool);
      } catch (IllegalStateException closed) {
        if (current.get() == pool) throw closed; // closed by hand; else replaced just now, and the new one serves
      }
    }
  }

  /** What the pool that serves now did and can do. */
  public SessionPool.Health health() {
    return pool().health();
  }

  @Override
  public String toString() {
    return "ModelSlot[" + current.get() + "]";
  }

  private SessionPool pool() {
    SessionPool pool = current.get();
    if (pool == null) throw new IllegalStateException("this ModelSlot has no model");
    return pool;
  }

  /** Closes the pool that serves now, and leaves the slot without a model. */
  @Override
  public void close() {
    replace(null);
  }
}
