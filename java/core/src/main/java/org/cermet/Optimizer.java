// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Map;
import org.cermet.raw.Raw;

/** Updates weights from gradients, with one state a parameter; made by {@link Optimizers}. One thread at a time. */
public final class Optimizer extends NativeResource {
  private Optimizer(long address) {
    super(address, Raw::cermet_optimizer_release);
  }

  /** An optimizer by its definition; {@code attributes} may be null. */
  public static Optimizer of(Definition definition, Attributes attributes) {
    return definition.withAttributes(
        attributes, attrs -> new Optimizer(Raw.cermet_optimizer_create(definition.address(), attrs)));
  }

  /**
   * One step over all weights, in place, by the gradients attached to them ({@link NDArray#attachGrad()}).
   *
   * @param weights by names that tell the parameters apart from step to step
   */
  public void update(Map<String, NDArray> weights) {
    NDArray[] arrays = weights.values().toArray(new NDArray[0]);
    NDArray[] grads = new NDArray[arrays.length];
    try {
      for (int index = 0; index < arrays.length; index++) {
        grads[index] = NDArray.unscoped(arrays[index].callLong(Raw::cermet_ndarray_grad));
      }
      update(Text.names(weights.keySet()), arrays, grads);
    } finally {
      for (NDArray grad : grads) {
        if (grad != null) grad.close();
      }
    }
  }

  /** One step over all weights, in place; {@code gradients} has one for each weight, by the same name. */
  public void update(Map<String, NDArray> weights, Map<String, NDArray> gradients) {
    if (!weights.keySet().equals(gradients.keySet())) {
      throw new IllegalArgumentException("gradients: got " + gradients.keySet() + "; want " + weights.keySet());
    }
    NDArray[] grads = weights.keySet().stream().map(gradients::get).toArray(NDArray[]::new);
    update(Text.names(weights.keySet()), weights.values().toArray(new NDArray[0]), grads);
  }

  private void update(byte[] names, NDArray[] weights, NDArray[] grads) {
    long[] weightAddresses = acquireAll(weights);
    try {
      long[] gradAddresses = acquireAll(grads);
      try {
        run(optimizer -> Raw.cermet_optimizer_update(optimizer, names, weightAddresses, gradAddresses));
      } finally {
        releaseAll(grads);
      }
    } finally {
      releaseAll(weights);
    }
  }

  /** The rate that the next update will use. */
  public double learningRate() {
    return callDouble(Raw::cermet_optimizer_learning_rate);
  }

  /** Sets the learning rate. */
  public void setLearningRate(double rate) {
    run(optimizer -> Raw.cermet_optimizer_set_learning_rate(optimizer, rate));
  }

  /** Sets the learning rate as a function of the number of updates; null: constant again. Gives the optimizer back. */
  public Optimizer setSchedule(Schedule schedule) {
    run(
        optimizer -> {
          if (schedule == null) {
            Raw.cermet_optimizer_set_schedule(optimizer, 0, 0);
            return;
          }
          schedule.with(
              (definition, attrs) -> {
                Raw.cermet_optimizer_set_schedule(optimizer, definition, attrs);
                return null;
              });
        });
    return this;
  }

  /**
   * Loss scaling, for gradients of 16 bits. A {@link Trainer} multiplies its gradients by the scale where losses begin
   * them; updates divide by it, and are left out where gradients are not all finite. Gives the optimizer back.
   *
   * @param scale 1 to 2^24, 65536 as a rule; 0: none
   * @param growthInterval 0: the scale stays; else it is halved with each update that is left out, and doubled after this
   *     many good ones, 2000 as a rule
   */
  public Optimizer setLossScale(double scale, long growthInterval) {
    run(optimizer -> Raw.cermet_optimizer_set_loss_scale(optimizer, scale, growthInterval));
    return this;
  }

  /** The present loss scale; 0: none. */
  public double lossScale() {
    return callDouble(Raw::cermet_optimizer_loss_scale);
  }

  /** How many updates were left out since the loss scale was set. */
  public long skippedUpdates() {
    return callLong(Raw::cermet_optimizer_skipped_updates);
  }

  /** All states, the update count, the learning rate and the loss scale, as bytes. */
  public byte[] toBytes() {
    return Text.takeBytes(callLong(Raw::cermet_optimizer_to_bytes));
  }

  /** Goes on from what {@link #toBytes} gave. */
  public void restore(byte[] bytes) {
    run(optimizer -> Raw.cermet_optimizer_restore(optimizer, bytes));
  }
}
