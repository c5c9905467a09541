// SPDX-License-Identifier: Apache-2.0
package org.cermet;

/** A definition with attribute values, used by one call or many. */
abstract class Configured {
  /** Work with a cermet_def and a cermet_attrs (or 0), which lives as long as the call. */
  interface Body<T> {
    T apply(long definition, long attrs);
  }

  private final Definition definition;
  private final Attributes attributes;

  Configured(Definition definition, Attributes attributes) {
    this.definition = definition;
    this.attributes = attributes;
  }

  final <T> T with(Body<T> body) {
    return definition.withAttributes(attributes, attrs -> body.apply(definition.address(), attrs));
  }

  @Override
  public String toString() {
    return definition + (attributes == null ? "" : " " + attributes);
  }
}
