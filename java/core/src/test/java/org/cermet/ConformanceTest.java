// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Replays the cases that all languages share: one test a case. */
class ConformanceTest {
  private static List<ConformanceCase> all() {
    Path folder = ConformanceCase.folder();
    return Files.isDirectory(folder) ? ConformanceCase.in(folder) : List.of();
  }

  @Test
  void thereAreCases() {
    assumeTrue(Files.isDirectory(ConformanceCase.folder()), "no folder " + ConformanceCase.folder());
    assertFalse(all().isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> cases() {
    return all().stream().map(one -> DynamicTest.dynamicTest(one.id(), one::replay));
  }
}
