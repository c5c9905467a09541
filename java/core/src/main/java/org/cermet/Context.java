// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * What holds for the code that a thread is running: the innermost scope, and the recorder and random numbers that
 * operators are called with. It lives in Java only: the engine is given each by argument, so threads never share one.
 */
final class Context {
  private static final ThreadLocal<Context> CURRENT = ThreadLocal.withInitial(Context::new);

  Scope scope;
  Recorder recorder;
  Rng rng;

  private Context() {}

  static Context current() {
    return CURRENT.get();
  }

  static <T> T withRecorder(Recorder recorder, Supplier<T> body) {
    Context context = current();
    Recorder outer = context.recorder;
    context.recorder = recorder;
    try {
      return body.get();
    } finally {
      context.recorder = outer;
    }
  }

  /** Calls {@code body} with the address of the random numbers that hold for this thread, 0 for the process's own. */
  static <T> T drawing(LongFunction<T> body) {
    Rng rng = current().rng;
    return rng == null ? body.apply(0) : rng.call(body);
  }

  static <T> T withRng(Rng rng, Supplier<T> body) {
    Context context = current();
    Rng outer = context.rng;
    context.rng = rng;
    try {
      return body.get();
    } finally {
      context.rng = outer;
    }
  }
}
