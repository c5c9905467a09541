// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.HashMap;
import java.util.Map;
import org.cermet.raw.Raw;

/**
 * Prediction with fixed input shapes and memory planned beforehand. One thread at a time: a second one gets {@link
 * CermetException.InvalidArgument}, not a wrong number. The arrays that it hands out are its own and close with it.
 */
public final class Session extends NativeResource {
  // What was handed out, so that a request makes nothing that must be closed.
  private final Map<String, NDArray> inputs = new HashMap<>();
  private final Map<Integer, NDArray> outputs = new HashMap<>();

  Session(long address) {
    super(address, Raw::cermet_session_release);
  }

  /** Memory of the engine to write an input into, with {@link NDArray#set(float[])} or {@link NDArray#buffer}. */
  public synchronized NDArray input(String name) {
    NDArray known = inputs.get(name);
    if (known != null && !isClosed()) return known;
    NDArray input = NDArray.unscoped(callLong(session -> Raw.cermet_session_input(session, Text.utf8(name))));
    inputs.put(name, input);
    return input;
  }

  /** Computes the outputs from what the inputs hold. */
  public void run() {
    run(Raw::cermet_session_run);
  }

  /** An output, overwritten by the next run. */
  public synchronized NDArray output(int index) {
    NDArray known = outputs.get(index);
    if (known != null && !isClosed()) return known;
    NDArray output = NDArray.unscoped(callLong(session -> Raw.cermet_session_output(session, index)));
    outputs.put(index, output);
    return output;
  }

  /** Takes other input shapes from now on; shapes seen before cost nothing. Ask for inputs and outputs anew. */
  public synchronized void reshape(Specs shapes) {
    shapes.with(
        specs -> {
          run(session -> Raw.cermet_session_reshape(session, specs));
          return null;
        });
    forget();
  }

  /** Bytes that the session itself needs (inputs, outputs, intermediates), known before its first run. */
  public long plannedBytes() {
    return callLong(Raw::cermet_session_planned_bytes);
  }

  private void forget() {
    inputs.values().forEach(NDArray::close);
    outputs.values().forEach(NDArray::close);
    inputs.clear();
    outputs.clear();
  }

  @Override
  public void close() {
    super.close();
    synchronized (this) {
      forget();
    }
  }
}
