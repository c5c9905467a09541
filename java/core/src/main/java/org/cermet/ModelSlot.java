// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.concurrent.atomic.AtomicReference;

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
    while (true) {
      SessionPool pool = pool();
      try {
        return pool.lease();
      } catch (IllegalStateException closed) {
        if (current.get() == pool) throw closed; // closed by hand; else replaced just now, and the new one serves
      }
    }
  }

  /** What the pool that serves now did and can do. */
  public SessionPool.Health health() {
    return pool().health();
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
