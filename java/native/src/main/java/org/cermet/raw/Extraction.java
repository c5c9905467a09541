// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the native libraries out of the jar of this platform. The jar lists its files with their SHA-256; the folder
 * that they go to is named by that list, so that versions never mix and a second start finds them ready. Any number of
 * processes may do this at once: a file appears under its name only when it is whole.
 */
final class Extraction {
  static final String PLATFORM = platform();
  private static final String ROOT = "META-INF/cermet/" + PLATFORM + "/";

  private Extraction() {}

  /** Where {@code file} is after extraction; empty if no jar for this platform is there. */
  static Optional<Path> extract(String file) throws IOException {
    ClassLoader loader = Extraction.class.getClassLoader();
    List<URL> lists = new ArrayList<>();
    loader.getResources(ROOT + "SHA256SUMS").asIterator().forEachRemaining(lists::add);
    if (lists.isEmpty()) return Optional.empty();
    if (lists.size() > 1) throw new IOException("more than one cermet-native jar on the class path: " + lists);
    byte[] list = read(lists.get(0));
    Path folder = privateFolder().resolve(sha256(list).substring(0, 16));
    Files.createDirectories(folder);
    for (Map.Entry<String, String> entry : parse(list).entrySet()) {
      place(folder.resolve(entry.getKey()), entry.getValue(), loader.getResource(ROOT + entry.getKey()));
    }
    return Optional.of(folder.resolve(file));
  }

  /** File name to SHA-256, from lines as sha256sum writes them. */
  private static Map<String, String> parse(byte[] list) {
    Map<String, String> sums = new LinkedHashMap<>();
    for (String line : new String(list, StandardCharsets.UTF_8).split("\n")) {
      String[] parts = line.trim().split("\\s+\\*?", 2);
      if (parts.length == 2) sums.put(parts[1], parts[0]);
    }
    return sums;
  }

  /** Copies in pieces: the libraries may be larger than the Java heap. */
  private static void place(Path target, String wanted, URL source) throws IOException {
    if (Files.isRegularFile(target) && sha256(target).equals(wanted)) return;
    if (source == null) throw new IOException("the cermet-native jar has no " + target.getFileName());
    Path part = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
    try {
      try (InputStream stream = source.openStream()) {
        Files.copy(stream, part, StandardCopyOption.REPLACE_EXISTING);
      }
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      if (!sha256(part).equals(wanted)) throw new IOException(source + ": its SHA-256 is not the listed " + wanted);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** A folder that no other user can write to, so that what was checked is what is loaded. */
  private static Path privateFolder() throws IOException {
    String named = System.getProperty("cermet.cache.dir", "");
    if (!named.isEmpty()) return Files.createDirectories(Path.of(named)).toAbsolutePath();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Path folder = temporary.resolve("cermet-" + System.getProperty("user.name"));
    Set<PosixFilePermission> ours = PosixFilePermissions.fromString("rwx------");
    if (!Files.exists(folder)) {
      Path fresh = Files.createTempDirectory(temporary, "cermet", PosixFilePermissions.asFileAttribute(ours));
      try {
        return Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE).toAbsolutePath();
      } catch (IOException lostRace) {
        Files.deleteIfExists(fresh);
      }
    }
    Path probe = Files.createTempFile("cermet", ".owner");
    try {
      boolean isOurs = Files.getOwner(folder).equals(Files.getOwner(probe)) && Files.isDirectory(folder)
          && Files.getPosixFilePermissions(folder).equals(ours);
      if (isOurs) return folder.toAbsolutePath();
    } finally {
      Files.delete(probe);
    }
    throw new IOException(folder + " is not a private folder of this user; set -Dcermet.cache.dir to one");
  }

  private static byte[] read(URL source) throws IOException {
    try (InputStream stream = source.openStream()) {
      return stream.readAllBytes();
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = newSha256();
    byte[] piece = new byte[1 << 16];
    try (InputStream stream = Files.newInputStream(file)) {
      for (int got = stream.read(piece); got >= 0; got = stream.read(piece)) digest.update(piece, 0, got);
    }
    return hex(digest.digest());
  }

  private static String sha256(byte[] bytes) {
    return hex(newSha256().digest(bytes));
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JVM has SHA-256", impossible);
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte part : bytes) text.append(String.format("%02x", part));
    return text.toString();
  }

  private static String platform() {
    String os = System.getProperty("os.name").startsWith("Mac") ? "osx" : System.getProperty("os.name").toLowerCase();
    String arch = System.getProperty("os.arch");
    return os + "-" + (arch.equals("amd64") ? "x86_64" : arch);
  }
}
