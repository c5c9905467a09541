// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of random numbers: seeds, and states that are saved and restored. */
class RngTest {
  private Scope scope;
  private Recorder recorder;

  @BeforeEach
  void open() {
    scope = Scope.open();
    recorder = Recorder.create();
  }

  @AfterEach
  void close() {
    recorder.close();
    scope.close();
  }

  /** Which of 100 entries dropout leaves, by the numbers that hold for this thread. */
  private float[] draw() {
    return recorder.record(() -> Ops.dropout(Ops.onesLike(NDArray.zeros(100)))).toFloats();
  }

  @Test
  void theSameSeedGivesTheSameNumbers() {
    try (Rng one = Rng.of(11);
        Rng two = Rng.of(11);
        Rng other = Rng.of(12)) {
      float[] first = one.with(this::draw);
      assertArrayEquals(first, two.with(this::draw));
      assertFalse(Arrays.equals(first, other.with(this::draw)));
      assertFalse(Arrays.equals(first, one.with(this::draw)), "the stream goes on");
      one.seed(11);
      assertArrayEquals(first, one.with(this::draw));
    }
  }

  @Test
  void aStateCanBeRestored() {
    try (Rng rng = Rng.of(5)) {
      rng.with(this::draw);
      long[] state = rng.state();
      float[] next = rng.with(this::draw);
      rng.restore(state);
      assertArrayEquals(next, rng.with(this::draw));
    }
  }

  @Test
  void theProcessHasAStreamToo() {
    Cermet.seed(3);
    float[] first = draw();
    Cermet.seed(3);
    assertArrayEquals(first, draw());
  }
}
