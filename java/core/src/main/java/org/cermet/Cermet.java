// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** The engine of this process: version, threads, execution, seed. */
public final class Cermet {
  private Cermet() {}

  /** Version of the loaded engine, as {@code "0.1.0"}. */
  public static String version() {
    int version = Raw.cermet_version();
    return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
  }

  /** JSON object: version, compiler, libraries, instruction set chosen at run time, devices. */
  public static String features() {
    return Text.string(Raw.cermet_features());
  }

  /** Threads that one operator may use. */
  public static int threads() {
    return Raw.cermet_num_threads();
  }

  /** Sets the threads that one operator may use; at least 1. Servers with many request threads want 1. */
  public static void setThreads(int threads) {
    Raw.cermet_set_num_threads(threads);
  }

  /** Where operators on arrays run. */
  public static Execution execution() {
    return Execution.of(Raw.cermet_get_execution());
  }

  /** Sets where operators on arrays run. */
  public static void setExecution(Execution execution) {
    Raw.cermet_set_execution(execution.code);
  }

  /** Waits for everything that was started; throws the first failure that nobody has looked at yet. */
  public static void waitAll() {
    Raw.cermet_wait_all();
  }

  /** Seeds the random numbers of everything that is given no {@link Rng}. */
  public static void seed(long seed) {
    Raw.cermet_seed(seed);
  }
}
