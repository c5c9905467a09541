// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.cermet.raw.Raw;

/**
 * Batches over arrays whose first axis counts observations. Iterating makes one pass; with shuffling, each pass has a new
 * order. A batch closes when the next one is asked for: copy what must stay. One thread at a time.
 *
 * <pre>{@code
 * try (Loader loader = Loader.shuffled(64, Rng.of(1), images, labels)) {
 *   for (Loader.Batch batch : loader) trainer.step(batch.arrays());
 * }
 * }</pre>
 */
public final class Loader extends NativeResource implements Iterable<Loader.Batch> {
  /** One batch: a part of each of the loader's arrays. */
  public static final class Batch implements AutoCloseable {
    private final NDArray[] arrays;

    private Batch(NDArray[] arrays) {
      this.arrays = arrays;
    }

    /** The parts, in the order of the loader's arrays. */
    public NDArray[] arrays() {
      return arrays.clone();
    }

    /** One of the parts. */
    public NDArray get(int index) {
      return arrays[index];
    }

    /** Closes the parts. */
    @Override
    public void close() {
      for (NDArray array : arrays) array.close();
    }
  }

  private final int numArrays;

  private Loader(long address, int numArrays) {
    super(address, Raw::cermet_loader_release);
    this.numArrays = numArrays;
  }

  /** Batches in order, the last one smaller where need be. */
  public static Loader of(long batchSize, NDArray... arrays) {
    return create(batchSize, false, LastBatch.KEEP, 0, arrays);
  }

  /** Batches in a new random order each pass, the last one smaller where need be. */
  public static Loader shuffled(long batchSize, Rng rng, NDArray... arrays) {
    return shuffled(batchSize, rng, LastBatch.KEEP, arrays);
  }

  /** Batches in a new random order each pass. */
  public static Loader shuffled(long batchSize, Rng rng, LastBatch lastBatch, NDArray... arrays) {
    return rng.call(numbers -> create(batchSize, true, lastBatch, numbers, arrays));
  }

  private static Loader create(long batchSize, boolean shuffle, LastBatch last, long rng, NDArray... arrays) {
    long[] addresses = acquireAll(arrays);
    try {
      return new Loader(
          Raw.cermet_loader_create(addresses, batchSize, shuffle ? 1 : 0, last.code, rng), arrays.length);
    } finally {
      releaseAll(arrays);
    }
  }

  /** Number of batches in a pass. */
  public long numBatches() {
    return callLong(Raw::cermet_loader_num_batches);
  }

  /** Starts a pass; what is left of a pass before is dropped. */
  @Override
  public Iterator<Batch> iterator() {
    run(Raw::cermet_loader_reset);
    return new Iterator<>() {
      private Batch current;
      private Boolean more; // null: not asked yet

      @Override
      public boolean hasNext() {
        if (more == null) {
          if (current != null) current.close();
          more = callInt(Raw::cermet_loader_next) != 0;
        }
        return more;
      }

      @Override
      public Batch next() {
        if (!hasNext()) throw new NoSuchElementException("the pass is over");
        more = null;
        current = batch();
        return current;
      }
    };
  }

  private Batch batch() {
    NDArray[] arrays = new NDArray[numArrays];
    for (int index = 0; index < numArrays; index++) {
      int part = index;
      arrays[index] = NDArray.unscoped(callLong(loader -> Raw.cermet_loader_batch(loader, part)));
    }
    return new Batch(arrays);
  }
}
