// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.cermet.Near.assertValues;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Futures of values: complete at once, later, with a failure, and after the array was closed. */
@Timeout(120)
class ReadinessTest {
  private final Execution before = Cermet.execution();

  @BeforeEach
  void runLater() {
    Cermet.setExecution(Execution.ASYNC);
  }

  @AfterEach
  void asBefore() {
    Cermet.waitAll();
    Cermet.setExecution(before);
  }

  /** Makes arrays that need more and more work, until one's future is still open when it is given. */
  private static CompletableFuture<NDArray> pending(List<NDArray> made) {
    NDArray identity = Ops.eye(600);
    made.add(identity);
    for (int products = 4; products < 1000; products *= 2) {
      NDArray result = identity;
      for (int product = 0; product < products; product++) made.add(result = result.matmul(identity));
      CompletableFuture<NDArray> future = result.whenReady();
      if (!future.isDone()) return future;
    }
    return fail("each future was complete at once");
  }

  @Test
  void whatIsReadyGivesACompleteFuture() {
    try (NDArray array = NDArray.of(new float[] {1, 2})) {
      CompletableFuture<NDArray> future = array.whenReady();
      assertTrue(future.isDone());
      assertSame(array, future.join());
    }
  }

  @Test
  void whatIsPendingCompletesLater() throws Exception {
    try (Scope scope = Scope.open()) {
      CompletableFuture<NDArray> future = pending(new ArrayList<>());
      assertEquals(600, future.thenApply(array -> array.sum().item()).get());
      assertTrue(future.get().whenReady().isDone());
    }
  }

  @Test
  void whatFailsCompletesWithTheFailure() {
    try (Scope scope = Scope.open()) {
      NDArray taken = Ops.take(NDArray.of(new float[] {1, 2}), NDArray.of(new float[] {7}), o -> o.mode("raise"));
      ExecutionException failure = assertThrows(ExecutionException.class, () -> taken.plus(1).whenReady().get());
      CermetException cause = assertInstanceOf(CermetException.InvalidArgument.class, failure.getCause());
      assertEquals("take", cause.op());
    }
  }

  @Test
  void closingMeanwhileIsSafe() {
    List<NDArray> made = new ArrayList<>();
    CompletableFuture<NDArray> future = pending(made);
    made.forEach(NDArray::close);
    ExecutionException failure = assertThrows(ExecutionException.class, future::get);
    assertInstanceOf(IllegalStateException.class, failure.getCause());
    assertThrows(IllegalStateException.class, () -> made.get(0).whenReady());
  }

  @Test
  void whatDependsOnOneMayWaitForAnother() throws Exception {
    try (Scope scope = Scope.open()) {
      CountDownLatch other = new CountDownLatch(1);
      CompletableFuture<Boolean> waits =
          CompletableFuture.supplyAsync(() -> pending(new ArrayList<>()))
              .thenCompose(future -> future.thenApply(array -> await(other)));
      pending(new ArrayList<>()).thenRun(other::countDown).get();
      assertTrue(waits.get());
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      return false;
    }
  }

  @Test
  void eachOfManyThreadsGetsItsOwn() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      float value = number;
      threads.add(new Thread(() -> askOften(value)));
    }
    for (Thread thread : threads) {
      thread.setUncaughtExceptionHandler((which, failure) -> failures.add(failure));
      thread.start();
    }
    for (Thread thread : threads) thread.join();
    assertEquals(List.of(), failures);
  }

  private static void askOften(float value) {
    for (int round = 0; round < 100; round++) {
      try (Scope scope = Scope.open()) {
        NDArray array = NDArray.of(new float[] {value, round}).plus(1);
        CompletableFuture<NDArray> future = array.whenReady();
        assertSame(array, future.join());
        assertFalse(future.isCompletedExceptionally());
        assertValues(array, value + 1, round + 1);
      }
    }
  }
}
