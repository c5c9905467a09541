// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trainer, loader, optimizers and metrics on a small net. */
class TrainingTest {
  private Scope scope;
  private NDArray points;
  private NDArray labels;

  @BeforeEach
  void open() {
    scope = Scope.open();
    points = SmallNet.points(3);
    labels = SmallNet.labels(points);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Optimizer adam() {
    return Optimizers.adam(o -> o.learningRate(0.05));
  }

  private static Map<String, NDArray> parameters(Model model) {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (String name : model.parameters()) parameters.put(name, model.parameter(name));
    return parameters;
  }

  @Test
  void theTrainerLearns() {
    try (Model model = SmallNet.model(1);
        Optimizer optimizer = adam();
        Trainer trainer = Trainer.of(model, SmallNet.specs(SmallNet.BATCH), optimizer);
        Metric accuracy = Metrics.accuracy();
        Rng rng = Rng.of(5);
        Loader loader = Loader.shuffled(SmallNet.BATCH, rng, points, labels)) {
      trainer.addMetric(accuracy, 1, 0);
      for (int epoch = 0; epoch < 100; epoch++) {
        for (Loader.Batch batch : loader) trainer.step(batch.arrays());
      }
      accuracy.reset();
      trainer.evaluate(points, labels);
      assertTrue(accuracy.value() > 0.95, "accuracy " + accuracy.value());
      assertArrayEquals(new long[] {SmallNet.POINTS, 2}, trainer.output(0).shape());
      assertTrue(trainer.plannedBytes() > 0 && trainer.arrayBytes() > 0);
    }
  }

  @Test
  void theRecorderAndAnOptimizerLearnTheSame() {
    try (Model reference = SmallNet.model(1);
        Model model = reference.copy();
        Optimizer optimizer = adam();
        Optimizer other = adam();
        Recorder recorder = Recorder.create();
        Trainer trainer = Trainer.of(reference, SmallNet.specs(SmallNet.BATCH), other);
        Loader loader = Loader.of(SmallNet.BATCH, points, labels)) {
      Map<String, NDArray> weights = parameters(model);
      weights.values().forEach(NDArray::attachGrad);
      for (int epoch = 0; epoch < 3; epoch++) {
        for (Loader.Batch batch : loader) {
          Scope.run(
              () -> {
                recorder.backward(recorder.record(() -> forward(weights, batch.get(0), batch.get(1))));
                optimizer.update(weights);
              });
          trainer.step(batch.arrays());
        }
      }
      for (String name : weights.keySet()) {
        assertArrayEquals(reference.parameter(name).toFloats(), weights.get(name).toFloats(), 1e-4f, name);
      }
    }
  }

  @Test
  void mixedPrecisionLearnsWithAndWithoutALossScale() {
    for (DType dtype : new DType[] {DType.BFLOAT16, DType.FLOAT16}) {
      try (Model plain = SmallNet.model(1);
          Model model = Model.of(plain.symbol().mixedPrecision(dtype));
          Optimizer optimizer = adam();
          Metric accuracy = Metrics.accuracy();
          Loader loader = Loader.of(SmallNet.BATCH, points, labels)) {
        for (String name : plain.parameters()) model.setParameter(name, plain.parameter(name));
        assertEquals(DType.FLOAT32, model.parameter("hidden_weight").dtype());
        if (dtype == DType.FLOAT16) optimizer.setLossScale(65536, 2000);
        try (Trainer trainer = Trainer.of(model, SmallNet.specs(SmallNet.BATCH), optimizer)) {
          trainer.addMetric(accuracy, 1, 0);
          for (int epoch = 0; epoch < 20; epoch++) {
            accuracy.reset();
            for (Loader.Batch batch : loader) trainer.step(batch.arrays());
          }
        }
        assertTrue(accuracy.value() > 0.9, dtype + ": " + accuracy.value());
        assertEquals(dtype == DType.FLOAT16, optimizer.lossScale() > 0);
        assertTrue(optimizer.skippedUpdates() >= 0);
        assertThrows(CermetException.InvalidArgument.class, () -> optimizer.setLossScale(0.5, 0));
        assertThrows(CermetException.InvalidArgument.class, () -> plain.symbol().mixedPrecision(DType.INT32));
      }
    }
  }

  /** SmallNet, written with operators on arrays. */
  private static NDArray forward(Map<String, NDArray> weights, NDArray data, NDArray label) {
    NDArray hidden = Ops.tanh(Ops.fullyConnected(data, weights.get("hidden_weight"), weights.get("hidden_bias"), 16));
    NDArray scores = Ops.fullyConnected(hidden, weights.get("scores_weight"), weights.get("scores_bias"), 2);
    return Ops.softmaxOutput(scores, label, o -> o.normalization("batch"));
  }

  @Test
  void optimizersGoOnFromTheirBytes() {
    NDArray first = NDArray.of(new float[] {1, 2});
    NDArray second = first.copy();
    Map<String, NDArray> gradient = Map.of("w", NDArray.of(new float[] {0.5f, -0.5f}));
    try (Optimizer one = adam();
        Optimizer two = adam()) {
      one.update(Map.of("w", first), gradient);
      second.set(first);
      two.restore(one.toBytes());
      one.update(Map.of("w", first), gradient);
      two.update(Map.of("w", second), gradient);
      assertArrayEquals(first.toFloats(), second.toFloats());
      assertThrows(IllegalArgumentException.class, () -> one.update(Map.of("v", first), gradient));
      assertThrows(CermetException.NotFound.class, () -> one.update(Map.of("w", first)), "no gradient attached");
    }
  }

  @Test
  void schedulesSetTheLearningRate() {
    try (Optimizer optimizer = Optimizers.sgd(o -> o.learningRate(0.5))) {
      assertEquals(0.5, optimizer.learningRate());
      optimizer.setLearningRate(0.25);
      assertEquals(0.25, optimizer.learningRate());
      optimizer.setSchedule(Schedules.factor(1, o -> o.factor(0.1)));
      NDArray w = NDArray.zeros(1);
      for (int step = 0; step < 3; step++) optimizer.update(Map.of("w", w), Map.of("w", NDArray.zeros(1)));
      assertTrue(optimizer.learningRate() < 0.05, "rate " + optimizer.learningRate());
      optimizer.setSchedule(null);
    }
  }

  @Test
  void metricsAccumulate() {
    try (Metric metric = Metrics.accuracy()) {
      assertTrue(Double.isNaN(metric.value()));
      NDArray guesses = NDArray.of(new float[] {0.9f, 0.1f, 0.2f, 0.8f}, 2, 2);
      metric.update(NDArray.of(new float[] {0, 0}), guesses);
      assertEquals(0.5, metric.value());
      metric.update(NDArray.of(new float[] {0, 1}), guesses);
      assertEquals(0.75, metric.value());
      metric.reset();
      assertTrue(Double.isNaN(metric.value()));
    }
  }

  @Test
  void loadersGiveWholePasses() {
    NDArray rows = NDArray.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    try (Loader loader = Loader.of(4, rows)) {
      assertEquals(3, loader.numBatches());
      for (int pass = 0; pass < 2; pass++) {
        double sum = 0;
        Loader.Batch last = null;
        for (Loader.Batch batch : loader) {
          sum += batch.get(0).sum().item();
          if (last != null) assertThrows(IllegalStateException.class, last.get(0)::size);
          last = batch;
        }
        assertEquals(45, sum);
      }
      var iterator = loader.iterator();
      while (iterator.hasNext()) iterator.next();
      assertThrows(NoSuchElementException.class, iterator::next);
    }
    try (Rng rng = Rng.of(1);
        Loader loader = Loader.shuffled(4, rng, LastBatch.DISCARD, rows)) {
      assertEquals(2, loader.numBatches());
    }
  }
}
