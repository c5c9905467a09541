// SPDX-License-Identifier: Apache-2.0
package org.cermet.tools;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cermet.ArrayFile;
import org.cermet.Model;
import org.cermet.NDArray;
import org.cermet.Scope;
import org.cermet.Session;
import org.cermet.Specs;
import org.cermet.Symbol;

/**
 * A program that predicts with a saved model: {@code java org.cermet.tools.Predict MODEL INPUTS.npz OUTPUTS.npz}.
 *
 * <p>MODEL is a {@code .safetensors} file, or the prefix of MXNet's two files. INPUTS has an array for each input of the
 * model, by name, with observations along the first axis; others are ignored. OUTPUTS gets an array for each output.
 */
public final class Predict {
  private Predict() {}

  /** The program. */
  public static void main(String[] args) {
    if (args.length != 3) {
      System.err.println("usage: Predict MODEL INPUTS.npz OUTPUTS.npz");
      System.exit(2);
    }
    Scope.run(
        () -> {
          try (Model model = Model.load(Path.of(args[0]))) {
            Map<String, NDArray> outputs = predict(model, ArrayFile.load(Path.of(args[1])));
            ArrayFile.save(Path.of(args[2]), outputs);
            outputs.forEach((name, values) -> System.out.println(name + " " + Arrays.toString(values.shape())));
          }
        });
  }

  /** Outputs of a model by name, for inputs by name. */
  public static Map<String, NDArray> predict(Model model, Map<String, NDArray> inputs) {
    Specs specs = Specs.none();
    for (String name : model.inputs()) {
      NDArray values = inputs.get(name);
      if (values == null) throw new IllegalArgumentException("no input " + name + " among " + inputs.keySet());
      specs = specs.and(name, values.shape());
    }
    try (Session session = model.session(specs);
        Symbol symbol = model.symbol()) {
      for (String name : specs.asMap().keySet()) session.input(name).set(inputs.get(name));
      session.run();
      Map<String, NDArray> outputs = new LinkedHashMap<>();
      List<String> names = symbol.outputs();
      for (int index = 0; index < names.size(); index++) outputs.put(names.get(index), session.output(index).copy());
      return outputs;
    }
  }
}
