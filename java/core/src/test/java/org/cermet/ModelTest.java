// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cermet.tools.Predict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models: files, bytes, metadata, parameters, sessions. */
class ModelTest {
  @TempDir Path folder;
  private Scope scope;
  private Model model;

  @BeforeEach
  void open() {
    scope = Scope.open();
    model = SmallNet.model(1);
  }

  @AfterEach
  void close() {
    model.close();
    scope.close();
  }

  private static float[] predict(Model model) {
    try (Session session = model.session(Specs.of("data", 2, 2))) {
      session.input("data").set(new float[] {0.1f, 0.2f, 0.9f, 0.9f});
      session.run();
      return session.output(0).toFloats();
    }
  }

  @Test
  void parametersHaveNamesAndValues() {
    assertEquals(
        Set.of("hidden_weight", "hidden_bias", "scores_weight", "scores_bias"), Set.copyOf(model.parameters()));
    assertEquals(List.of("data"), model.inputs());
    NDArray weight = model.parameter("hidden_weight");
    assertArrayEquals(new long[] {16, 2}, weight.shape());
    assertThrows(CermetException.NotFound.class, () -> model.parameter("nothing"));
    float[] before = predict(model);
    model.setParameter("hidden_weight", NDArray.zeros(16, 2));
    assertFalse(Arrays.equals(before, predict(model)));
  }

  @Test
  void bothFileFormsKeepEverything() {
    model.setMetadata("labels", "außen, innen 😀");
    float[] want = predict(model);
    for (Path path : List.of(folder.resolve("net.safetensors"), folder.resolve("net"))) {
      model.save(path);
      try (Model loaded = Model.load(path)) {
        assertArrayEquals(want, predict(loaded));
      }
    }
    assertTrue(Files.exists(folder.resolve("net-symbol.json")) && Files.exists(folder.resolve("net-0000.params")));
    try (Model loaded = Model.load(folder.resolve("net.safetensors"))) {
      assertEquals("außen, innen 😀", loaded.metadata("labels"));
      assertThrows(CermetException.NotFound.class, () -> loaded.metadata("nothing"));
    }
  }

  @Test
  void bytesAndCopiesAreModelsOfTheirOwn() {
    float[] want = predict(model);
    try (Model fromBytes = Model.fromBytes(model.toBytes());
        Model copy = model.copy()) {
      model.parameter("scores_weight").set(NDArray.zeros(2, 16));
      assertArrayEquals(want, predict(fromBytes));
      assertArrayEquals(want, predict(copy));
      assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f, 0.5f}, predict(model));
    }
    assertThrows(CermetException.Corrupt.class, () -> Model.fromBytes(new byte[100]));
  }

  @Test
  void sessionsTakeOtherShapes() {
    try (Session session = model.session(Specs.of("data", 1, 2))) {
      session.run();
      assertTrue(session.plannedBytes() > 0);
      session.reshape(Specs.of("data", 3, 2));
      session.input("data").set(new float[6]);
      session.run();
      assertArrayEquals(new long[] {3, 2}, session.output(0).shape());
    }
  }

  @Test
  void aSessionOutlivesItsModelAndClosesWhatItGave() {
    Session session = model.session(Specs.of("data", 1, 2));
    model.close();
    session.run();
    NDArray output = session.output(0);
    session.close();
    assertTrue(output.isClosed());
    assertThrows(IllegalStateException.class, session::run);
    assertThrows(IllegalStateException.class, () -> session.input("data"));
  }

  @Test
  void theProgramPredictsFromFiles() {
    model.save(folder.resolve("net.safetensors"));
    NDArray data = NDArray.of(new float[] {0.1f, 0.2f, 0.9f, 0.9f}, 2, 2);
    ArrayFile.save(folder.resolve("in.npz"), Map.of("data", data, "more", NDArray.zeros(1)));
    Predict.main(
        new String[] {
          folder.resolve("net.safetensors").toString(),
          folder.resolve("in.npz").toString(),
          folder.resolve("out.npz").toString()
        });
    Map<String, NDArray> outputs = ArrayFile.load(folder.resolve("out.npz"));
    assertArrayEquals(predict(model), outputs.get("softmax_output").toFloats());
    assertArrayEquals(predict(model), Predict.predict(model, Map.of("input", data)).get("softmax_output").toFloats());
    assertThrows(IllegalArgumentException.class, () -> Predict.predict(model, Map.of("other", data)));
  }
}
