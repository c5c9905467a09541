// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Replays folders of cases and prints the table that tests/conformance/run.py prints for C. */
public final class ConformanceMain {
  private static final class Count {
    final Set<String> present = new TreeSet<>();
    final Set<String> missing = new TreeSet<>();
    int passed;
    int failed;
    int skipped;

    void add(Count other) {
      passed += other.passed;
      failed += other.failed;
      skipped += other.skipped;
    }
  }

  private ConformanceMain() {}

  /** Arguments: folders. The exit code is 1 if a case failed. */
  public static void main(String[] folders) {
    Map<String, Count> table = new LinkedHashMap<>();
    for (String folder : folders) {
      for (ConformanceCase one : ConformanceCase.in(Path.of(folder))) {
        replay(one, table.computeIfAbsent(one.family(), family -> new Count()));
      }
    }
    System.out.printf("%-16s%9s%9s%9s%9s%9s%n", "family", "present", "missing", "passed", "failed", "skipped");
    Count total = new Count();
    table.forEach((family, count) -> {
      count.missing.removeAll(count.present);
      System.out.printf("%-16s%9d%9d%9d%9d%9d%n", family, count.present.size(), count.missing.size(), count.passed,
          count.failed, count.skipped);
      total.add(count);
    });
    System.out.println("present, missing: operators; passed, failed, skipped: cases");
    System.out.println(total.passed + " passed, " + total.failed + " failed, " + total.skipped + " skipped");
    System.exit(total.failed == 0 ? 0 : 1);
  }

  private static void replay(ConformanceCase one, Count count) {
    try {
      one.replay();
      count.passed++;
      count.present.add(one.operator());
    } catch (ConformanceCase.Missing missing) {
      count.skipped++;
      if (missing.getMessage().equals(one.operator())) count.missing.add(one.operator());
    } catch (AssertionError | CermetException failure) {
      count.failed++;
      count.present.add(one.operator());
      System.out.println("FAILED " + one.id() + ": " + failure.getMessage());
    }
  }
}
