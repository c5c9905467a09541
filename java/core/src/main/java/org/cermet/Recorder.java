// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Arrays;
import java.util.function.Supplier;
import org.cermet.raw.Raw;

/**
 * Remembers the operators of a block of code, to compute gradients. An object, not a mode of the thread: as many as you
 * like may exist, each used by one thread at a time.
 *
 * <pre>{@code
 * w.attachGrad();
 * try (Recorder recorder = Recorder.create()) {
 *   NDArray loss = recorder.record(() -> x.matmul(w).minus(y).square().mean());
 *   recorder.backward(loss);                 // w.grad() has it now
 * }
 * }</pre>
 */
public final class Recorder extends NativeResource {
  private Recorder(long address) {
    super(address, Raw::cermet_recorder_release);
  }

  /** A recorder under which operators behave as in training. */
  public static Recorder create() {
    return create(true);
  }

  /** A recorder; {@code train} says whether dropout, batch_norm and the like behave as in training. */
  public static Recorder create(boolean train) {
    return new Recorder(Raw.cermet_recorder_create(train ? 1 : 0));
  }

  /** Runs {@code body} and remembers the operators that it calls on this thread. */
  public <T> T record(Supplier<T> body) {
    return within(true, body);
  }

  /** Runs {@code body} within a {@link #record} without remembering its operators; the mode stays. */
  public <T> T pause(Supplier<T> body) {
    return within(false, body);
  }

  private <T> T within(boolean recording, Supplier<T> body) {
    boolean before = isRecording();
    setMode(recording, isTraining());
    try {
      return Context.withRecorder(this, body);
    } finally {
      setMode(before, isTraining());
    }
  }

  /** Whether operators called now under this recorder are remembered. */
  public boolean isRecording() {
    return call(Raw::cermet_recorder_mode)[0] != 0;
  }

  /** Whether operators behave as in training. */
  public boolean isTraining() {
    return call(Raw::cermet_recorder_mode)[1] != 0;
  }

  /** Sets whether operators behave as in training. */
  public void setTraining(boolean train) {
    setMode(isRecording(), train);
  }

  private void setMode(boolean recording, boolean train) {
    run(recorder -> Raw.cermet_recorder_set_mode(recorder, recording ? 1 : 0, train ? 1 : 0));
  }

  /** Forgets all operators and frees what they kept. */
  public void clear() {
    run(Raw::cermet_recorder_clear);
  }

  /** Fills the gradients attached to the arrays that took part in {@code head}, and forgets the recording. */
  public void backward(NDArray head) {
    backward(new NDArray[] {head}, null, false);
  }

  /**
   * Fills the gradients attached to the arrays that took part, by their {@link GradReq}.
   *
   * @param heads results whose sum is differentiated
   * @param headGrads a weight of the same shape for each head; null, or a null within: ones
   * @param retainGraph keep the recording, to go back through it again
   */
  public void backward(NDArray[] heads, NDArray[] headGrads, boolean retainGraph) {
    checkHeadGrads(heads, headGrads);
    NDArray[] weights = headGrads == null ? new NDArray[0] : headGrads;
    run(
        recorder ->
            holding(
                heads,
                weights,
                (headAddresses, weightAddresses) ->
                    Raw.cermet_recorder_backward(
                        recorder, headAddresses, headGrads == null ? null : weightAddresses, retainGraph ? 1 : 0)));
  }

  /** Gradients of {@code head} with respect to {@code variables}, as new arrays. The recording stays. */
  public NDArray[] gradient(NDArray head, NDArray... variables) {
    return gradient(new NDArray[] {head}, null, variables, false);
  }

  /**
   * Gradients of the sum of all heads, each times its head gradient, as new arrays in the order of {@code variables}. A
   * variable that no head depends on gets zeros. The recording stays.
   *
   * @param headGrads null, or a null within: ones
   * @param createGraph record this computation too, for gradients of gradients; call it within {@link #record}
   */
  public NDArray[] gradient(NDArray[] heads, NDArray[] headGrads, NDArray[] variables, boolean createGraph) {
    checkHeadGrads(heads, headGrads);
    NDArray[] weights = headGrads == null ? new NDArray[0] : headGrads;
    long[] gradients = new long[variables.length];
    run(
        recorder ->
            holding(
                heads,
                concatenated(weights, variables),
                (headAddresses, rest) ->
                    Raw.cermet_recorder_gradient(
                        recorder,
                        headAddresses,
                        headGrads == null ? null : Arrays.copyOf(rest, weights.length),
                        Arrays.copyOfRange(rest, weights.length, rest.length),
                        createGraph ? 1 : 0,
                        gradients)));
    return Arrays.stream(gradients).mapToObj(NDArray::scoped).toArray(NDArray[]::new);
  }

  private static NDArray[] concatenated(NDArray[] first, NDArray[] second) {
    NDArray[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static void checkHeadGrads(NDArray[] heads, NDArray[] headGrads) {
    if (headGrads == null || headGrads.length == heads.length) return;
    throw new IllegalArgumentException("headGrads: got " + headGrads.length + " arrays; want " + heads.length);
  }

  private interface TwoLists {
    void accept(long[] first, long[] second);
  }

  private static void holding(NDArray[] first, NDArray[] second, TwoLists body) {
    long[] firstAddresses = acquireAll(first);
    try {
      long[] secondAddresses = acquireAll(second);
      try {
        body.accept(firstAddresses, secondAddresses);
      } finally {
        releaseAll(second);
      }
    } finally {
      releaseAll(first);
    }
  }
}
