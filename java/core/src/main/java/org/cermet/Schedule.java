// SPDX-License-Identifier: Apache-2.0
package org.cermet;

/** The learning rate as a function of the number of updates; made by {@link Schedules}. */
public final class Schedule extends Configured {
  /** A schedule by its definition; {@code attributes} may be null. */
  public Schedule(Definition definition, Attributes attributes) {
    super(definition, attributes);
  }
}
