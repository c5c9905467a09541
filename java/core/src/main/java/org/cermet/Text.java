// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.cermet.raw.Raw;

/** Text and bytes between Java and the engine, which wants UTF-8 without NUL. */
final class Text {
  private Text() {}

  /** UTF-8 of a text; null stays null. */
  static byte[] utf8(String text) {
    if (text == null) return null;
    if (text.indexOf('\0') >= 0) throw new IllegalArgumentException("a text for the engine cannot hold a NUL: " + text);
    return text.getBytes(UTF_8);
  }

  static String string(byte[] utf8) {
    return new String(utf8, UTF_8);
  }

  /** Texts as the raw layer wants them: each followed by a NUL. */
  static byte[] names(Collection<String> names) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (String name : names) {
      joined.writeBytes(utf8(name));
      joined.write(0);
    }
    return joined.toByteArray();
  }

  /** The texts of a cermet_strings, which is released. */
  static List<String> takeStrings(long strings) {
    try {
      int size = Raw.cermet_strings_size(strings);
      List<String> texts = new ArrayList<>(size);
      for (int index = 0; index < size; index++) texts.add(string(Raw.cermet_strings_get(strings, index)));
      return Collections.unmodifiableList(texts);
    } finally {
      Raw.cermet_strings_release(strings);
    }
  }

  /** The text of a cermet_bytes, which is released. */
  static String takeText(long bytes) {
    try {
      return string(Raw.cermet_bytes_text(bytes));
    } finally {
      Raw.cermet_bytes_release(bytes);
    }
  }

  /** The content of a cermet_bytes, which is released. */
  static byte[] takeBytes(long bytes) {
    try {
      ByteBuffer view = Raw.cermet_bytes_data(bytes);
      byte[] copy = new byte[view.capacity()];
      view.get(copy);
      return copy;
    } finally {
      Raw.cermet_bytes_release(bytes);
    }
  }
}
