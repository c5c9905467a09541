// SPDX-License-Identifier: Apache-2.0
package org.cermet.tools;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.cermet.ArrayFile;
import org.cermet.Model;
import org.cermet.NDArray;
import org.cermet.Scope;
import org.cermet.Session;
import org.cermet.Specs;
import org.cermet.Symbol;

/**
 * A program that predicts with a saved model: {@code java org.cermet.tools.Predict MODEL INPUTS.npz [OUTPUTS.npz]}.
 *
 * <p>MODEL is a {@code .safetensors} file, or the prefix of MXNet's two files. INPUTS has an array for each input of the
 * model, by name, with observations along the first axis; a model's only input may also be called {@code input}. OUTPUTS
 * gets an array for each output; without it, the first output is printed, a line of comma-separated numbers for each
 * observation.
 */
public final class Predict {
  private Predict() {}

  /** The program. */
  public static void main(String[] args) {
    if (args.length != 2 && args.length != 3) {
      System.err.println("usage: Predict MODEL INPUTS.npz [OUTPUTS.npz]");
      System.exit(2);
    }
    Scope.run(
        () -> {
          try (Model model = Model.load(Path.of(args[0]))) {
            Map<String, NDArray> outputs = predict(model, ArrayFile.load(Path.of(args[1])));
            if (args.length == 3) {
              ArrayFile.save(Path.of(args[2]), outputs);
            } else {
              print(outputs.values().iterator().next());
            }
          }
        });
  }

  private static void print(NDArray output) {
    float[] values = output.toFloats();
    int rows = (int) output.size(0);
    int width = rows == 0 ? 0 : values.length / rows;
    for (int row = 0; row < rows; row++) {
      float[] numbers = Arrays.copyOfRange(values, row * width, (row + 1) * width);
      System.out.println(Arrays.toString(numbers).replaceAll("[\\[\\] ]", ""));
    }
  }

  /** Outputs of a model by name, for inputs by name. */
  public static Map<String, NDArray> predict(Model model, Map<String, NDArray> inputs) {
    Map<String, NDArray> given = chosen(model.inputs(), inputs);
    Specs specs = Specs.none();
    for (String name : given.keySet()) specs = specs.and(name, given.get(name).shape());
    try (Session session = model.session(specs);
        Symbol symbol = model.symbol()) {
      given.forEach((name, values) -> session.input(name).set(values));
      session.run();
      Map<String, NDArray> outputs = new LinkedHashMap<>();
      List<String> names = symbol.outputs();
      for (int index = 0; index < names.size(); index++) outputs.put(names.get(index), session.output(index).copy());
      return outputs;
    }
  }

  private static Map<String, NDArray> chosen(List<String> names, Map<String, NDArray> inputs) {
    return names.stream()
        .collect(
            Collectors.toMap(
                name -> name,
                name -> {
                  NDArray only = names.size() == 1 ? inputs.get("input") : null;
                  NDArray values = inputs.getOrDefault(name, only);
                  if (values != null) return values;
                  throw new IllegalArgumentException("no input " + name + " among " + inputs.keySet());
                }));
  }
}
