// SPDX-License-Identifier: Apache-2.0
package org.cermet.raw;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ServiceLoader;

/** Makes the exception for a failed native call. Called from C; the API above, as a service, says of which class. */
public final class Failures {
  /** What the API above makes of a failure. Called with the status, never CERMET_OK, and the texts of the error. */
  @FunctionalInterface
  public interface Factory {
    RuntimeException create(int status, String message, String op, String argument, String node, long[][] shapes);
  }

  private static final Factory FACTORY =
      ServiceLoader.load(Factory.class, Failures.class.getClassLoader())
          .findFirst()
          .orElse((status, message, op, argument, node, shapes) -> new IllegalStateException(message));

  private Failures() {}

  static Throwable create(int status, byte[] message, byte[] op, byte[] argument, byte[] node, long[][] shapes) {
    return FACTORY.create(status, text(message), text(op), text(argument), text(node), shapes);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, UTF_8);
  }
}
