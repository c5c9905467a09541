// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each status of the engine has its exception, with operator, argument and shapes. */
class CermetExceptionTest {
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
  void everyStatusHasItsClass() {
    Set<Class<?>> classes = new HashSet<>();
    for (int status = 1; status <= 15; status++) classes.add(failure(status).getClass());
    assertEquals(15, classes.size());
    assertEquals(CermetException.class, failure(99).getClass(), "a status of a newer engine");
  }

  private static RuntimeException failure(int status) {
    return new FailureFactory().create(status, "message", "op", "argument", "node", new long[][] {{1}});
  }

  @Test
  void shapesThatDoNotFit() {
    CermetException.ShapeMismatch failure =
        assertThrows(
            CermetException.ShapeMismatch.class, () -> NDArray.zeros(2, 3).plus(NDArray.zeros(4, 5)));
    assertEquals("add", failure.op());
    assertArrayEquals(new long[][] {{4, 5}, {2, 3}}, failure.shapes());
    assertEquals("rhs", failure.argument());
    assertTrue(failure.getMessage().startsWith("add: rhs: got"), failure.getMessage());
  }

  @Test
  void aNodeOfAGraphIsNamed() {
    Symbol net = SymbolOps.add("sum", Symbol.variable("a"), Symbol.variable("b"));
    CermetException.ShapeMismatch failure =
        assertThrows(CermetException.ShapeMismatch.class, () -> net.infer(Specs.of("a", 2, 3).and("b", 4, 5)));
    assertEquals("sum", failure.node());
  }

  @Test
  void typesThatDoNotFit() {
    assertThrows(CermetException.DTypeMismatch.class, () -> NDArray.zeros(DType.INT32, 2).attachGrad());
  }

  @Test
  void valuesOutOfRange() {
    CermetException.InvalidArgument failure =
        assertThrows(
            CermetException.InvalidArgument.class, () -> Ops.dropout(NDArray.zeros(2), o -> o.p(1.5)));
    assertEquals("p", failure.argument());
    assertThrows(CermetException.InvalidArgument.class, () -> DType.named("float31"));
  }

  @Test
  void namesThatAreNotThere() {
    assertThrows(CermetException.NotFound.class, () -> Definition.operator("no_such_operator"));
    assertThrows(
        CermetException.NotFound.class,
        () -> Definition.operator("sum").invoke(new Attributes().set("axes", 1), NDArray.zeros(2)));
    assertThrows(CermetException.NotFound.class, () -> NDArray.zeros(2).grad());
  }

  @Test
  void viewsThatNeedACopy() {
    assertThrows(CermetException.Unsupported.class, () -> NDArray.zeros(2, 3).transpose().reshape(6));
  }

  @Test
  void theCapHolds() {
    Memory.setCap(Device.cpu(), Memory.of(Device.cpu()).inUse() + (1 << 20));
    try {
      assertThrows(CermetException.LimitExceeded.class, () -> NDArray.zeros(1 << 20));
    } finally {
      Memory.setCap(Device.cpu(), 0);
    }
  }

  @Test
  void filesThatBreakTheirFormat() throws IOException {
    Path file = Files.write(folder.resolve("broken.params"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    assertThrows(CermetException.Corrupt.class, () -> ArrayFile.load(file));
    assertThrows(CermetException.Corrupt.class, () -> Symbol.fromJson("{"));
  }

  @Test
  void whatTheSystemRefuses() {
    CermetException missing =
        assertThrows(CermetException.class, () -> ArrayFile.load(folder.resolve("none.npz")));
    assertTrue(missing.getMessage().contains("none.npz"), missing.getMessage());
    assertThrows(
        CermetException.IO.class,
        () -> ArrayFile.save(folder.resolve("no").resolve("such").resolve("x.npz"), Map.of("x", NDArray.zeros(1))));
  }

  @Test
  void javasOwnExceptions() {
    assertThrows(IllegalArgumentException.class, () -> Symbol.variable("a\0b"));
    assertThrows(NullPointerException.class, () -> NDArray.zeros(1).copyTo(null));
  }

  @Test
  void textIsUtf8BothWays() {
    String name = "größe😀";
    assertEquals(name, Symbol.variable(name).name());
    Path file = folder.resolve(name + ".npz");
    ArrayFile.save(file, Map.of(name, NDArray.zeros(1)));
    assertTrue(Files.exists(file));
    assertEquals(Set.of(name), ArrayFile.load(file).keySet());
  }
}
