// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies in an executor's memory from when to when, known before anything is allocated ({@link
 * Executor#memoryPlan()}).
 */
public final class MemoryPlan {
  /** A value in the planned memory. */
  public static final class Value {
    private final String[] cells;
    private final long bytes;
    private final long offset;
    private final int first;
    private final int last;

    private Value(String line) {
      cells = line.split("\t", -1);
      bytes = Long.parseLong(cells[4]);
      offset = Long.parseLong(cells[5]);
      first = Integer.parseInt(cells[6]);
      last = Integer.parseInt(cells[7]);
    }

    /** What makes it. */
    public String operator() {
      return cells[0];
    }

    /** The name in the graph of what makes it. */
    public String node() {
      return cells[1];
    }

    /** {@code forward}, {@code backward}, or {@code recomputed} for what the backward pass computes once more. */
    public String pass() {
      return cells[2];
    }

    /** The name of the value. */
    public String name() {
      return cells[3];
    }

    /** Its size. */
    public long bytes() {
      return bytes;
    }

    /** Where it lies. */
    public long offset() {
      return offset;
    }

    /** The first step at which it holds its bytes, counted from 0. */
    public int first() {
      return first;
    }

    /** The last step at which it does. */
    public int last() {
      return last;
    }
  }

  private final List<Value> values;

  private MemoryPlan(List<Value> values) {
    this.values = List.copyOf(values);
  }

  static MemoryPlan parse(String table) {
    List<Value> values = new ArrayList<>();
    table.lines().skip(1).forEach(line -> values.add(new Value(line)));
    return new MemoryPlan(values);
  }

  /** One for each value or workspace, in the order of the steps that make them. */
  public List<Value> values() {
    return values;
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
