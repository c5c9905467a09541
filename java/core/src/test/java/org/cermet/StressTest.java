// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cermet.raw.NativeLibrary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scenarios of {@link Stress}: a small heap, and {@code -Xcheck:jni}, whose warnings are output that nobody expects. */
class StressTest {
  private static final List<Path> CLASSES =
      Stream.of(Stress.class, NDArray.class, NativeLibrary.class).map(StressTest::home).collect(Collectors.toList());

  private static Path home(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  @Timeout(120)
  @ParameterizedTest
  @CsvSource({"races,raced", "forgotten,freed", "smallStack,deep", "shortThreads,flat", "exit,ended"})
  void holds(String scenario, String want) throws Exception {
    String path = CLASSES.stream().map(Path::toString).collect(Collectors.joining(System.getProperty("path.separator")));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-Xcheck:jni",
                "-Dcermet.gc.budget=16777216",
                "-Dcermet.library.dir=" + System.getProperty("cermet.library.dir"), "-cp", path,
                Stress.class.getName(), scenario)
            .redirectErrorStream(true)
            .start();
    try {
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(want, printed.trim());
      assertEquals(0, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSecondClassLoaderHasItsOwnExceptions() throws Exception {
    URL[] urls = {CLASSES.get(1).toUri().toURL(), CLASSES.get(2).toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> arrays = loader.loadClass("org.cermet.NDArray");
      assertNotSame(NDArray.class, arrays);
      Method zeros = arrays.getMethod("zeros", long[].class);
      try (AutoCloseable array = (AutoCloseable) zeros.invoke(null, new long[] {3})) {
        assertEquals(3L, arrays.getMethod("size").invoke(array));
      }
      try {
        zeros.invoke(null, new long[] {-1});
        assertTrue(false, "a negative size was taken");
      } catch (InvocationTargetException failure) {
        assertSame(loader.loadClass("org.cermet.CermetException$ShapeMismatch"), failure.getCause().getClass());
      }
    }
  }
}
