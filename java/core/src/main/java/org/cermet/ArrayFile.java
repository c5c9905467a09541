// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.cermet.raw.Raw;

/**
 * Files of arrays. {@code .npz} (NumPy) and {@code .safetensors} go by the name; any other name is MXNet's list of arrays
 * ({@code .params}). Reading goes by the content.
 */
public final class ArrayFile {
  private ArrayFile() {}

  /** Writes named arrays. The old file stays until the new one is whole. */
  public static void save(Path path, Map<String, NDArray> arrays) {
    save(path, Text.names(arrays.keySet()), arrays.values().toArray(new NDArray[0]));
  }

  /** Writes arrays without names, as MXNet's list. The old file stays until the new one is whole. */
  public static void save(Path path, List<NDArray> arrays) {
    save(path, null, arrays.toArray(new NDArray[0]));
  }

  private static void save(Path path, byte[] names, NDArray[] arrays) {
    long[] addresses = NativeResource.acquireAll(arrays);
    try {
      Raw.cermet_arrays_save(Text.utf8(path.toString()), names, addresses);
    } finally {
      NativeResource.releaseAll(arrays);
    }
  }

  /** Arrays by name, in the order of the file. Of several with one name (a list without names) the last one is there. */
  public static Map<String, NDArray> load(Path path) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    forEach(path, (name, array) -> {
      NDArray before = arrays.put(name, array);
      if (before != null) before.close();
    });
    return Collections.unmodifiableMap(arrays);
  }

  /** All arrays in the order of the file, with or without names. */
  public static List<NDArray> loadList(Path path) {
    List<NDArray> arrays = new ArrayList<>();
    forEach(path, (name, array) -> arrays.add(array));
    return Collections.unmodifiableList(arrays);
  }

  private static void forEach(Path path, BiConsumer<String, NDArray> body) {
    long file = Raw.cermet_arrays_load(Text.utf8(path.toString()));
    try {
      int size = Raw.cermet_arrays_size(file);
      for (int index = 0; index < size; index++) {
        String name = Text.string(Raw.cermet_arrays_name(file, index));
        body.accept(name, NDArray.scoped(Raw.cermet_arrays_get(file, index)));
      }
    } finally {
      Raw.cermet_arrays_release(file);
    }
  }

  /** An IDX file (MNIST's format), plain or gzip, with its dtype and shape as stored. */
  public static NDArray readIdx(Path path) {
    return NDArray.scoped(Raw.cermet_read_idx(Text.utf8(path.toString())));
  }

  /** A CSV file of numbers, plain or gzip, as float32 of shape (rows, columns); empty fields and NA are NaN. */
  public static NDArray readCsv(Path path, char delimiter, int skipRows) {
    return NDArray.scoped(Raw.cermet_read_csv(Text.utf8(path.toString()), (byte) delimiter, skipRows));
  }
}
