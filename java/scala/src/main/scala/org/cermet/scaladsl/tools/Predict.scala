// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl.tools

import java.nio.file.Path
import org.cermet.{ArrayFile, Model, NDArray, Specs}
import org.cermet.scaladsl._
import scala.jdk.CollectionConverters._
import scala.util.Using

/**
 * A program that predicts with a saved model: `Predict MODEL INPUTS.npz [OUTPUTS.npz]`. MODEL is a `.safetensors` file, or
 * the prefix of MXNet's two files. INPUTS has an array for each input of the model, by name; a model's only input may also
 * be called `input`. OUTPUTS gets an array for each output; without it, the first output is printed, a line of
 * comma-separated numbers for each observation.
 */
object Predict {
  def main(args: Array[String]): Unit = args match {
    case Array(model, inputs)          => run(model, inputs)(results => print(results.head._2))
    case Array(model, inputs, outputs) => run(model, inputs)(results => ArrayFile.save(Path.of(outputs), results.toMap.asJava))
    case _ =>
      Console.err.println("usage: Predict MODEL INPUTS.npz [OUTPUTS.npz]")
      sys.exit(2)
  }

  private def run(model: String, inputs: String)(use: Seq[(String, NDArray)] => Unit): Unit = scoped {
    Using.resource(Model.load(Path.of(model)))(loaded => use(predict(loaded, ArrayFile.load(Path.of(inputs)).asScala)))
  }

  private def print(output: NDArray): Unit = {
    val rows = output.size(0).toInt
    if (rows > 0) output.toFloats.grouped(output.size.toInt / rows).foreach(row => println(row.mkString(",")))
  }

  /** Outputs of a model with their names, for inputs by name. */
  def predict(model: Model, inputs: collection.Map[String, NDArray]): Seq[(String, NDArray)] = {
    val names = model.inputs.asScala.toSeq
    val fed = names.map { name =>
      val only = if (names.size == 1) inputs.get("input") else None
      name -> inputs.get(name).orElse(only).getOrElse(throw new IllegalArgumentException(s"no input $name among ${inputs.keySet}"))
    }
    val specs = fed.foldLeft(Specs.none) { case (known, (name, values)) => known.and(name, values.shape: _*) }
    Using.resource(model.session(specs)) { session =>
      fed.foreach { case (name, values) => session.input(name).set(values) }
      session.run()
      Using.resource(model.symbol)(_.outputs.asScala.toSeq).zipWithIndex.map { case (name, index) =>
        name -> session.output(index).copy()
      }
    }
  }
}
