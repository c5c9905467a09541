// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pools, leases and slots under many threads, and at their ends. */
@Timeout(60)
class ServingTest {
  private static final int THREADS = 16;
  private static final Specs ONE = Specs.of("data", 1, 2);

  @TempDir Path folder;
  private Path file;
  private ExecutorService threads;

  @BeforeEach
  void save() {
    file = folder.resolve("net.safetensors");
    try (Model model = SmallNet.model(7)) {
      model.save(file);
    }
    threads = Executors.newFixedThreadPool(THREADS);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private SessionPool pool(int sessions, Duration timeout) {
    try (Model model = Model.load(file)) {
      return model.pool(ONE, PoolOptions.sessions(sessions).acquireTimeout(timeout));
    }
  }

  private static float[] score(SessionPool.Lease lease, float x, float y) {
    lease.input("data").set(new float[] {x, y});
    lease.run();
    return lease.output(0).toFloats();
  }

  private void onAllThreads(Callable<Void> body) throws Exception {
    List<Future<Void>> running = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) running.add(threads.submit(body));
    for (Future<Void> one : running) one.get();
  }

  @Test
  void manyThreadsGetTheSameNumbers() throws Exception {
    try (SessionPool pool = pool(4, Duration.ofSeconds(30))) {
      float[][] want = new float[10][];
      try (SessionPool.Lease lease = pool.lease()) {
        for (int row = 0; row < 10; row++) want[row] = score(lease, row / 10f, -row / 20f);
      }
      onAllThreads(
          () -> {
            for (int turn = 0; turn < 200; turn++) {
              int row = turn % 10;
              try (SessionPool.Lease lease = pool.lease()) {
                assertArrayEquals(want[row], score(lease, row / 10f, -row / 20f));
              }
            }
            return null;
          });
      assertEquals(1 + 200L * THREADS, pool.health().leases());
      assertEquals(4, pool.health().free());
    }
  }

  @Test
  void memoryIsFlatUnderLoad() throws Exception {
    try (SessionPool pool = pool(2, Duration.ofSeconds(30))) {
      assertTrue(pool.plannedBytes() > 0);
      pool.warmUp(2);
      try (SessionPool.Lease first = pool.lease();
          SessionPool.Lease second = pool.lease()) {
        score(first, 0, 0);
        score(second, 0, 0);
      }
      long before = Memory.of(Device.cpu()).inUse();
      onAllThreads(
          () -> {
            for (int turn = 0; turn < 100; turn++) {
              try (SessionPool.Lease lease = pool.lease()) {
                score(lease, 1, 1);
              }
            }
            return null;
          });
      assertEquals(before, Memory.of(Device.cpu()).inUse());
    }
  }

  @Test
  void aFullPoolTimesOut() {
    try (SessionPool pool = pool(1, Duration.ofMillis(5));
        SessionPool.Lease held = pool.lease()) {
      CermetException.Timeout failure = assertThrows(CermetException.Timeout.class, pool::lease);
      assertEquals("SessionPool.lease: all 1 sessions were in use for 5 ms", failure.getMessage());
      assertEquals(1, pool.health().timeouts());
      held.close();
      pool.lease().close();
    }
  }

  @Test
  void readinessComesWithWarmUp() {
    SessionPool pool = pool(2, Duration.ZERO);
    assertFalse(pool.health().isReady());
    pool.warmUp(3);
    assertTrue(pool.health().isReady());
    pool.close();
    assertFalse(pool.health().isReady());
    assertTrue(pool.isDrained());
    assertThrows(IllegalStateException.class, pool::lease);
  }

  @Test
  void leasesEnd() {
    try (SessionPool pool = pool(1, Duration.ZERO)) {
      SessionPool.Lease lease = pool.lease();
      lease.close();
      lease.close();
      assertThrows(IllegalStateException.class, lease::run);
      assertEquals(1, pool.health().free());
    }
  }

  @Test
  void arraysEndWithTheirLease() {
    try (SessionPool pool = pool(1, Duration.ZERO)) {
      SessionPool.Lease first = pool.lease();
      NDArray input = first.input("data");
      first.run();
      NDArray output = first.output(0);
      assertSame(input, first.input("data"));
      first.close();
      assertThrows(IllegalStateException.class, () -> input.set(new float[2]));
      assertThrows(IllegalStateException.class, output::toFloats);
      assertThrows(IllegalStateException.class, () -> first.output(0));
      try (SessionPool.Lease second = pool.lease()) {
        assertEquals(2, score(second, 1, 1).length, "the session's own arrays stay open");
      }
    }
  }

