// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Scenarios for a JVM of their own, run by {@link StressTest}. Each prints one line, and only that. */
final class Stress {
  private static volatile NDArray shared = NDArray.zeros(16);
  private static volatile boolean over;
  private static final AtomicLong refused = new AtomicLong();

  private Stress() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "races":
        races(100_000);
        break;
      case "forgotten":
        forgotten(1_000_000);
        break;
      case "smallStack":
        smallStack();
        break;
      case "shortThreads":
        shortThreads(10_000);
        break;
      case "exit":
        exit();
        break;
      default:
        throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  /** Arrays, and now and then a session, are closed while other threads are within calls on them. */
  private static void races(int rounds) throws Exception {
    List<Thread> users = new ArrayList<>();
    for (int user = 0; user < 3; user++) users.add(started(Stress::useShared));
    for (int round = 0; round < rounds; round++) {
      NDArray old = shared;
      shared = NDArray.zeros(16);
      old.close();
    }
    over = true;
    for (Thread user : users) user.join();
    shared.close();
    check(refused.get() > 0, "no use met a close");
    try (Model model = SmallNet.model(7)) {
      for (int round = 0; round < 200; round++) closeWhilePredicting(model.session(Specs.of("data", 1, 2)));
    }
    System.out.println("raced");
  }

  private static void useShared() {
    while (!over) {
      try {
        shared.plus(shared).close();
        shared.toFloats();
        shared.size();
      } catch (IllegalStateException closed) {
        refused.incrementAndGet();
      }
    }
  }

  private static void closeWhilePredicting(Session session) throws InterruptedException {
    List<Thread> users = new ArrayList<>();
    for (int user = 0; user < 8; user++) {
      users.add(
          started(
              () -> {
                try {
                  while (true) predict(session);
                } catch (IllegalStateException closed) {
                  refused.incrementAndGet();
                }
              }));
    }
    Thread.yield();
    session.close();
    for (Thread user : users) user.join();
  }

  private static void predict(Session session) {
    try {
      session.run();
      session.output(0).toFloats();
    } catch (CermetException.InvalidArgument inUse) {
      // by another thread: sessions are not shared on purpose
    }
  }

  /** Arrays that nobody closes, 256 MB in all, with a small heap and a budget of 16 MiB. */
  private static void forgotten(int count) {
    for (int index = 0; index < count; index++) NDArray.zeros(64);
    long peak = Memory.of(Device.cpu()).peak();
    check(peak < 3 * Long.getLong("cermet.gc.budget"), "peak " + peak);
    System.out.println("freed");
  }

  /** Everything works on a stack of 256 KiB, deep graphs too. */
  private static void smallStack() throws Exception {
    Throwable[] failure = new Throwable[1];
    Thread thread = new Thread(null, Stress::deepGraph, "small", 256 << 10);
    thread.setUncaughtExceptionHandler((where, why) -> failure[0] = why);
    thread.start();
    thread.join();
    if (failure[0] != null) throw new AssertionError(failure[0]);
    System.out.println("deep");
  }

  private static void deepGraph() {
    try (Scope scope = Scope.open()) {
      Symbol chain = Symbol.variable("data");
      for (int depth = 0; depth < 5_000; depth++) chain = SymbolOps.negative("n" + depth, chain);
      try (Executor executor = chain.bind(Specs.of("data", 2))) {
        executor.argument("data").set(new float[] {1, 2});
        executor.forward(false);
        check(executor.output(0).toFloats()[1] == 2, "an even number of negations");
      }
      Symbol.fromJson(chain.toJson());
    }
  }

  /** Threads leave nothing behind. */
  private static void shortThreads(int count) throws InterruptedException {
    long before = 0;
    for (int index = 0; index < count; index++) {
      started(
              () -> {
                try (Scope scope = Scope.open()) {
                  NDArray.zeros(100).plus(1);
                }
              })
          .join();
      if (index == 0) before = Memory.of(Device.cpu()).inUse();
    }
    long after = Memory.of(Device.cpu()).inUse();
    check(after == before, "in use: " + before + ", then " + after);
    System.out.println("flat");
  }

  /** The process ends while threads predict, and a shutdown hook closes what they use. */
  private static void exit() {
    Model model = SmallNet.model(7);
    SessionPool pool = model.pool(Specs.of("data", 1, 2), PoolOptions.sessions(4));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  pool.close();
                  model.close();
                  System.out.println("ended");
                }));
    pool.warmUp(10);
    for (int user = 0; user < 4; user++) started(() -> serve(pool));
    while (pool.health().leases() < 1000) Thread.yield();
    System.exit(0);
  }

  private static void serve(SessionPool pool) {
    try {
      while (true) {
        try (SessionPool.Lease lease = pool.lease()) {
          lease.run();
        }
      }
    } catch (IllegalStateException closed) {
      // by the shutdown hook
    }
  }

  private static Thread started(Runnable body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
