// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.cermet.Near.assertValues;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Graphs: composition, inference, files, execution, gradients. */
class SymbolTest {
  private Scope scope;
  private Symbol x;

  @BeforeEach
  void open() {
    scope = Scope.open();
    x = Symbol.variable("x");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Symbol mlp() {
    Symbol hidden = SymbolOps.relu("act", SymbolOps.fullyConnected("fc1", x, 8));
    return SymbolOps.fullyConnected("fc2", hidden, 3, o -> o.flatten(true));
  }

  @Test
  void composingMakesParameters() {
    Symbol net = mlp();
    assertEquals(List.of("x", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"), net.arguments());
    assertEquals(List.of("fc2_output"), net.outputs());
    assertEquals("fc2", net.name());
    assertEquals(List.of(), net.auxiliaryStates());
    assertEquals(1, net.numOutputs());
  }

  @Test
  void variablesHaveRoles() {
    Symbol normal = SymbolOps.batchNorm("bn", SymbolOps.fullyConnected("fc", x, 3));
    Symbol net = SymbolOps.softmaxOutput("softmax", normal, Symbol.variable("answer"));
    assertEquals(Symbol.Role.DATA, net.role("x"));
    assertEquals(Symbol.Role.PARAMETER, net.role("fc_bias"));
    assertEquals(Symbol.Role.LABEL, net.role("answer"));
    assertEquals(Symbol.Role.STATE, net.role("bn_moving_mean"));
    assertThrows(CermetException.NotFound.class, () -> net.role("softmax"));
  }

  @Test
  void lossesSayWhetherTheyAverage() {
    Symbol label = Symbol.variable("label");
    Symbol sums = SymbolOps.softmaxOutput("sums", x, label);
    Symbol means = SymbolOps.softmaxOutput("means", x, label, o -> o.normalization("batch"));
    assertFalse(sums.lossIsMean());
    assertTrue(means.lossIsMean());
    assertThrows(CermetException.NotFound.class, mlp()::lossIsMean);
    assertThrows(CermetException.Unsupported.class, Symbol.group(sums, means)::lossIsMean);
  }

  @Test
  void shapesAreInferred() {
    Symbol.Inferred inferred = mlp().infer(Specs.of("x", 4, 5));
    assertArrayEquals(new long[] {8, 5}, inferred.arguments().get("fc1_weight").shape());
    assertArrayEquals(new long[] {4, 3}, inferred.outputs().get("fc2_output").shape());
    assertEquals(DType.FLOAT32, inferred.outputs().get("fc2_output").dtype());
    assertThrows(IllegalArgumentException.class, () -> inferred.arguments().get("fc3_weight"));
    assertThrows(CermetException.ShapeMismatch.class, () -> mlp().infer(Specs.none()));
  }

  @Test
  void jsonGoesThereAndBack() {
    Symbol net = mlp();
    Symbol back = Symbol.fromJson(net.toJson());
    assertEquals(net.arguments(), back.arguments());
    assertEquals(net.toJson(), back.toJson());
  }

  @Test
  void graphsCanBeCutAndGrouped() {
    Symbol net = mlp();
    Symbol hidden = net.internals().output("act_output");
    assertEquals(List.of("x", "fc1_weight", "fc1_bias"), hidden.arguments());
    Symbol both = Symbol.group(hidden, net);
    assertEquals(List.of("act_output", "fc2_output"), both.outputs());
    assertEquals(List.of("fc2_output"), both.output(1).outputs());
    assertThrows(IllegalArgumentException.class, () -> net.internals().output("nothing"));
  }

  @Test
  void nodesTakeAttributes() {
    assertEquals("0", x.setAttribute("__lr_mult__", "0").attribute("__lr_mult__"));
    assertThrows(CermetException.NotFound.class, () -> x.attribute("__wd_mult__"));
  }

  @Test
  void describeTellsShapes() {
    assertTrue(mlp().describe(Specs.of("x", 4, 5)).contains("fully_connected"));
  }

  @Test
  void executorsRunForwardAndBackward() {
    Symbol w = Symbol.variable("w");
    Symbol y = x.times(w).plus(1).minus(x).div(2).unaryMinus();
    try (Executor executor = y.bind(Specs.of("x", 2).and("w", 2), GradReq.WRITE, "w")) {
      executor.argument("x").set(new float[] {2, 4});
      executor.setArgument("w", NDArray.of(new float[] {3, 5}));
      executor.forward(true);
      assertValues(executor.output(0), -2.5, -8.5);
      executor.backward();
      assertValues(executor.gradient("w"), -1, -2);
      assertThrows(CermetException.InvalidArgument.class, executor::backward, "a forward before each backward");
      executor.forward(true);
      executor.backward(NDArray.of(new float[] {1, 10}));
      assertValues(executor.gradient("w"), -1, -20);
      assertTrue(executor.plannedBytes() > 0);
      assertTrue(executor.arrayBytes() > 0);
      assertTrue(executor.describe().startsWith("{") || executor.describe().startsWith("["));
    }
  }

  @Test
  void executorsTakeOtherShapes() {
    Symbol net = SymbolOps.fullyConnected("fc", x, 2);
    try (Executor executor = net.bind(Specs.of("x", 4, 3));
        Executor smaller = executor.reshape(Specs.of("x", 1, 3))) {
      executor.argument("fc_weight").set(new float[] {1, 0, 0, 0, 1, 0});
      smaller.argument("x").set(new float[] {5, 6, 7});
      smaller.forward(false);
      assertValues(smaller.output(0), 5, 6);
      assertThrows(CermetException.class, () -> executor.argument("nothing"));
    }
  }

  @Test
  void gradientsAreSymbols() {
    Symbol slope = SymbolOps.square(null, x).gradient("x");
    try (Executor executor = slope.bind(Specs.of("x", 2))) {
      executor.argument("x").set(new float[] {3, -1});
      executor.forward(false);
      assertValues(executor.output(0), 6, -2);
    }
  }

  @Test
  void definitionsDescribeThemselves() {
    Definition definition = Definition.operator("FullyConnected");
    assertEquals("fully_connected", definition.name());
    assertTrue(definition.describe().contains("num_hidden"));
    assertTrue(!definition.summary().isEmpty());
    assertTrue(Definition.list(Definition.Kind.LAYER).contains("dense"));
  }
}
