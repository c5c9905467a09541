// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Random;

/** A classifier and points that it can learn: two classes, told apart by a circle. Shared by the tests. */
final class SmallNet {
  static final int POINTS = 256;
  static final int BATCH = 32;

  private SmallNet() {}

  /** Probabilities of two classes for points of the plane. */
  static Symbol symbol() {
    Symbol hidden = Layers.dense("hidden", Symbol.variable("data"), 16, o -> o.activation("tanh"));
    Symbol scores = Layers.dense("scores", hidden, 2);
    return SymbolOps.softmaxOutput("softmax", scores, Symbol.variable("label"), o -> o.normalization("batch"));
  }

  static Specs specs(int batch) {
    return Specs.of("data", batch, 2).and("label", batch);
  }

  /** Points of the square from -1 to 1. */
  static NDArray points(long seed) {
    Random random = new Random(seed);
    float[] xy = new float[2 * POINTS];
    for (int index = 0; index < xy.length; index++) xy[index] = 2 * random.nextFloat() - 1;
    return NDArray.of(xy, POINTS, 2);
  }

  /** 1 within a circle of half the area. */
  static NDArray labels(NDArray points) {
    float[] xy = points.toFloats();
    float[] labels = new float[POINTS];
    for (int row = 0; row < POINTS; row++) {
      float x = xy[2 * row];
      float y = xy[2 * row + 1];
      labels[row] = x * x + y * y < 2 / (float) Math.PI ? 1 : 0;
    }
    return NDArray.of(labels);
  }

  /** A model with values, the same for the same seed. */
  static Model model(long seed) {
    try (Scope scope = Scope.open();
        Rng rng = Rng.of(seed)) {
      return rng.with(
          () -> {
            Model model = Model.of(symbol());
            model.initialize(specs(BATCH), Initializers.xavier());
            return model;
          });
    }
  }
}
