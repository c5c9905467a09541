// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that join: answers, deadlines, a full queue, replacement, closing. */
@Timeout(60)
class BatcherTest {
  private static final Specs ONE = Specs.of("data", 1, 2);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int THREADS = 8;

  private Model model;
  private ExecutorService threads;

  @BeforeEach
  void open() {
    model = SmallNet.model(7);
    threads = Executors.newFixedThreadPool(THREADS);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    model.close();
  }

  private Batcher batcher(BatchOptions options) {
    return Batcher.of(model, ONE, options);
  }

  private static float[] alone(Model model, float x, float y) {
    try (Session session = model.session(ONE)) {
      session.input("data").set(new float[] {x, y});
      session.run();
      return session.output(0).toFloats();
    }
  }

  /** Keeps the batcher's thread busy until the latch opens: what follows an answer runs on it. */
  private static CountDownLatch hold(Batcher batcher) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    Thread self = Thread.currentThread();
    AtomicBoolean here = new AtomicBoolean(); // the answer came first: what follows it ran at once, on this thread
    do {
      here.set(false);
      batcher.submit(new float[2]).whenComplete(
          (answer, failure) -> {
            here.set(Thread.currentThread() == self);
            if (here.get()) return;
            held.countDown();
            awaitQuietly(open);
          });
    } while (here.get());
    held.await();
    return open;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void everyThreadGetsItsOwnRow() throws Exception {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(5).maxDelay(Duration.ofMillis(1)).timeout(LONG))) {
      List<Future<Void>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        float x = thread / 8f;
        float[] want = alone(model, x, -x);
        running.add(
            threads.submit(
                () -> {
                  for (int turn = 0; turn < 50; turn++) {
                    assertArrayEquals(want, batcher.predict(new float[] {x, -x}), 1e-5f);
                  }
                  return null;
                }));
      }
      for (Future<Void> one : running) one.get();
      BatchHealth health = batcher.health();
      assertEquals(50 * THREADS, health.requests());
      assertTrue(health.batches() <= health.requests(), health.toString());
      assertEquals(0, health.waiting() + health.refused() + health.timeouts() + health.failures());
    }
  }

  @Test
  void requestsJoin() throws Exception {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(3).maxDelay(LONG).timeout(LONG))) {
      List<CompletableFuture<float[][]>> answers = new ArrayList<>();
      for (int index = 0; index < 6; index++) answers.add(batcher.submit(new float[] {index, 1}));
      for (int index = 0; index < 6; index++) {
        assertArrayEquals(alone(model, index, 1), answers.get(index).get()[0], 1e-5f);
      }
      assertEquals(2, batcher.health().batches(), "full batches do not wait");
    }
  }

  @Test
  void aLoneRequestWaitsNoLongerThanTheDelay() {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(64).maxDelay(Duration.ofMillis(1)).timeout(LONG))) {
      assertArrayEquals(alone(model, 1, 2), batcher.predict(new float[] {1, 2}), 1e-5f);
      assertEquals(1, batcher.health().batches());
    }
  }

  @Test
  void deadlinesHold() throws Exception {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(1).maxDelay(Duration.ZERO).timeout(Duration.ofMillis(50)))) {
      CountDownLatch open = hold(batcher);
      long timeouts = batcher.health().timeouts();
      CermetException.Timeout late =
          assertThrows(CermetException.Timeout.class, () -> batcher.predict(new float[2]));
      assertEquals("Batcher: no answer within 50 ms", late.getMessage());
      CompletableFuture<float[][]> waiting = batcher.submit(new float[2]);
      Thread.sleep(60);
      long batches = batcher.health().batches();
      open.countDown();
      CompletionException failed = assertThrows(CompletionException.class, waiting::join);
      assertEquals(CermetException.Timeout.class, failed.getCause().getClass());
      assertEquals(batches, batcher.health().batches(), "what is late is not run");
      assertEquals(timeouts + 2, batcher.health().timeouts());
    }
  }

  @Test
  void aFullQueueRefuses() throws Exception {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(1).queue(2).timeout(LONG))) {
      CountDownLatch open = hold(batcher);
      List<CompletableFuture<float[][]>> waiting =
          List.of(batcher.submit(new float[2]), batcher.submit(new float[2]));
      CermetException.LimitExceeded full =
          assertThrows(CermetException.LimitExceeded.class, () -> batcher.submit(new float[2]));
      assertEquals("Batcher: queue: 2 requests wait already", full.getMessage());
      assertEquals(2, batcher.health().waiting());
      assertEquals(1, batcher.health().refused());
      open.countDown();
      for (CompletableFuture<float[][]> one : waiting) assertEquals(2, one.join()[0].length);
    }
  }

  @Test
  void interruptsEndTheWait() throws Exception {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(1).timeout(LONG))) {
      CountDownLatch open = hold(batcher);
      Future<?> waiting =
          threads.submit(
              () -> {
                Thread.currentThread().interrupt();
                assertThrows(CermetException.Cancelled.class, () -> batcher.predict(new float[2]));
              });
      waiting.get();
      open.countDown();
    }
  }

  @Test
  void aFailureReachesItsRequestsOnly() {
    Specs integers = Specs.of("data", DType.INT32, 1, 2);
    try (Model negative = Model.of(SymbolOps.negative("negative", Symbol.variable("data")));
        Batcher batcher = Batcher.of(negative, integers, BatchOptions.maxBatch(2).maxDelay(Duration.ZERO).timeout(LONG))) {
      assertArrayEquals(new float[] {-1, 2}, batcher.predict(new float[] {1, -2}));
      Memory.setCap(Device.cpu(), 1); // conversion needs memory
      try {
        assertThrows(CermetException.LimitExceeded.class, () -> batcher.predict(new float[] {1, -2}));
      } finally {
        Memory.setCap(Device.cpu(), 0);
      }
      assertEquals(1, batcher.health().failures());
      assertArrayEquals(new float[] {-3, -4}, batcher.predict(new float[] {3, 4}));
    }
  }

  @Test
  void aBadModelDoesNotReplaceAGoodOne() {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(2).timeout(LONG));
        Model bare = Model.of(SmallNet.symbol())) {
      float[] before = batcher.predict(new float[] {1, 1});
      assertThrows(CermetException.NotFound.class, () -> batcher.replace(bare), "no parameter has a value");
      assertArrayEquals(before, batcher.predict(new float[] {1, 1}));
    }
  }

  @Test
  void aModelIsReplacedUnderLoad() throws Exception {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(4).timeout(LONG));
        Model other = SmallNet.model(8)) {
      float[] before = alone(model, 1, 1);
      float[] after = alone(other, 1, 1);
      Future<Void> load =
          threads.submit(
              () -> {
                for (int turn = 0; turn < 200; turn++) {
                  float[] got = batcher.predict(new float[] {1, 1});
                  assertTrue(Math.abs(got[0] - before[0]) < 1e-5 || Math.abs(got[0] - after[0]) < 1e-5);
                }
                return null;
              });
      for (int turn = 0; turn < 5; turn++) batcher.replace(turn % 2 == 0 ? other : model);
      load.get();
      assertArrayEquals(after, batcher.predict(new float[] {1, 1}), 1e-5f);
    }
  }

  @Test
  void closingAnswersWhatWaits() throws Exception {
    long before = Memory.of(Device.cpu()).inUse();
    Batcher batcher = batcher(BatchOptions.maxBatch(2).maxDelay(LONG).timeout(LONG));
    assertTrue(batcher.plannedBytes() > 0);
    CompletableFuture<float[][]> waiting = batcher.submit(new float[] {1, 1});
    batcher.close();
    batcher.close();
    assertArrayEquals(alone(model, 1, 1), waiting.get()[0], 1e-5f);
    assertThrows(IllegalStateException.class, () -> batcher.predict(new float[2]));
    assertThrows(IllegalStateException.class, () -> batcher.replace(model));
    assertFalse(batcher.health().isReady());
    assertEquals(before, Memory.of(Device.cpu()).inUse(), "the sessions are freed");
  }

  @Test
  void anAnswerMayCloseTheBatcher() throws Exception {
    Batcher batcher = batcher(BatchOptions.maxBatch(1).timeout(LONG));
    batcher.submit(new float[2]).thenRun(batcher::close).get();
    assertFalse(batcher.health().isReady());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Batcher batcher = batcher(BatchOptions.maxBatch(2))) {
      CermetException.ShapeMismatch wrong =
          assertThrows(CermetException.ShapeMismatch.class, () -> batcher.predict(new float[3]));
      assertTrue(wrong.getMessage().startsWith("Batcher: input 0: got 3 values; want 2"), wrong.getMessage());
      assertThrows(IllegalArgumentException.class, () -> batcher.predict(new float[2], new float[2]));
      assertThrows(NullPointerException.class, () -> batcher.predict((float[]) null));
    }
    assertThrows(
        IllegalArgumentException.class, () -> Batcher.of(model, Specs.of("data", 2, 2), BatchOptions.maxBatch(2)));
    try (Model summing = Model.of(SymbolOps.sum("total", Symbol.variable("data")))) {
      assertThrows(IllegalArgumentException.class, () -> Batcher.of(summing, ONE, BatchOptions.maxBatch(2)));
    }
    assertThrows(IllegalArgumentException.class, () -> BatchOptions.maxBatch(0));
    assertThrows(IllegalArgumentException.class, () -> BatchOptions.maxBatch(1).queue(0));
    assertThrows(IllegalArgumentException.class, () -> BatchOptions.maxBatch(1).timeout(Duration.ofMillis(-1)));
    assertThrows(IllegalArgumentException.class, () -> BatchOptions.maxBatch(1).maxDelay(Duration.ofMillis(-1)));
  }
}
