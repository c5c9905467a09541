// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.cermet.raw.Raw;

/**
 * Named shapes and dtypes, in order: {@code Specs.of("data", 32, 1, 8, 8).and("label", 32)}. Immutable.
 */
public final class Specs {
  private static final Specs NONE = new Specs(new LinkedHashMap<>());

  private final Map<String, Spec> entries;

  private Specs(Map<String, Spec> entries) {
    this.entries = Collections.unmodifiableMap(entries);
  }

  /** No entry. */
  public static Specs none() {
    return NONE;
  }

  /** One float32 entry. */
  public static Specs of(String name, long... shape) {
    return NONE.and(name, shape);
  }

  /** One entry. */
  public static Specs of(String name, DType dtype, long... shape) {
    return NONE.and(name, dtype, shape);
  }

  /** These and one more, float32. */
  public Specs and(String name, long... shape) {
    return and(name, DType.FLOAT32, shape);
  }

  /** These and one more. */
  public Specs and(String name, DType dtype, long... shape) {
    Map<String, Spec> more = new LinkedHashMap<>(entries);
    more.put(name, new Spec(dtype, shape));
    return new Specs(more);
  }

  /** Entries by name, in order. */
  public Map<String, Spec> asMap() {
    return entries;
  }

  /**
   * The entry called {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Spec get(String name) {
    Spec spec = entries.get(name);
    if (spec == null) throw new IllegalArgumentException("no entry " + name + " in " + this);
    return spec;
  }

  /** Calls {@code body} with a cermet_specs, which lives as long as the call. */
  <T> T with(LongFunction<T> body) {
    long specs = Raw.cermet_specs_create();
    try {
      entries.forEach((name, spec) -> Raw.cermet_specs_set(specs, Text.utf8(name), spec.shape(), spec.dtype().code));
      return body.apply(specs);
    } finally {
      Raw.cermet_specs_release(specs);
    }
  }

  /** The content of a cermet_specs, which is released. */
  static Specs take(long specs) {
    try {
      Map<String, Spec> entries = new LinkedHashMap<>();
      int size = Raw.cermet_specs_size(specs);
      for (int index = 0; index < size; index++) {
        DType dtype = DType.of(Raw.cermet_specs_dtype(specs, index));
        entries.put(
            Text.string(Raw.cermet_specs_name(specs, index)), new Spec(dtype, Raw.cermet_specs_shape(specs, index)));
      }
      return new Specs(entries);
    } finally {
      Raw.cermet_specs_release(specs);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Specs && ((Specs) other).entries.equals(entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
