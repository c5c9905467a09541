// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Sessions over one model for batches of 1, 2, 4 ... requests: a batch takes the smallest that holds it, so that a lone
 * request does not pay for a full batch, and all memory is there from the start. One thread at a time.
 */
final class BatchSessions implements AutoCloseable {
  private final List<Session> sessions = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private final Specs request;
  private int numOutputs;

  BatchSessions(Model model, Specs request, int maxBatch) {
    this.request = request;
    try {
      for (int size = 1; ; size = Math.min(2 * size, maxBatch)) {
        sizes.add(size);
        sessions.add(model.session(shapes(size)));
        if (size == maxBatch) break;
      }
      for (Session session : sessions) session.run(); // warm: the first request does not wait for it
      checkOutputs(model);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private Specs shapes(int size) {
    Specs shapes = Specs.none();
    for (Map.Entry<String, Spec> input : request.asMap().entrySet()) {
      long[] shape = input.getValue().shape();
      shape[0] = size;
      shapes = shapes.and(input.getKey(), input.getValue().dtype(), shape);
    }
    return shapes;
  }

  private void checkOutputs(Model model) {
    try (Symbol symbol = model.symbol()) {
      numOutputs = symbol.numOutputs();
    }
    for (int index = 0; index < numOutputs; index++) {
      for (int which = 0; which < sizes.size(); which++) {
        long[] shape = sessions.get(which).output(index).shape();
        if (shape.length > 0 && shape[0] == sizes.get(which)) continue;
        throw new IllegalArgumentException("model: output " + index + " has the shape " + Arrays.toString(shape)
            + " for a batch of " + sizes.get(which) + "; want the batch as first axis");
      }
    }
  }

  /** The answers to some requests: a row of each output for each. */
  List<float[][]> run(List<float[][]> requests) {
    int which = 0;
    while (sizes.get(which) < requests.size()) which++;
    Session session = sessions.get(which);
    int size = sizes.get(which);
    int number = 0;
    for (String name : request.asMap().keySet()) {
      session.input(name).set(joined(requests, number++, size));
    }
    session.run();
    List<float[][]> answers = new ArrayList<>();
    for (int row = 0; row < requests.size(); row++) answers.add(new float[numOutputs][]);
    for (int index = 0; index < numOutputs; index++) {
      float[] values = session.output(index).toFloats();
      int length = values.length / size;
      for (int row = 0; row < answers.size(); row++) {
        answers.get(row)[index] = Arrays.copyOfRange(values, row * length, (row + 1) * length);
      }
    }
    return answers;
  }

  /** One input of all requests; rows that nobody asked for are zeros. */
  private static float[] joined(List<float[][]> requests, int input, int size) {
    int length = requests.get(0)[input].length;
    float[] joined = new float[size * length];
    for (int row = 0; row < requests.size(); row++) {
      System.arraycopy(requests.get(row)[input], 0, joined, row * length, length);
    }
    return joined;
  }

  long plannedBytes() {
    return sessions.stream().mapToLong(Session::plannedBytes).sum();
  }

  @Override
  public void close() {
    sessions.forEach(Session::close);
  }
}
