// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.cermet.raw.Completions;

/** The future of an array's values: what {@link NDArray#whenReady} gives. */
final class Readiness {
  /**
   * One thread for all arrays that are waited for: each task takes one answer, whichever comes first. It ends when
   * nobody has waited for a while, so that it holds no class loader for ever.
   */
  private static final ThreadPoolExecutor WAITER =
      new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Readiness::thread);

  static {
    WAITER.allowCoreThreadTimeOut(true);
  }

  private Readiness() {}

  private static Thread thread(Runnable body) {
    Thread thread = new Thread(body, "cermet-ready");
    thread.setDaemon(true);
    return thread;
  }

  static CompletableFuture<NDArray> of(NDArray array) {
    CompletableFuture<NDArray> future = new CompletableFuture<>();
    // What depends on the future may take its time: not on the one thread that the others wait for.
    Runnable task = () -> future.defaultExecutor().execute(() -> complete(future, array));
    long address = array.acquire();
    try {
      if (Completions.ask(address, task)) {
        complete(future, array);
      } else {
        WAITER.execute(() -> Completions.take().run());
      }
    } finally {
      array.release();
    }
    return future;
  }

  /** The wait does not wait any more: it throws the failure, if there is one. */
  private static void complete(CompletableFuture<NDArray> future, NDArray array) {
    try {
      array.await();
      future.complete(array);
    } catch (Throwable failure) {
      future.completeExceptionally(failure);
    }
  }
}
