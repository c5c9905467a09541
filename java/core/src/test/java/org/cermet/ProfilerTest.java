// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles from Java: what ran, as a table and as a trace. */
class ProfilerTest {
  @TempDir Path folder;

  private static void multiply() {
    try (NDArray matrix = NDArray.zeros(8, 8);
        NDArray product = matrix.matmul(matrix)) {
      product.await();
    }
  }

  private static JsonArray events(String trace) {
    return JsonParser.parseString(trace).getAsJsonObject().getAsJsonArray("traceEvents");
  }

  @Test
  void tellsWhatRan() throws IOException {
    String table = Profiler.profile(() -> {
      multiply();
      multiply();
    });
    assertTrue(table.lines().anyMatch(line -> line.matches(" +2 .* dot")), table);
    long products = 0;
    for (var event : events(Profiler.trace()))
      if (event.getAsJsonObject().get("name").getAsString().equals("dot")) {
        products++;
        assertEquals(2 * 8 * 8 * 8, event.getAsJsonObject().getAsJsonObject("args").get("flops").getAsDouble());
      }
    assertEquals(2, products);
    Path file = folder.resolve("trace.json");
    Profiler.save(file);
    assertEquals(Profiler.trace(), Files.readString(file));
  }

  @Test
  void endsWhereTheWorkThrows() {
    assertThrows(
        IllegalStateException.class,
        () -> Profiler.profile(() -> {
          throw new IllegalStateException("work failed");
        }));
    assertThrows(CermetException.InvalidArgument.class, Profiler::stop);
  }

  @Test
  void oneAtATime() {
    Profiler.start();
    assertThrows(CermetException.InvalidArgument.class, Profiler::start);
    multiply();
    Profiler.stop();
    multiply();
    assertEquals(1, events(Profiler.trace()).asList().stream().filter(e -> e.toString().contains("\"dot\"")).count());
    assertThrows(CermetException.InvalidArgument.class, Profiler::stop);
  }
}
