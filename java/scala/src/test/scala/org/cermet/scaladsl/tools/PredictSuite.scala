// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl.tools

import java.nio.file.{Files, Path}
import org.cermet._
import org.cermet.scaladsl._

class PredictSuite extends munit.FunSuite {
  private val folder = FunFixture[Path](_ => Files.createTempDirectory("cermet-scala"), delete)

  private def delete(path: Path): Unit = {
    if (Files.isDirectory(path)) Files.list(path).forEach(delete(_))
    Files.delete(path)
  }

  folder.test("the program gives the numbers that the model gives") { path =>
    scoped {
      val scores = layers.dense(Symbol.variable("data"), units = 3, name = "scores")
      val model = Model.of(sym.softmaxOutput(scores, name = "softmax"))
      try {
        model.initialize(Specs.of("data", 2, 4))
        model.save(path.resolve("net"))
        val data = NDArray.of(Array.tabulate(8)(_.toFloat), 2, 4)
        ArrayFile.save(path.resolve("in.npz"), java.util.Map.of("data", data))
        Predict.main(Array("net", "in.npz", "out.npz").map(path.resolve(_).toString))
        val want = Predict.predict(model, Map("data" -> data)).head._2.toFloats
        val got = ArrayFile.load(path.resolve("out.npz")).get("softmax_output").toFloats
        assertEquals(got.toSeq, want.toSeq)
        assertEqualsFloat(got.take(3).sum, 1f, 1e-5f)
      } finally model.close()
    }
  }
}
