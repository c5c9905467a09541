// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Plans of memory as tables, and limits of memory that change no result. */
class MemoryPlanTest {
  private static Symbol net() {
    Symbol net = Symbol.variable("x");
    for (int k = 0; k < 8; k++) net = SymbolOps.softmax(null, net);
    return net;
  }

  private static float[] gradient(Executor executor) {
    float[] values = new float[32 * 64];
    IntStream.range(0, values.length).forEach(k -> values[k] = k % 7 - 3);
    executor.argument("x").set(values);
    executor.forward(true);
    executor.backward();
    return executor.gradient("x").toFloats();
  }

  @Test
  void tablesHoldTheBytesOfThePlan() {
    try (Scope scope = Scope.open();
        Executor executor = net().bind(Specs.of("x", 32, 64), GradReq.WRITE, "x")) {
      MemoryPlan plan = executor.memoryPlan();
      long peak = Arrays.stream(plan.live()).max().orElseThrow();
      assertTrue(peak <= executor.plannedBytes() && peak > executor.plannedBytes() / 2, plan::toString);
      assertEquals(peak, plan.live()[plan.peakStep()]);
      assertEquals(peak, plan.peakByOperator().values().stream().mapToLong(Long::longValue).sum());
      assertTrue(plan.toString().contains("softmax"), plan::toString);
    }
  }

  @Test
  void limitsAreKeptAndChangeNoResult() {
    try (Scope scope = Scope.open();
        Executor whole = net().bind(Specs.of("x", 32, 64), GradReq.WRITE, MemoryLimit.ofTime(0), "x")) {
      long bytes = whole.plannedBytes() + whole.arrayBytes() - 16384;
      try (Executor tight = net().bind(Specs.of("x", 32, 64), GradReq.WRITE, MemoryLimit.ofBytes(bytes), "x")) {
        assertTrue(tight.plannedBytes() + tight.arrayBytes() <= bytes);
        assertTrue(tight.memoryPlan().values().stream().anyMatch(value -> value.pass().equals("recomputed")));
        assertArrayEquals(gradient(whole), gradient(tight));
      }
      MemoryLimit little = MemoryLimit.ofBytes(100);
      CermetException refused =
          assertThrows(
              CermetException.class, () -> net().bind(Specs.of("x", 32, 64), GradReq.WRITE, little, "x"));
      assertTrue(refused.getMessage().contains("want at least"), refused.getMessage());
    }
  }
}
