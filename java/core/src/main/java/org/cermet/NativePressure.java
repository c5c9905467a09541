// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.cermet.raw.Raw;

/**
 * The garbage collector does not see native memory: to it, a gigabyte that nobody closed is a few small objects. So when
 * arrays outside of all scopes have added {@code cermet.gc.budget} bytes (1 GiB unless set) to what was in use after the
 * last collection, the thread that makes the next one asks for a collection and gives the cleaner time to free.
 */
final class NativePressure {
  private static final long BUDGET = Long.getLong("cermet.gc.budget", 1L << 30);
  private static final long PAUSE_MS = 100;
  private static final long PATIENCE_MS = 1000; // where System.gc() is disabled, nothing comes

  private static final AtomicLong limit = new AtomicLong(BUDGET);

  private NativePressure() {}

  /** To be called for each new array that no scope owns. */
  static void check() {
    long known = limit.get();
    if (inUse() <= known) return;
    if (!limit.compareAndSet(known, Long.MAX_VALUE)) return; // another thread is at it
    try {
      CountDownLatch cleaning = new CountDownLatch(1);
      NativeResource.whenForgotten(new Object(), cleaning::countDown);
      System.gc();
      if (cleaning.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) awaitCleaner();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      limit.set(inUse() + BUDGET);
    }
  }

  /** The cleaner frees on a thread of its own, one by one: as long as it does, it is not overtaken. */
  private static void awaitCleaner() throws InterruptedException {
    long before = Long.MAX_VALUE;
    while (inUse() < before) {
      before = inUse();
      Thread.sleep(PAUSE_MS);
    }
  }

  private static long inUse() {
    return Raw.bytes_in_use();
  }
}
