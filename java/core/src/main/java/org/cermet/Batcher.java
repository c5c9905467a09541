// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Joins the requests of many threads into batches, for models whose first axis counts independent rows. A request waits
 * for others no longer than {@link BatchOptions#maxDelay}, and has an answer or a {@link CermetException.Timeout} after
 * {@link BatchOptions#timeout}. Memory is known before the first request: the weights once, and {@link #plannedBytes}.
 *
 * <pre>{@code
 * Batcher batcher = Batcher.of(model, Specs.of("data", 1, 64), BatchOptions.maxBatch(32));
 * float[] probabilities = batcher.predict(features);      // on any thread
 * }</pre>
 *
 * <p>Values are converted between float and the dtypes of inputs and outputs. One thread of the batcher's own runs the
 * model. Any number of threads may use a batcher at once.
 */
public final class Batcher implements AutoCloseable {
  private final BatchOptions options;
  private final Specs request;
  private final int[] lengths; // of one row of each input
  private final BatchQueue queue;
  private final Thread worker = new Thread(this::work, "cermet-batcher");
  private final Object running = new Object();
  private BatchSessions sessions; // guarded by running
  private final LongAdder requests = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder failures = new LongAdder();

  private Batcher(Specs request, BatchOptions options, BatchSessions sessions, int[] lengths) {
    this.options = options;
    this.request = request;
    this.lengths = lengths;
    this.sessions = sessions;
    queue = new BatchQueue(options.queue());
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * A batcher, warmed up. The model may be closed after that.
   *
   * @param request shapes and dtypes of the inputs of one request, with 1 as first axis
   */
  public static Batcher of(Model model, Specs request, BatchOptions options) {
    List<Spec> inputs = new ArrayList<>(request.asMap().values());
    int[] lengths = new int[inputs.size()];
    for (int index = 0; index < lengths.length; index++) {
      long[] shape = inputs.get(index).shape();
      if (shape.length == 0 || shape[0] != 1) {
        throw new IllegalArgumentException("request: got " + request + "; want 1 as the first axis of each input");
      }
      lengths[index] = ArrayChecks.javaLength(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }
    return new Batcher(request, options, new BatchSessions(model, request, options.maxBatch()), lengths);
  }

  /**
   * The first output for one request.
   *
   * @param inputs one array for each input, in the order of the specs, row-major
   * @throws CermetException.Timeout if there is no answer in time
   * @throws CermetException.LimitExceeded if too many requests wait already
   * @throws IllegalStateException if the batcher is closed
   */
  public float[] predict(float[]... inputs) {
    return predictAll(inputs)[0];
  }

  /** All outputs for one request; else like {@link #predict}. */
  public float[][] predictAll(float[]... inputs) {
    CompletableFuture<float[][]> answer = submit(inputs);
    try {
      return answer.get(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      CermetException.Timeout timeout = timeout();
      answer.completeExceptionally(timeout); // if it still waits, it is not run any more
      throw timeout;
    } catch (InterruptedException interrupted) {
      answer.cancel(false);
      Thread.currentThread().interrupt();
      throw new CermetException.Cancelled(details("interrupted while waiting for the answer"));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException) throw (RuntimeException) failed.getCause();
      throw (Error) failed.getCause();
    }
  }

  /**
   * All outputs for one request, when they are there. A request that is cancelled, or whose time is over, before its
   * batch begins is not run; its batch runs without it.
   */
  public CompletableFuture<float[][]> submit(float[]... inputs) {
    if (inputs.length != lengths.length) {
      throw new IllegalArgumentException("inputs: got " + inputs.length + "; want those of " + request);
    }
    float[][] copies = new float[inputs.length][];
    for (int index = 0; index < inputs.length; index++) {
      if (inputs[index].length != lengths[index]) {
        throw new CermetException.ShapeMismatch(details(
            "input " + index + ": got " + inputs[index].length + " values; want " + lengths[index] + " for " + request));
      }
      copies[index] = inputs[index].clone();
    }
    BatchQueue.Request one = new BatchQueue.Request(copies);
    if (!queue.add(one)) {
      refused.increment();
      throw new CermetException.LimitExceeded(details("queue: " + options.queue() + " requests wait already"));
    }
    requests.increment();
    return one.answer;
  }

  private void work() {
    while (true) {
      try {
        List<BatchQueue.Request> batch = queue.next(options.maxBatch(), options.maxDelay().toNanos());
        if (batch.isEmpty()) break;
        answer(batch);
      } catch (InterruptedException ignored) {
        // Only close() ends this thread: requests wait for it.
      }
    }
    synchronized (running) {
      sessions.close();
    }
  }

  private void answer(List<BatchQueue.Request> batch) {
    dropLate(batch);
    if (batch.isEmpty()) return;
    List<float[][]> rows = new ArrayList<>();
    for (BatchQueue.Request one : batch) rows.add(one.inputs);
    batches.increment();
    try {
      Iterator<float[][]> answers;
      synchronized (running) {
        answers = sessions.run(rows).iterator();
      }
      for (BatchQueue.Request one : batch) one.answer.complete(answers.next());
    } catch (RuntimeException | Error failure) {
      failures.add(batch.size());
      for (BatchQueue.Request one : batch) one.answer.completeExceptionally(failure);
    }
  }

  private void dropLate(List<BatchQueue.Request> batch) {
    long now = System.nanoTime();
    for (BatchQueue.Request one : batch) {
      if (now - one.since > options.timeout().toNanos() && !one.answer.isDone()) {
        one.answer.completeExceptionally(timeout());
      }
    }
    batch.removeIf(one -> one.answer.isDone());
  }

  private CermetException.Timeout timeout() {
    timeouts.increment();
    return new CermetException.Timeout(details("no answer within " + options.timeout().toMillis() + " ms"));
  }

  private static CermetException.Details details(String message) {
    return new CermetException.Details("Batcher: " + message, "", "", "", new long[0][]);
  }

  /**
   * Serves with {@code model} from the next batch on; no request is lost, and the one before is freed. Its sessions are
   * made and warmed up on this thread, before anything changes.
   */
  public void replace(Model model) {
    BatchSessions next = new BatchSessions(model, request, options.maxBatch());
    synchronized (running) {
      if (!queue.isClosed()) {
        sessions.close();
        sessions = next;
        return;
      }
    }
    next.close();
    throw new IllegalStateException("this Batcher is closed");
  }

  /** Bytes that the sessions for all batch sizes need together, besides the weights. */
  public long plannedBytes() {
    synchronized (running) {
      return sessions.plannedBytes();
    }
  }

  /** What the batcher did and can do now. */
  public BatchHealth health() {
    return new BatchHealth(!queue.isClosed() && worker.isAlive(), queue.size(), requests.sum(), batches.sum(),
        refused.sum(), timeouts.sum(), failures.sum());
  }

  /** Takes no more requests, answers those that wait, and frees the sessions. Returns when that is done. */
  @Override
  public void close() {
    queue.close();
    if (Thread.currentThread() == worker) return; // called by what follows an answer
    try {
      worker.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt(); // the worker goes on to the end of the queue by itself
    }
  }

  @Override
  public String toString() {
    return "Batcher[" + health() + "]";
  }
}
