// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.function.Supplier;
import org.cermet.raw.Raw;

/**
 * A stream of random numbers. The same seed gives the same numbers for any number of threads. Any thread may use it.
 *
 * <pre>{@code
 * NDArray noise = rng.with(() -> Ops.randomNormal(o -> o.shape(2, 3)));
 * }</pre>
 */
public final class Rng extends NativeResource {
  private Rng(long address) {
    super(address, Raw::cermet_rng_release);
  }

  /** A stream that starts at {@code seed}. */
  public static Rng of(long seed) {
    return new Rng(Raw.cermet_rng_create(seed));
  }

  /** Runs {@code body}: whatever it calls on this thread that draws random numbers takes them from this stream. */
  public <T> T with(Supplier<T> body) {
    return Context.withRng(this, body);
  }

  /** Starts the stream anew. */
  public void seed(long seed) {
    run(rng -> Raw.cermet_rng_seed(rng, seed));
  }

  /** Seed and position of the stream, for {@link #restore}. */
  public long[] state() {
    return call(Raw::cermet_rng_state);
  }

  /** Goes on from a {@link #state}. */
  public void restore(long[] state) {
    run(rng -> Raw.cermet_rng_set_state(rng, state[0], state[1]));
  }
}
