// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cermet.raw.Raw;

/**
 * Attribute values for one call or one layer; what is not set has its default. The subclasses in {@code
 * org.cermet.attrs}, one for each definition, have a method for each attribute; this class takes any name.
 *
 * <pre>{@code
 * Definition.operator("sum").invoke(new Attributes().set("axis", 1).set("keepdims", true), x);
 * }</pre>
 *
 * <p>Values are checked by the engine when they are used. One thread at a time while setting.
 */
public class Attributes {
  /** Gives one value to a cermet_attrs. */
  private interface Setter {
    void set(long attrs, byte[] name);
  }

  private static final class Value {
    final Setter setter;
    final String shown;

    Value(Setter setter, String shown) {
      this.setter = setter;
      this.shown = shown;
    }
  }

  private final Map<String, Value> values = new LinkedHashMap<>();

  /** No attribute set. */
  public Attributes() {}

  /** Sets a boolean attribute. */
  public Attributes set(String name, boolean value) {
    return put(name, value, (attrs, key) -> Raw.cermet_attrs_set_bool(attrs, key, value ? 1 : 0));
  }

  /** Sets an integer attribute. */
  public Attributes set(String name, int value) {
    return set(name, (long) value);
  }

  /** Sets an integer attribute. */
  public Attributes set(String name, long value) {
    return put(name, value, (attrs, key) -> Raw.cermet_attrs_set_int(attrs, key, value));
  }

  /** Sets a floating-point attribute. */
  public Attributes set(String name, double value) {
    return put(name, value, (attrs, key) -> Raw.cermet_attrs_set_float(attrs, key, value));
  }

  /** Sets a text, a choice, or a dtype by its name. */
  public Attributes set(String name, String value) {
    byte[] text = Text.utf8(value);
    return put(name, value, (attrs, key) -> Raw.cermet_attrs_set_string(attrs, key, text));
  }

  /** Sets a dtype. */
  public Attributes set(String name, DType value) {
    return set(name, value.engineName());
  }

  /** Sets a list of integers. */
  public Attributes set(String name, long[] values) {
    long[] copy = values.clone();
    return put(name, Arrays.toString(copy), (attrs, key) -> Raw.cermet_attrs_set_ints(attrs, key, copy));
  }

  /** Sets a list of floating-point numbers. */
  public Attributes set(String name, double[] values) {
    double[] copy = values.clone();
    return put(name, Arrays.toString(copy), (attrs, key) -> Raw.cermet_attrs_set_floats(attrs, key, copy));
  }

  /** Makes an attribute that may be absent absent. */
  public Attributes setNone(String name) {
    return put(name, "none", Raw::cermet_attrs_set_none);
  }

  /** Sets any attribute from text as MXNet's files write it: {@code "(3, 3)"}, {@code "True"}, {@code "None"}. */
  public Attributes setText(String name, String text) {
    byte[] value = Text.utf8(text);
    return put(name, text, (attrs, key) -> Raw.cermet_attrs_set_text(attrs, key, value));
  }

  private Attributes put(String name, Object shown, Setter setter) {
    values.put(name, new Value(setter, String.valueOf(shown)));
    return this;
  }

  /** A new cermet_attrs with these values, 0 if there are none; to be released by the caller. */
  static long open(Attributes attributes, long definition) {
    if (attributes == null || attributes.values.isEmpty()) return 0;
    long attrs = Raw.cermet_attrs_create(definition);
    try {
      attributes.values.forEach((name, value) -> value.setter.set(attrs, Text.utf8(name)));
      return attrs;
    } catch (RuntimeException refused) {
      Raw.cermet_attrs_release(attrs);
      throw refused;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    values.forEach((name, value) -> text.append(text.length() > 1 ? ", " : "").append(name).append("=").append(value.shown));
    return text.append("}").toString();
  }
}
