// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds and loads the engine (libcermet) and the JNI library that calls it. Nothing is ever downloaded.
 *
 * <p>The engine is the file named by the property {@code cermet.library} or else the variable {@code CERMET_LIBRARY}, if
 * set; otherwise the one that lies beside the JNI library. The JNI library is looked for
 *
 * <ol>
 *   <li>beside the named engine,
 *   <li>in the folder {@code cermet.library.dir},
 *   <li>in the folders of {@code java.library.path},
 *   <li>in the jar {@code cermet-native} of this platform on the class path, from which both are extracted to {@code
 *       cermet.cache.dir} (or a folder of this user's own below {@code java.io.tmpdir}) under a checksum.
 * </ol>
 */
public final class NativeLibrary {
  private static final String JNI_FILE = System.mapLibraryName("cermet_jni");
  private static boolean loaded;

  private NativeLibrary() {}

  /** Loads both libraries, once a class loader. Fails with a message that says what was tried. */
  public static synchronized void load() {
    if (loaded) return;
    Optional<Path> engine = namedEngine();
    engine.ifPresent(NativeLibrary::loadEngine);
    loadJni(findJni(engine));
    checkVersion(version());
    loaded = true;
  }

  private static Optional<Path> namedEngine() {
    String name = System.getProperty("cermet.library", System.getenv("CERMET_LIBRARY"));
    if (name == null || name.isEmpty()) return Optional.empty();
    Path engine = Path.of(name).toAbsolutePath();
    if (Files.isRegularFile(engine)) return Optional.of(engine);
    throw new UnsatisfiedLinkError("cermet.library (CERMET_LIBRARY): no such file: " + engine);
  }

  /** The dynamic linker then finds the engine by its name for the JNI library, wherever that lies. */
  private static void loadEngine(Path engine) {
    try {
      System.load(engine.toString());
    } catch (UnsatisfiedLinkError error) {
      if (!isLoadedElsewhere(error)) throw explained(engine, error);
    }
  }

  private static Path findJni(Optional<Path> engine) {
    List<Path> folders = new ArrayList<>();
    engine.map(Path::getParent).ifPresent(folders::add);
    String folder = System.getProperty("cermet.library.dir", "");
    if (!folder.isEmpty()) folders.add(Path.of(folder));
    for (String entry : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
      if (!entry.isEmpty()) folders.add(Path.of(entry));
    }
    for (Path candidate : folders) {
      Path file = candidate.resolve(JNI_FILE).toAbsolutePath();
      if (Files.isRegularFile(file)) return file;
    }
    try {
      return Extraction.extract(JNI_FILE)
          .orElseThrow(
              () ->
                  new UnsatisfiedLinkError(
                      JNI_FILE + " is in none of the folders " + folders + ", and there is no cermet-native jar for "
                          + Extraction.PLATFORM + " on the class path. Set -Dcermet.library.dir to the folder that"
                          + " holds it, or add that jar"));
    } catch (IOException error) {
      UnsatisfiedLinkError failure = new UnsatisfiedLinkError("cannot extract the native libraries: " + error);
      failure.initCause(error);
      throw failure;
    }
  }

  /** The JVM gives one file to one class loader only; a second one gets a copy, which shares the loaded engine. */
  private static void loadJni(Path file) {
    try {
      System.load(file.toString());
      return;
    } catch (UnsatisfiedLinkError error) {
      if (!isLoadedElsewhere(error)) throw explained(file, error);
    }
    try {
      Path folder = Files.createTempDirectory("cermet-jni");
      Path copy = Files.copy(file, folder.resolve(JNI_FILE));
      try {
        System.load(copy.toString());
      } finally {
        Files.delete(copy); // what is mapped stays mapped
        Files.delete(folder);
      }
    } catch (IOException error) {
      throw new UnsatisfiedLinkError(file + " is in use by another class loader, and it cannot be copied: " + error);
    }
  }

  private static boolean isLoadedElsewhere(UnsatisfiedLinkError error) {
    return String.valueOf(error.getMessage()).contains("already loaded in another classloader");
  }

  private static UnsatisfiedLinkError explained(Path file, UnsatisfiedLinkError error) {
    String hint = "";
    String message = String.valueOf(error.getMessage());
    if (message.contains("failed to map segment")) {
      hint = " (is the folder mounted noexec? set -Dcermet.cache.dir to one that is not)";
    } else if (message.contains("wrong ELF class") || message.contains("cannot open shared object file: No such file")) {
      hint = " (this JVM is " + Extraction.PLATFORM + ")";
    }
    UnsatisfiedLinkError failure = new UnsatisfiedLinkError("cannot load " + file + ": " + message + hint);
    failure.initCause(error);
    return failure;
  }

  static void checkVersion(int engine) {
    boolean fits = engine / 10000 == Raw.CERMET_VERSION / 10000 && engine >= Raw.CERMET_VERSION;
    if (fits) return;
    throw new UnsatisfiedLinkError(
        "libcermet has version " + text(engine) + "; these classes need " + text(Raw.CERMET_VERSION)
            + " or a later one of the same major version");
  }

  private static String text(int version) {
    return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
  }

  private static native int version();
}
