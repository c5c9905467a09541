// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Failures;

/** Gives the raw layer the exception for each status. Found as a service, so that no call can come too early. */
public final class FailureFactory implements Failures.Factory {
  /** For the service loader. */
  public FailureFactory() {}

  @Override
  public RuntimeException create(
      int status, String message, String op, String argument, String node, long[][] shapes) {
    return CermetException.of(status, new CermetException.Details(message, op, argument, node, shapes));
  }
}
