// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/**
 * Training as one call a batch: forward, backward, update and metrics. It changes the parameters of its model in place.
 * One thread at a time.
 *
 * <pre>{@code
 * try (Trainer trainer = Trainer.of(model, Specs.of("data", 64, 1, 8, 8).and("label", 64), optimizer)) {
 *   trainer.addMetric(accuracy, 1, 0);
 *   for (int epoch = 0; epoch < 10; epoch++) {
 *     accuracy.reset();
 *     for (Loader.Batch batch : loader) trainer.step(batch.arrays());
 *     System.out.println("accuracy " + accuracy.value());
 *   }
 * }
 * }</pre>
 */
public final class Trainer extends NativeResource {
  private Trainer(long address) {
    super(address, Raw::cermet_trainer_release);
  }

  /**
   * A trainer.
   *
   * @param model whose parameters all have a value ({@link Model#initialize(Specs)})
   * @param inputs data and labels, in the order in which steps take them
   */
  public static Trainer of(Model model, Specs inputs, Optimizer optimizer) {
    return of(model, inputs, optimizer, MemoryLimit.NONE);
  }

  /** The same within a limit of memory, which does not count what the optimizer keeps. */
  public static Trainer of(Model model, Specs inputs, Optimizer optimizer, MemoryLimit limit) {
    return inputs.with(
        specs ->
            model.call(
                net ->
                    optimizer.call(
                        rule ->
                            new Trainer(
                                Raw.cermet_trainer_create_with(
                                    net, specs, rule, limit.bytes(), limit.recompute())))));
  }

  /** Updates {@code metric} at each step, with input number {@code labelInput} and output number {@code output}. */
  public void addMetric(Metric metric, int labelInput, int output) {
    run(trainer -> metric.run(figure -> Raw.cermet_trainer_add_metric(trainer, figure, labelInput, output)));
  }

  /** One step on a batch: arrays in the order of the inputs. The batch size may change from step to step. */
  public void step(NDArray... batch) {
    long[] addresses = acquireAll(batch);
    try {
      Context.drawing(
          rng -> {
            run(trainer -> Raw.cermet_trainer_step(trainer, addresses, rng));
            return null;
          });
    } finally {
      releaseAll(batch);
    }
  }

  /** Predicts a batch and updates the metrics, and changes no parameter: for validation. */
  public void evaluate(NDArray... batch) {
    long[] addresses = acquireAll(batch);
    try {
      run(trainer -> Raw.cermet_trainer_evaluate(trainer, addresses));
    } finally {
      releaseAll(batch);
    }
  }

  /** An output of the last step or evaluation, overwritten by the next. */
  public NDArray output(int index) {
    return NDArray.scoped(callLong(trainer -> Raw.cermet_trainer_output(trainer, index)));
  }

  /** Bytes of intermediates at their peak, known before the first step. */
  public long plannedBytes() {
    return call(Raw::cermet_trainer_planned_bytes)[0];
  }

  /** Bytes of parameters, gradients and optimizer states. */
  public long arrayBytes() {
    return call(Raw::cermet_trainer_planned_bytes)[1];
  }
}
