// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

/** What holds for the process: version, dtypes, threads, execution, memory. */
class EngineTest {
  @Test
  void dtypesHaveTheEnginesNamesAndSizes() {
    for (DType dtype : DType.values()) {
      assertEquals(dtype, DType.named(dtype.name().toLowerCase()));
      assertEquals(dtype.name().toLowerCase(), dtype.engineName());
      assertTrue(dtype.size() >= 1 && dtype.size() <= 8);
    }
  }

  @Test
  void theEngineTellsWhatItIs() {
    assertEquals("0.1.0", Cermet.version());
    assertTrue(JsonParser.parseString(Cermet.features()).isJsonObject());
  }

  @Test
  void settingsAreKept() {
    int threads = Cermet.threads();
    Execution execution = Cermet.execution();
    try {
      Cermet.setThreads(1);
      assertEquals(1, Cermet.threads());
      for (Execution one : Execution.values()) {
        Cermet.setExecution(one);
        assertEquals(one, Cermet.execution());
        try (NDArray two = NDArray.scalar(1).plus(1)) {
          two.await();
          assertEquals(2, two.item());
        }
      }
    } finally {
      Cermet.setThreads(threads);
      Cermet.setExecution(execution);
    }
  }

  @Test
  void memoryIsCounted() {
    Device cpu = Device.cpu();
    Memory.resetPeak(cpu);
    Memory before = Memory.of(cpu);
    try (NDArray megabyte = NDArray.zeros(1 << 18)) {
      assertTrue(Memory.of(cpu).inUse() >= before.inUse() + (1 << 20));
      assertEquals(1 << 18, megabyte.size());
    }
    assertTrue(Memory.of(cpu).peak() >= before.inUse() + (1 << 20));
    Memory.trim(cpu);
    assertEquals(0, Memory.of(cpu).cap());
    assertEquals("cpu(0)", cpu.toString());
  }
}
