// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.cermet.Near.assertShape;
import static org.cermet.Near.assertValues;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of named arrays: what is saved comes back, in every format. */
class ArrayFileTest {
  @TempDir Path folder;
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void namedArraysComeBackFromEachFormat() {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    arrays.put("a", NDArray.of(new float[] {1, 2, 3, 4}, 2, 2));
    arrays.put("b", NDArray.of(new int[] {5, 6}));
    for (String name : List.of("x.npz", "x.safetensors", "x.params")) {
      ArrayFile.save(folder.resolve(name), arrays);
      Map<String, NDArray> back = ArrayFile.load(folder.resolve(name));
      assertEquals(arrays.keySet(), back.keySet());
      assertValues(back.get("a"), 1, 2, 3, 4);
      assertShape(back.get("a"), 2, 2);
      assertEquals(DType.INT32, back.get("b").dtype());
    }
  }

  @Test
  void listsNeedNoNames() {
    ArrayFile.save(folder.resolve("list.nd"), List.of(NDArray.zeros(1), NDArray.zeros(2)));
    List<NDArray> back = ArrayFile.loadList(folder.resolve("list.nd"));
    assertShape(back.get(0), 1);
    assertShape(back.get(1), 2);
  }

  @Test
  void csvHasRowsAndColumns() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), "a;b\n1;2.5\n-3;NA\n");
    NDArray table = ArrayFile.readCsv(file, ';', 1);
    assertArrayEquals(new float[] {1, 2.5f, -3, Float.NaN}, table.toFloats());
    assertShape(table, 2, 2);
    Path ragged = Files.writeString(folder.resolve("ragged.csv"), "1,2\n3\n");
    assertThrows(CermetException.Corrupt.class, () -> ArrayFile.readCsv(ragged, ',', 0));
  }

  @Test
  void idxHasItsShape() throws IOException {
    byte[] bytes = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, (byte) 200};
    NDArray array = ArrayFile.readIdx(Files.write(folder.resolve("x.idx"), bytes));
    assertEquals(DType.UINT8, array.dtype());
    assertShape(array, 2, 1);
    assertArrayEquals(new int[] {7, 200}, array.toInts());
  }
}
