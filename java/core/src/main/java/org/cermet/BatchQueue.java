// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Requests that wait for a {@link Batcher}, in the order in which they came. */
final class BatchQueue {
  /** One row of each input, and the row of each output that is to come. */
  static final class Request {
    final float[][] inputs;
    final CompletableFuture<float[][]> answer = new CompletableFuture<>();
    final long since = System.nanoTime();

    Request(float[][] inputs) {
      this.inputs = inputs;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final int capacity;
  private boolean closed;

  BatchQueue(int capacity) {
    this.capacity = capacity;
  }

  /** False: the queue is full. */
  boolean add(Request request) {
    lock.lock();
    try {
      if (closed) throw new IllegalStateException("this Batcher is closed");
      if (waiting.size() >= capacity) return false;
      waiting.add(request);
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next batch: as many as wait when there are {@code most}, or when the first has waited for {@code delay}
   * nanoseconds. Empty: closed, and nothing waits any more.
   */
  List<Request> next(int most, long delay) throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) changed.await();
      while (!waiting.isEmpty() && waiting.size() < most && !closed) {
        long left = waiting.peek().since + delay - System.nanoTime();
        if (left <= 0) break;
        changed.awaitNanos(left);
      }
      List<Request> batch = new ArrayList<>();
      while (batch.size() < most && !waiting.isEmpty()) batch.add(waiting.poll());
      return batch;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
