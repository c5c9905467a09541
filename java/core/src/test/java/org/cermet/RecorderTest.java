// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.cermet.Near.assertValues;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gradients of code that runs: recording, pausing, heads, second derivatives. */
class RecorderTest {
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

  @Test
  void backwardFillsAttachedGradients() {
    NDArray x = NDArray.of(new float[] {1, 2, 3}).attachGrad();
    NDArray y = recorder.record(() -> x.times(x).times(x));
    recorder.backward(y);
    assertValues(x.grad(), 3, 12, 27);
  }

  @Test
  void gradientsAddUpWhenAsked() {
    NDArray x = NDArray.of(new float[] {2}).attachGrad(GradReq.ADD);
    for (int pass = 0; pass < 3; pass++) recorder.backward(recorder.record(x::square));
    assertValues(x.grad(), 12);
  }

  @Test
  void gradientGivesNewArraysAndTakesWeights() {
    NDArray x = NDArray.of(new float[] {1, 2});
    NDArray w = NDArray.of(new float[] {3, 4}).attachGrad();
    x.attachGrad();
    NDArray y = recorder.record(() -> x.times(w));
    NDArray[] ones = recorder.gradient(y, x, w);
    assertValues(ones[0], 3, 4);
    assertValues(ones[1], 1, 2);
    NDArray[] weighted =
        recorder.gradient(new NDArray[] {y}, new NDArray[] {NDArray.of(new float[] {10, 100})}, new NDArray[] {x}, false);
    assertValues(weighted[0], 30, 400);
    assertThrows(
        IllegalArgumentException.class,
        () -> recorder.gradient(new NDArray[] {y}, new NDArray[0], new NDArray[] {x}, false));
  }

  @Test
  void gradientsOfGradients() {
    NDArray x = NDArray.of(new float[] {2}).attachGrad();
    NDArray slope =
        recorder.record(
            () -> {
              NDArray cube = x.times(x).times(x);
              return recorder.gradient(new NDArray[] {cube}, null, new NDArray[] {x}, true)[0];
            });
    assertValues(slope, 12);
    assertValues(recorder.gradient(slope, x)[0], 12);
  }

  @Test
  void pausedOperatorsAreConstants() {
    NDArray x = NDArray.of(new float[] {3}).attachGrad();
    NDArray y = recorder.record(() -> x.times(recorder.pause(x::square)));
    recorder.backward(y);
    assertValues(x.grad(), 9);
    assertTrue(recorder.isTraining());
  }

  @Test
  void modesAreOfTheRecorder() {
    NDArray x = Ops.onesLike(NDArray.zeros(1000));
    try (Recorder predicting = Recorder.create(false)) {
      assertEquals(1000, predicting.record(() -> Ops.dropout(x).sum()).item());
      assertFalse(predicting.isTraining());
    }
    NDArray dropped = recorder.record(() -> Ops.dropout(x, o -> o.p(0.5)));
    assertTrue(Ops.equal(dropped, NDArray.zeros(1000)).sum().item() > 300);
  }
}
