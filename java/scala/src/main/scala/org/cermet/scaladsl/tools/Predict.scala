// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl.tools

import java.nio.file.Path
import org.cermet.{ArrayFile, Model, NDArray, Specs}
import org.cermet.scaladsl._
import scala.jdk.CollectionConverters._
import scala.util.Using

/**
 * A program that predicts with a saved model: `Predict MODEL INPUTS.npz OUTPUTS.npz`. MODEL is a `.safetensors` file, or
 * the prefix of MXNet's two files. INPUTS has an array for each input of the model, by name; OUTPUTS gets one for each
 * output.
 */
object Predict {
  def main(args: Array[String]): Unit = args match {
    case Array(model, inputs, outputs) =>
      scoped {
        Using.resource(Model.load(Path.of(model))) { loaded =>
          val results = predict(loaded, ArrayFile.load(Path.of(inputs)).asScala)
          ArrayFile.save(Path.of(outputs), results.toMap.asJava)
          for ((name, values) <- results) println(s"$name ${values.shape.mkString("[", ", ", "]")}")
        }
      }
    case _ =>
      Console.err.println("usage: Predict MODEL INPUTS.npz OUTPUTS.npz")
      sys.exit(2)
  }

  /** Outputs of a model with their names, for inputs by name. */
  def predict(model: Model, inputs: collection.Map[String, NDArray]): Seq[(String, NDArray)] = {
    val names = model.inputs.asScala.toSeq
    val specs = names.foldLeft(Specs.none)((known, name) => known.and(name, inputs(name).shape: _*))
    Using.resource(model.session(specs)) { session =>
      names.foreach(name => session.input(name).set(inputs(name)))
      session.run()
      Using.resource(model.symbol)(_.outputs.asScala.toSeq).zipWithIndex.map { case (name, index) =>
        name -> session.output(index).copy()
      }
    }
  }
}
