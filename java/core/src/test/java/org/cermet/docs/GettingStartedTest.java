// SPDX-License-Identifier: Apache-2.0
package org.cermet.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cermet.ModelSlot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the Java code that java/README.md shows, and compares the two. */
class GettingStartedTest {
  private static final Path JAVA = Path.of(System.getProperty("cermet.root"), "java");

  @TempDir Path folder;

  @Test
  void theCodeRuns() {
    Path file = folder.resolve("circle.safetensors");
    float[][] data = GettingStarted.circle(512, 1);
    double accuracy = GettingStarted.train(data[0], data[1], file);
    assertTrue(accuracy > 0.95, "accuracy " + accuracy);
    float[] want = GettingStarted.predict(file, new float[] {0, 0});
    assertEquals(2, want.length);
    assertTrue(want[1] > 0.9, "the middle is within the circle");
    try (ModelSlot slot = new ModelSlot()) {
      GettingStarted.deploy(slot, file);
      assertArrayEquals(want, GettingStarted.score(slot, new float[] {0, 0}));
    }
    assertArrayEquals(want, GettingStarted.batched(file, new float[] {0, 0}), 1e-6f);
    assertArrayEquals(new float[] {3, 1}, GettingStarted.line(), 1e-2f);
  }

  @Test
  void theReadmeQuotesIt() throws IOException {
    List<String> quoted = blocks(Files.readString(JAVA.resolve("README.md")), "```java\n(.*?)```");
    Path source = JAVA.resolve("core/src/test/java/org/cermet/docs/GettingStarted.java");
    List<String> run = blocks(Files.readString(source), "// quoted from here\n(.*?)// to here");
    assertEquals(6, quoted.size());
    for (String block : quoted) assertTrue(run.contains(block), () -> "not in " + source + ":\n" + block);
  }

  /** What the pattern finds, with all indentation and empty lines taken away. */
  private static List<String> blocks(String text, String pattern) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
    while (matcher.find()) blocks.add(matcher.group(1).strip().replaceAll("\\s*\n\\s*", "\n"));
    return blocks;
  }
}
