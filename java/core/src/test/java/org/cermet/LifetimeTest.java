// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.cermet.Near.assertValues;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Closing by hand, by scope and by the cleaner, also while other threads are within calls. */
class LifetimeTest {
  private static final int THREADS = 8;

  private static long inUse() {
    Cermet.waitAll();
    return Memory.of(Device.cpu()).inUse();
  }

  /** Bytes in use when the cleaner has freed all that this and other tests left behind. */
  private static long inUseAtRest() throws InterruptedException {
    long before = Long.MAX_VALUE;
    for (int same = 0; same < 3; ) {
      System.gc();
      Thread.sleep(10);
      long now = inUse();
      same = now == before ? same + 1 : 0;
      before = now;
    }
    return before;
  }

  @Test
  void useAfterCloseIsRefused() {
    NDArray array = NDArray.zeros(2);
    assertEquals(1, array.ndim());
    array.close();
    array.close();
    assertThrows(IllegalStateException.class, array::ndim, "known, but closed");
    assertThrows(IllegalStateException.class, array::dtype);
    assertTrue(array.isClosed());
    assertEquals("this NDArray is closed", assertThrows(IllegalStateException.class, array::size).getMessage());
    try (NDArray other = NDArray.zeros(2)) {
      assertThrows(IllegalStateException.class, () -> other.plus(array));
      assertEquals(2, other.size());
    }
    assertEquals("NDArray (closed)", array.toString());
  }

  @Test
  void closingDuringCallsIsSafe() throws Exception {
    long before = inUseAtRest();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < 200; round++) {
        NDArray shared = NDArray.zeros(256);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> uses = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          boolean closes = thread == THREADS - 1;
          uses.add(threads.submit(() -> useUntilClosed(shared, start, closes)));
        }
        start.countDown();
        for (Future<?> use : uses) use.get();
        assertThrows(IllegalStateException.class, shared::size);
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(before, inUse());
  }

  private static Void useUntilClosed(NDArray shared, CountDownLatch start, boolean closes) throws InterruptedException {
    start.await();
    if (closes) {
      shared.close();
      return null;
    }
    try {
      for (int turn = 0; turn < 50; turn++) {
        try (NDArray sum = shared.plus(1)) {
          assertEquals(256, sum.toFloats().length);
        }
      }
    } catch (IllegalStateException closed) {
      assertTrue(closed.getMessage().contains("closed"));
    }
    return null;
  }

  @Test
  void theCollectorDoesNotFreeWhatACallUses() throws Exception {
    ExecutorService collector = Executors.newSingleThreadExecutor();
    Future<?> collecting =
        collector.submit(
            () -> {
              while (!Thread.currentThread().isInterrupted()) System.gc();
            });
    try {
      for (int turn = 0; turn < 300; turn++) {
        assertEquals(1 << 14, NDArray.zeros(1 << 14).plus(1).sum().item()); // nobody holds the operands
      }
    } finally {
      collecting.cancel(true);
      collector.shutdown();
    }
  }

  @Test
  void theCleanerFreesWhatWasForgotten() throws InterruptedException {
    long before = inUseAtRest();
    for (int count = 0; count < 100; count++) NDArray.zeros(1000);
    assertEquals(before, inUseAtRest());
  }

  @Test
  void forgottenArraysDoNotPileUp() throws InterruptedException {
    long before = inUseAtRest();
    long budget = Long.getLong("cermet.gc.budget");
    long peak = 0;
    for (int count = 0; count < 500; count++) {
      NDArray.zeros(1 << 18); // a megabyte each
      peak = Math.max(peak, inUse() - before);
    }
    assertTrue(peak < 3 * budget, "peak " + peak);
  }

  @Test
  void aScopeClosesWhatIsNotKept() throws InterruptedException {
    long before = inUseAtRest();
    AtomicReference<NDArray> temporary = new AtomicReference<>();
    NDArray kept =
        Scope.call(
            () -> {
              temporary.set(NDArray.zeros(4));
              return temporary.get().plus(1);
            });
    assertTrue(temporary.get().isClosed());
    assertValues(kept, 1, 1, 1, 1);
    kept.close();
    assertEquals(before, inUse());
  }

  @Test
  void resultsMoveToTheOuterScope() {
    List<NDArray> list;
    try (Scope outer = Scope.open()) {
      list = Scope.call(() -> List.of(NDArray.zeros(1), NDArray.zeros(2)));
      Map<String, NDArray> map = Scope.call(() -> Map.of("x", NDArray.zeros(1)));
      NDArray[] array = Scope.call(() -> new NDArray[] {NDArray.zeros(1)});
      assertFalse(list.get(1).isClosed() || map.get("x").isClosed() || array[0].isClosed());
      NDArray out = outer.keep(NDArray.zeros(1));
      assertFalse(out.isClosed());
      list = List.of(list.get(0), out);
    }
    assertTrue(list.get(0).isClosed());
    assertFalse(list.get(1).isClosed());
    list.get(1).close();
  }

  @Test
  void scopesCloseInOrderOnTheirThread() throws Exception {
    try (Scope outer = Scope.open()) {
      Scope inner = Scope.open();
      assertThrows(IllegalStateException.class, outer::close);
      onAnotherThread(
          () -> {
            assertThrows(IllegalStateException.class, inner::close);
            NDArray free = NDArray.zeros(1); // scopes of another thread do not own it
            free.close();
            return null;
          });
      inner.close();
      assertDoesNotThrow(inner::close);
    }
  }

  @Test
  void aScopeClosesWhenItsBodyFails() {
    AtomicReference<NDArray> made = new AtomicReference<>();
    assertThrows(
        ArithmeticException.class,
        () ->
            Scope.run(
                () -> {
                  made.set(NDArray.zeros(1));
                  throw new ArithmeticException();
                }));
    assertTrue(made.get().isClosed());
    try (NDArray free = NDArray.zeros(1)) {
      assertFalse(free.isClosed());
    }
  }

  @Test
  void aLongLoopInOneScopeStaysFlat() throws InterruptedException {
    long before = inUseAtRest();
    try (Scope scope = Scope.open()) {
      NDArray x = NDArray.zeros(1000);
      long start = inUse();
      for (int turn = 0; turn < 10_000; turn++) x.plus(1).close();
      assertEquals(start, inUse());
      assertFalse(x.isClosed());
      scope.keep(x).close();
    }
    assertEquals(before, inUse());
  }

  private static <T> T onAnotherThread(Callable<T> body) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(body).get();
    } finally {
      thread.shutdown();
    }
  }
}
