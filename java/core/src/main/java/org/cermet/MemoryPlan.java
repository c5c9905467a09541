// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies in an executor's memory from when to when, known before anything is allocated ({@link
 * Executor#memoryPlan()}).
 *
 * @param values one for each value or workspace, in the order of the steps that make them
 */
public record MemoryPlan(List<Value> values) {
  /**
   * A value in the planned memory.
   *
   * @param operator what makes it
   * @param node its name in the graph
   * @param pass forward, backward, or recomputed for what the backward pass computes once more
   * @param name of the value
   * @param bytes its size
   * @param offset where it lies
   * @param first the first step at which it holds its bytes, counted from 0
   * @param last the last one
   */
  public record Value(
      String operator, String node, String pass, String name, long bytes, long offset, int first, int last) {}

  /** Keeps a copy of the list. */
  public MemoryPlan {
    values = List.copyOf(values);
  }

  static MemoryPlan parse(String table) {
    List<Value> values = new ArrayList<>();
    for (String line : table.lines().skip(1).toList()) {
      String[] cells = line.split("\t", -1);
      values.add(
          new Value(
              cells[0],
              cells[1],
              cells[2],
              cells[3],
              Long.parseLong(cells[4]),
              Long.parseLong(cells[5]),
              Integer.parseInt(cells[6]),
              Integer.parseInt(cells[7])));
    }
    return new MemoryPlan(values);
  }

  /** The bytes in use at each step. */
  public long[] live() {
    long[] live = new long[values.stream().mapToInt(value -> value.last() + 1).max().orElse(0)];
    for (Value value : values) {
      for (int step = value.first(); step <= value.last(); step++) live[step] += value.bytes();
    }
    return live;
  }

  /** The step at which most bytes are in use; the first of several. */
  public int peakStep() {
    long[] live = live();
    int peak = 0;
    for (int step = 1; step < live.length; step++) if (live[step] > live[peak]) peak = step;
    return peak;
  }

  /** The bytes at the peak by operator, the largest first. */
  public Map<String, Long> peakByOperator() {
    int peak = peakStep();
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (Value value : values) {
      if (value.first() <= peak && peak <= value.last()) bytes.merge(value.operator(), value.bytes(), Long::sum);
    }
    Map<String, Long> sorted = new LinkedHashMap<>();
    bytes.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /** The peak and the operators that hold it, for people. */
  @Override
  public String toString() {
    long[] live = live();
    StringBuilder text = new StringBuilder();
    text.append("MemoryPlan: ").append(values.size()).append(" values, ").append(live.length).append(" steps");
    if (live.length == 0) return text.toString();
    text.append(", peak ").append(live[peakStep()]).append(" bytes at step ").append(peakStep());
    peakByOperator().forEach((operator, bytes) -> text.append("\n  ").append(operator).append(' ').append(bytes));
    return text.toString();
  }
}
