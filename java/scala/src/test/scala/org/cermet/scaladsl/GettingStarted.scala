// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import java.nio.file.Path
import org.cermet._
import scala.util.Using

/** The Scala code of java/README.md, which quotes the bodies of these methods; run by GettingStartedSuite. */
object GettingStarted {
  def train(points: Array[Float], classes: Array[Float], file: Path): Double =
    // quoted from here
    scoped { // closes all arrays and symbols made within
      val hidden = layers.dense(Symbol.variable("data"), units = 32, activation = "relu", name = "hidden")
      val scores = layers.dense(hidden, units = 2, name = "scores")
      val net = sym.softmaxOutput(scores, Symbol.variable("label"), normalization = "batch", name = "softmax")

      val batch = Specs.of("data", 32, 2).and("label", 32)
      val x = NDArray.of(points, classes.length, 2)
      val y = NDArray.of(classes)
      Using.Manager { use =>
        val model = use(Model.of(net))
        model.initialize(batch)
        val accuracy = use(metrics.accuracy())
        val trainer = use(Trainer.of(model, batch, use(optimizers.adam(learningRate = 0.01))))
        val loader = use(Loader.shuffled(32, Rng.of(1), x, y))
        trainer.addMetric(accuracy, 1, 0)
        for (_ <- 0 until 30) {
          accuracy.reset()
          loader.forEach(one => trainer.step(one.arrays: _*))
        }
        model.save(file)
        accuracy.value
      }.get
    }
    // to here

  def predict(file: Path, point: Array[Float]): Array[Float] =
    // quoted from here
    Using.Manager { use =>
      val model = use(Model.load(file))
      val session = use(model.session(Specs.of("data", 1, 2)))
      session.input("data").set(point)
      session.run()
      session.output(0).toFloats // probabilities of both classes
    }.get
    // to here

  def line(): (Double, Double) =
    // quoted from here
    scoped {
      val x = NDArray.of(Array(0f, 1f, 2f, 3f), 4, 1)
      val y = 3 * x + 1
      val w = NDArray.zeros(1, 1).attachGrad()
      val b = NDArray.zeros(1).attachGrad()
      Using.resources(Recorder.create(), optimizers.sgd(learningRate = 0.1)) { (recorder, sgd) =>
        for (_ <- 0 until 300) scoped {
          recorder.backward(recorder { nd.mean(nd.square(x @@ w + b - y)) })
          sgd.update(java.util.Map.of("w", w, "b", b))
        }
      }
      (w.item, b.item) // 3 and 1
    }
    // to here
}
