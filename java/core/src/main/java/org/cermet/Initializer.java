// SPDX-License-Identifier: Apache-2.0
package org.cermet;

/** How new parameters get their values; made by {@link Initializers}. */
public final class Initializer extends Configured {
  /** An initializer by its definition; {@code attributes} may be null. */
  public Initializer(Definition definition, Attributes attributes) {
    super(definition, attributes);
  }
}
