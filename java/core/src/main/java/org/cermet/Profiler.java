// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cermet.raw.Raw;

/**
 * Where the time goes: which operators ran, in all threads of the process, for how long and on how much. One profile at
 * a time; off, it costs nothing that can be measured.
 *
 * <pre>{@code
 * System.out.print(Profiler.profile(() -> session.run()));
 * Profiler.save(Path.of("trace.json"));  // for Perfetto and chrome://tracing
 * }</pre>
 */
public final class Profiler {
  private Profiler() {}

  /** Profiles {@code work}, with the operators that it leaves running, and returns {@link #table}. */
  public static String profile(Runnable work) {
    Cermet.waitAll();
    start();
    try {
      work.run();
      Cermet.waitAll();
    } finally {
      stop();
    }
    return table();
  }

  /**
   * Forgets the profile before, and begins one.
   *
   * @throws CermetException.InvalidArgument if one is being taken
   */
  public static void start() {
    Raw.cermet_profiler_start();
  }

  /**
   * Ends the profile, which stays until the next start. What still runs is not in it.
   *
   * @throws CermetException.InvalidArgument if none is being taken
   */
  public static void stop() {
    Raw.cermet_profiler_stop();
  }

  /**
   * The profile being taken, or the last one, for people: a line an operator, the most expensive first, and their total.
   * Calls, total ms, mean &micro;s, share of the time in percent, 10<sup>9</sup> bytes and 10<sup>9</sup> floating-point
   * operations a second.
   */
  public static String table() {
    return Text.takeText(Raw.cermet_profiler_table());
  }

  /** The same profile as JSON in the Trace Event Format, with each call of an operator. */
  public static String trace() {
    return Text.takeText(Raw.cermet_profiler_trace());
  }

  /** Writes {@link #trace} to a file, for Perfetto and {@code chrome://tracing}. */
  public static void save(Path file) throws IOException {
    Files.write(file, trace().getBytes(UTF_8));
  }
}