  @Test
  void aRequestMayHaveItsOwnDeadline() {
    try (SessionPool pool = pool(1, Duration.ofSeconds(30));
        ModelSlot slot = new ModelSlot();
        SessionPool.Lease held = pool.lease()) {
      assertThrows(CermetException.Timeout.class, () -> pool.lease(Duration.ofMillis(1)));
      slot.replace(pool);
      assertThrows(CermetException.Timeout.class, () -> slot.lease(Duration.ofMillis(1)));
      assertThrows(CermetException.Timeout.class, () -> slot.lease(Duration.ofMillis(-1)));
      held.close();
      slot.lease(Duration.ZERO).close();
    }
  }

  @Test
  void interruptsEndTheWait() throws Exception {
    try (SessionPool pool = pool(1, Duration.ofSeconds(30));
        SessionPool.Lease held = pool.lease()) {
      Future<?> waiting =
          threads.submit(
              () -> {
                Thread.currentThread().interrupt();
                assertThrows(CermetException.Cancelled.class, pool::lease);
                assertTrue(Thread.currentThread().isInterrupted());
              });
      waiting.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void waitingThreadsAreToldOfTheClose() throws Exception {
    SessionPool pool = pool(1, Duration.ofMinutes(10));
    SessionPool.Lease held = pool.lease();
    List<Future<?>> waiting = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      waiting.add(threads.submit(() -> assertThrows(IllegalStateException.class, pool::lease)));
    }
    pool.close();
    for (Future<?> one : waiting) one.get(10, TimeUnit.SECONDS);
    assertFalse(pool.isDrained());
    held.close();
    assertTrue(pool.isDrained());
  }

  @Test
  void waitingThreadsMoveToTheNewPool() throws Exception {
    try (ModelSlot slot = new ModelSlot()) {
      slot.replace(pool(1, Duration.ofMinutes(10)));
      SessionPool.Lease held = slot.lease();
      List<Future<float[]>> waiting = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        waiting.add(
            threads.submit(
                () -> {
                  try (SessionPool.Lease lease = slot.lease()) {
                    return score(lease, 0.5f, 0.5f);
                  }
                }));
      }
      slot.replace(pool(2, Duration.ofMinutes(10)));
      for (Future<float[]> one : waiting) assertEquals(2, one.get(10, TimeUnit.SECONDS).length);
      held.close();
    }
  }

  @Test
  void whatServesSaysWhatItIs() {
    try (SessionPool pool = pool(2, Duration.ZERO);
        Model model = Model.load(file);
        Session session = model.session(ONE)) {
      assertEquals("SessionPool[Health[ready=false, sessions=2, free=2, leases=0, timeouts=0]]", pool.toString());
      assertEquals("Model[inputs=[data], parameters=4]", model.toString());
      model.close();
      assertEquals("Model (closed)", model.toString());
      assertEquals("Session", session.toString());
      assertEquals("ModelSlot[null]", new ModelSlot().toString());
    }
  }

  @Test
  void aModelIsReplacedUnderLoad() throws Exception {
    try (ModelSlot slot = new ModelSlot()) {
      assertThrows(IllegalStateException.class, slot::lease);
      slot.replace(pool(2, Duration.ofSeconds(30)));
      SessionPool.Lease old = slot.lease();
      Future<Void> load =
          threads.submit(
              () -> {
                for (int turn = 0; turn < 500; turn++) {
                  try (SessionPool.Lease lease = slot.lease()) {
                    assertEquals(2, score(lease, 0.5f, 0.5f).length);
                  }
                }
                return null;
              });
      for (int turn = 0; turn < 10; turn++) slot.replace(pool(2, Duration.ofSeconds(30)));
      load.get();
      assertEquals(2, score(old, 0, 0).length, "a lease goes on after its pool was replaced");
      old.close();
      assertEquals(2, slot.health().free());
    }
  }

  @Test
  void optionsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> PoolOptions.sessions(0));
    assertThrows(IllegalArgumentException.class, () -> PoolOptions.sessions(1).acquireTimeout(Duration.ofNanos(-1)));
  }
}
