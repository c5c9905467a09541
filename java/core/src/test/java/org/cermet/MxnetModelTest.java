// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.cermet.tools.Predict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that MXNet saved give the numbers that MXNet gave. Skipped without the shared reference data. */
class MxnetModelTest {
  private static final Path SHARED =
      Path.of(Optional.ofNullable(System.getenv("CERMET_SHARED")).orElse(System.getProperty("cermet.root") + "/../shared"));

  @ParameterizedTest
  @ValueSource(strings = {"lenet", "resnet_v1"})
  void predictsAsMxnet(String name) {
    Path folder = SHARED.resolve("reference").resolve("models").resolve(name);
    assumeTrue(Files.isDirectory(folder), "no folder " + folder);
    Scope.run(
        () -> {
          Map<String, NDArray> numbers = ArrayFile.load(folder.resolve("io.npz"));
          try (Model model = Model.load(folder.resolve(name))) {
            Map<String, NDArray> outputs = Predict.predict(model, Map.of("data", numbers.get("in/data")));
            assertArrayEquals(
                numbers.get("out/0").toFloats(), outputs.values().iterator().next().toFloats(), 1e-4f, name);
          }
        });
  }
}
