// SPDX-License-Identifier: Apache-2.0
package org.cermet.docs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.cermet.Batcher;
import org.cermet.BatchOptions;
import org.cermet.Layers;
import org.cermet.Loader;
import org.cermet.Metric;
import org.cermet.Metrics;
import org.cermet.Model;
import org.cermet.ModelSlot;
import org.cermet.NDArray;
import org.cermet.Optimizer;
import org.cermet.Optimizers;
import org.cermet.PoolOptions;
import org.cermet.Recorder;
import org.cermet.Rng;
import org.cermet.Scope;
import org.cermet.SessionPool;
import org.cermet.Specs;
import org.cermet.Symbol;
import org.cermet.SymbolOps;
import org.cermet.Trainer;

/** The Java code of java/README.md, which quotes the bodies of these methods; run by GettingStartedTest. */
final class GettingStarted {
  private GettingStarted() {}

  /** Points of the plane; the class says whether a point lies within the circle. */
  static float[][] circle(int count, long seed) {
    Random random = new Random(seed);
    float[] points = new float[2 * count];
    float[] labels = new float[count];
    for (int row = 0; row < count; row++) {
      points[2 * row] = 2 * random.nextFloat() - 1;
      points[2 * row + 1] = 2 * random.nextFloat() - 1;
      labels[row] = Math.hypot(points[2 * row], points[2 * row + 1]) < 0.8 ? 1 : 0;
    }
    return new float[][] {points, labels};
  }

  static double train(float[] points, float[] labels, Path file) {
    double last = 0;
    // quoted from here
    try (Scope scope = Scope.open(); // closes all arrays and symbols made within
        Metric accuracy = Metrics.accuracy();
        Optimizer adam = Optimizers.adam(o -> o.learningRate(0.01))) {
      Symbol hidden = Layers.dense("hidden", Symbol.variable("data"), 32, o -> o.activation("relu"));
      Symbol scores = Layers.dense("scores", hidden, 2);
      Symbol net = SymbolOps.softmaxOutput("softmax", scores, Symbol.variable("label"), o -> o.normalization("batch"));

      Specs batch = Specs.of("data", 32, 2).and("label", 32);
      NDArray x = NDArray.of(points, labels.length, 2); // row-major: x0, y0, x1, y1 ...
      NDArray y = NDArray.of(labels); // classes 0 and 1, as floats
      try (Model model = Model.of(net)) {
        model.initialize(batch);
        try (Trainer trainer = Trainer.of(model, batch, adam);
            Loader loader = Loader.shuffled(32, Rng.of(1), x, y)) {
          trainer.addMetric(accuracy, 1, 0); // input 1 has the labels, output 0 the probabilities
          for (int epoch = 0; epoch < 30; epoch++) {
            accuracy.reset();
            for (Loader.Batch one : loader) trainer.step(one.arrays());
            last = accuracy.value();
          }
        }
        model.save(file); // a .safetensors file, for all languages
      }
    }
    // to here
    return last;
  }

  static float[] predict(Path file, float[] point) {
    // quoted from here
    try (Model model = Model.load(file); // model.inputs() says what to feed it
        SessionPool pool = model.pool(Specs.of("data", 1, 2), PoolOptions.sessions(1));
        SessionPool.Lease lease = pool.lease()) {
      lease.input("data").set(point);
      lease.run();
      return lease.output(0).toFloats(); // probabilities of both classes
    }
    // to here
  }

  static void deploy(ModelSlot slot, Path file) {
    // quoted from here
    try (Model model = Model.load(file)) {
      SessionPool pool = model.pool(Specs.of("data", 1, 2), PoolOptions.sessions(8)); // memory: pool.plannedBytes()
      pool.warmUp(100);
      slot.replace(pool); // the pool before drains, then closes
    }
    // to here
  }

  static float[] score(ModelSlot slot, float[] point) {
    // quoted from here
    try (SessionPool.Lease lease = slot.lease(Duration.ofMillis(5))) { // Timeout if all are busy for 5 ms
      lease.input("data").set(point);
      lease.run();
      return lease.output(0).toFloats();
    }
    // to here
  }

  static float[] batched(Path file, float[] point) {
    // quoted from here
    BatchOptions options = BatchOptions.maxBatch(32).maxDelay(Duration.ofMillis(2)).timeout(Duration.ofSeconds(5));
    try (Model model = Model.load(file);
        Batcher batcher = Batcher.of(model, Specs.of("data", 1, 2), options)) {
      return batcher.predict(point); // on any thread
    }
    // to here
  }

  static float[] line() {
    // quoted from here
    try (Scope scope = Scope.open();
        Recorder recorder = Recorder.create();
        Optimizer sgd = Optimizers.sgd(o -> o.learningRate(0.1))) {
      NDArray x = NDArray.of(new float[] {0, 1, 2, 3}, 4, 1);
      NDArray y = x.times(3).plus(1);
      NDArray w = NDArray.zeros(1, 1).attachGrad();
      NDArray b = NDArray.zeros(1).attachGrad();
      Map<String, NDArray> weights = Map.of("w", w, "b", b);
      for (int step = 0; step < 300; step++) {
        Scope.run(() -> { // the temporaries of a step die here
          recorder.backward(recorder.record(() -> x.matmul(w).plus(b).minus(y).square().mean()));
          sgd.update(weights);
        });
      }
      return new float[] {(float) w.item(), (float) b.item()}; // 3 and 1
    }
    // to here
  }
}
