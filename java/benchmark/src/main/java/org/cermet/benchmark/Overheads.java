// SPDX-License-Identifier: Apache-2.0
package org.cermet.benchmark;

import java.util.concurrent.TimeUnit;
import org.cermet.Definition;
import org.cermet.Layers;
import org.cermet.Model;
import org.cermet.NDArray;
import org.cermet.Session;
import org.cermet.Specs;
import org.cermet.Symbol;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time per call where the engine has next to nothing to compute. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Overheads {
  private final Definition add = Definition.operator("add");
  private final float[] thousand = new float[1000];
  private NDArray four;
  private NDArray many;
  private NDArray[] result;
  private Session session;

  /** Arrays, and a session over a net of one small layer. */
  @Setup
  public void open() {
    four = NDArray.of(new float[] {1, 2, 3, 4});
    result = new NDArray[] {four.copy()};
    many = NDArray.zeros(1000);
    Symbol net = Layers.dense("dense", Symbol.variable("data"), 4);
    try (Model model = Model.of(net)) {
      model.initialize(Specs.of("data", 1, 4));
      session = model.session(Specs.of("data", 1, 4));
    }
  }

  /** Gives all back. */
  @TearDown
  public void close() {
    session.close();
    many.close();
    result[0].close();
    four.close();
  }

  /** A question that the engine answers at once: the cost of crossing. */
  @Benchmark
  public long size() {
    return four.size();
  }

  /** A new array of four floats, closed again. */
  @Benchmark
  public void create() {
    NDArray.zeros(4).close();
  }

  /** The sum of two arrays of four floats as a new array, closed again. */
  @Benchmark
  public void addNew() {
    four.plus(four).close();
  }

  /** The same into an array that is there. */
  @Benchmark
  public void addInto() {
    add.invokeInto(null, result, four, four);
  }

  /** With a number: an operator with an attribute. */
  @Benchmark
  public void addNumber() {
    four.plus(1).close();
  }

  /** A thousand floats from Java into the engine. */
  @Benchmark
  public void writeThousand() {
    many.set(thousand);
  }

  /** A thousand floats out. */
  @Benchmark
  public float[] readThousand() {
    return many.toFloats();
  }

  /** A request to a net of one small layer, without its input and output. */
  @Benchmark
  public void predict() {
    session.run();
  }
}
