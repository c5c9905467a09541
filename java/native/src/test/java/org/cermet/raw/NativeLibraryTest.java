// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding, extracting and loading the native libraries, also in a second class loader and a small heap. */
class NativeLibraryTest {
  private static final List<String> PROPERTIES =
      List.of("cermet.library", "cermet.library.dir", "cermet.cache.dir", "java.library.path");
  private static final Path BUILT = Path.of(System.getProperty("cermet.library.dir"));
  private static final Path NATIVES = Path.of(System.getProperty("cermet.natives.dir"));

  @TempDir Path folder;
  private final Map<String, String> before = new HashMap<>();

  @BeforeEach
  void keepProperties() {
    PROPERTIES.forEach(name -> before.put(name, System.getProperty(name)));
    PROPERTIES.forEach(name -> System.setProperty(name, ""));
    System.setProperty("cermet.cache.dir", folder.toString());
  }

  @AfterEach
  void restoreProperties() {
    before.forEach((name, value) -> {
      if (value == null) {
        System.clearProperty(name);
      } else {
        System.setProperty(name, value);
      }
    });
  }

  /** The version of the engine as seen by a class loader of its own, which finds natives if {@code withJar}. */
  private static int versionInNewLoader(boolean withJar) throws Exception {
    return withJar ? versionInNewLoader(NATIVES.toUri().toURL()) : versionInNewLoader();
  }

  private static int versionInNewLoader(URL... jars) throws Exception {
    URL classes = NativeLibrary.class.getProtectionDomain().getCodeSource().getLocation();
    URL[] path = Stream.concat(Stream.of(classes), Stream.of(jars)).toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      return (int) loader.loadClass("org.cermet.raw.Raw").getMethod("cermet_version").invoke(null);
    } catch (InvocationTargetException failure) {
      if (failure.getCause() instanceof Error) throw (Error) failure.getCause();
      throw failure;
    }
  }

  private List<Path> extracted() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
    }
  }

  @Test
  void twoClassLoadersShareTheEngine() throws Exception {
    System.setProperty("cermet.library.dir", BUILT.toString());
    assertEquals(Raw.CERMET_VERSION, versionInNewLoader(false));
    assertEquals(Raw.CERMET_VERSION, versionInNewLoader(false));
  }

  @Test
  void aNamedEngineIsUsed() throws Exception {
    System.setProperty("cermet.library", BUILT.resolve(System.mapLibraryName("cermet")).toString());
    assertEquals(Raw.CERMET_VERSION, versionInNewLoader(false));
    System.setProperty("cermet.library", folder.resolve("none.so").toString());
    UnsatisfiedLinkError failure = assertThrows(UnsatisfiedLinkError.class, () -> versionInNewLoader(false));
    assertTrue(failure.getMessage().contains("none.so"), failure.getMessage());
  }

  @Test
  void theLibraryPathIsSearched() throws Exception {
    System.setProperty("java.library.path", folder + ":" + BUILT);
    assertEquals(Raw.CERMET_VERSION, versionInNewLoader(false));
  }

  @Test
  void theJarIsExtractedOnce() throws Exception {
    assertEquals(Raw.CERMET_VERSION, versionInNewLoader(true));
    List<Path> files = extracted();
    assertEquals(2, files.size());
    Object written = Files.getLastModifiedTime(files.get(0));
    assertEquals(Raw.CERMET_VERSION, versionInNewLoader(true));
    assertEquals(files, extracted());
    assertEquals(written, Files.getLastModifiedTime(files.get(0)));
  }

  @Test
  void aJarThatIsNotWhatItListsIsRefused() throws Exception {
    Path jar = Files.createDirectories(folder.resolve("jar/META-INF/cermet/" + Extraction.PLATFORM));
    Files.writeString(jar.resolve("libcermet.so.0"), "not the engine");
    Files.writeString(jar.resolve("SHA256SUMS"), "0".repeat(64) + "  libcermet.so.0\n");
    UnsatisfiedLinkError failure =
        assertThrows(UnsatisfiedLinkError.class, () -> versionInNewLoader(folder.resolve("jar").toUri().toURL()));
    assertTrue(failure.getMessage().contains("its SHA-256 is not the listed 000"), failure.getMessage());
    assertEquals(2, extracted().size(), "nothing but the jar's own files stays");
  }

  @Test
  void extractionNeedsLittleHeap() throws Exception {
    Path classes = Path.of(NativeLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(java.toString(), "-Xmx16m", "-Dcermet.cache.dir=" + folder, "-cp",
                classes + ":" + NATIVES + ":" + ownClasses(), VersionMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    assertEquals(String.valueOf(Raw.CERMET_VERSION), printed.trim());
    assertEquals(2, extracted().size());
  }

  private static Path ownClasses() throws Exception {
    return Path.of(NativeLibraryTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** For a JVM of its own. */
  static final class VersionMain {
    public static void main(String[] arguments) {
      System.out.println(Raw.cermet_version());
    }
  }

  @Test
  void theJarCarriesItsNotices() {
    for (String file : List.of("LICENSE", "NOTICE")) assertTrue(Files.exists(NATIVES.resolve("META-INF").resolve(file)), file);
  }

  @Test
  void aDamagedExtractionIsMended() throws Exception {
    versionInNewLoader(true);
    Path file = extracted().get(0);
    byte[] whole = Files.readAllBytes(file);
    Files.delete(file); // it is mapped: a new file, not new content of the old one
    Files.write(file, new byte[] {1, 2, 3});
    versionInNewLoader(true);
    assertArrayEquals(whole, Files.readAllBytes(file));
  }

  @Test
  void nothingFoundSaysWhatWasTried() {
    System.setProperty("cermet.library.dir", folder.toString());
    UnsatisfiedLinkError failure = assertThrows(UnsatisfiedLinkError.class, () -> versionInNewLoader(false));
    assertTrue(failure.getMessage().contains(folder.toString()), failure.getMessage());
    assertTrue(failure.getMessage().contains("cermet-native jar for " + Extraction.PLATFORM), failure.getMessage());
  }

  @Test
  void versionsMustFit() {
    assertDoesNotThrow(() -> NativeLibrary.checkVersion(Raw.CERMET_VERSION));
    assertDoesNotThrow(() -> NativeLibrary.checkVersion(Raw.CERMET_VERSION + 1));
    assertThrows(UnsatisfiedLinkError.class, () -> NativeLibrary.checkVersion(Raw.CERMET_VERSION - 1));
    UnsatisfiedLinkError failure =
        assertThrows(UnsatisfiedLinkError.class, () -> NativeLibrary.checkVersion(Raw.CERMET_VERSION + 10000));
    assertTrue(failure.getMessage().startsWith("libcermet has version 1.1.0; these classes need 0.1.0"));
  }
}
