// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.List;
import org.cermet.raw.Raw;

/**
 * A symbol made ready to run on given shapes, forward and backward, with all memory planned beforehand. One thread at a
 * time; different executors are independent.
 *
 * <pre>{@code
 * try (Executor executor = net.bind(Specs.of("x", 4, 2), GradReq.WRITE, "w")) {
 *   executor.argument("w").set(start);
 *   executor.argument("x").set(batch);
 *   executor.forward(true);
 *   executor.backward();
 *   NDArray slope = executor.gradient("w");
 * }
 * }</pre>
 */
public final class Executor extends NativeResource {
  private Executor(long address) {
    super(address, Raw::cermet_executor_release);
  }

  static Executor create(
      Symbol symbol, Specs specs, GradReq request, Device device, MemoryLimit limit, String... gradNames) {
    byte[] names = Text.names(List.of(gradNames));
    return specs.with(
        shapes ->
            symbol.call(
                graph ->
                    new Executor(
                        Raw.cermet_executor_create_with(
                            graph,
                            shapes,
                            names,
                            request.code,
                            device.code,
                            device.id(),
                            limit.bytes(),
                            limit.recompute()))));
  }

  /** The array behind an argument, zeroed at first use unless it was set. */
  public NDArray argument(String name) {
    return array(Raw.CERMET_ARGUMENT, name);
  }

  /** The gradient of an argument. */
  public NDArray gradient(String name) {
    return array(Raw.CERMET_GRADIENT, name);
  }

  /** The array behind an auxiliary state. */
  public NDArray auxiliaryState(String name) {
    return array(Raw.CERMET_AUXILIARY, name);
  }

  /** An output of the last forward, overwritten by the next: copy what must stay. */
  public NDArray output(int index) {
    return NDArray.scoped(callLong(executor -> Raw.cermet_executor_output(executor, index)));
  }

  private NDArray array(int role, String name) {
    return NDArray.scoped(callLong(executor -> Raw.cermet_executor_array(executor, role, Text.utf8(name))));
  }

  /** Uses an array of yours (same shape and dtype, dense) as an argument from now on. */
  public void setArgument(String name, NDArray array) {
    setArray(Raw.CERMET_ARGUMENT, name, array);
  }

  /** Uses an array of yours as the gradient of an argument from now on. */
  public void setGradient(String name, NDArray array) {
    setArray(Raw.CERMET_GRADIENT, name, array);
  }

  /** Uses an array of yours as an auxiliary state from now on. */
  public void setAuxiliaryState(String name, NDArray array) {
    setArray(Raw.CERMET_AUXILIARY, name, array);
  }

  private void setArray(int role, String name, NDArray array) {
    run(executor -> array.run(values -> Raw.cermet_executor_set_array(executor, role, Text.utf8(name), values)));
  }

  /** Runs the graph; {@code train}: as in training, keeping what {@link #backward} needs. */
  public void forward(boolean train) {
    Context.drawing(
        rng -> {
          run(executor -> Raw.cermet_executor_forward(executor, train ? 1 : 0, rng));
          return null;
        });
  }

  /**
   * Computes the gradients; each time after a forward in training.
   *
   * @param headGrads one an output; none, or a null within: ones. Loss outputs ignore theirs
   */
  public void backward(NDArray... headGrads) {
    long[] addresses = acquireAll(headGrads);
    try {
      run(executor -> Raw.cermet_executor_backward(executor, headGrads.length == 0 ? null : addresses));
    } finally {
      releaseAll(headGrads);
    }
  }

  /** An executor for other shapes that shares memory, and all arrays whose shapes are the same. */
  public Executor reshape(Specs specs) {
    return specs.with(shapes -> call(executor -> new Executor(Raw.cermet_executor_reshape(executor, shapes))));
  }

  /** Bytes of intermediates and outputs at their peak, known before anything is allocated. */
  public long plannedBytes() {
    return call(Raw::cermet_executor_planned_bytes)[0];
  }

  /** Bytes of arguments, gradients and states, known before anything is allocated. */
  public long arrayBytes() {
    return call(Raw::cermet_executor_planned_bytes)[1];
  }

  /** What lies in the planned memory from when to when. */
  public MemoryPlan memoryPlan() {
    return MemoryPlan.parse(Text.takeText(callLong(Raw::cermet_executor_memory)));
  }

  /** The plan as JSON: steps, where each value lies from when to when, and what {@link #report} says. */
  public String describe() {
    return Text.takeText(callLong(Raw::cermet_executor_describe));
  }

  /** For people: what the compiler left out, fused, folded or laid out in blocks, and what it refused and why. */
  public String report() {
    return Text.takeText(callLong(Raw::cermet_executor_report));
  }
}
