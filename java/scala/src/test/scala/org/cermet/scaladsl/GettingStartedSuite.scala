// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import java.nio.file.{Files, Path}
import scala.util.Random

/** Runs the Scala code that java/README.md shows, and compares the two. */
class GettingStartedSuite extends munit.FunSuite {
  private val java = Path.of(System.getProperty("cermet.root"), "java")

  test("the code runs") {
    val random = new Random(1)
    val points = Array.fill(1024)(2 * random.nextFloat() - 1)
    val classes = points.grouped(2).map(point => if (math.hypot(point(0), point(1)) < 0.8) 1f else 0f).toArray
    val file = Files.createTempDirectory("cermet").resolve("circle.safetensors")
    try {
      val accuracy = GettingStarted.train(points, classes, file)
      assert(accuracy > 0.95, s"accuracy $accuracy")
      assert(GettingStarted.predict(file, Array(0f, 0f))(1) > 0.9)
    } finally {
      Files.deleteIfExists(file)
      Files.delete(file.getParent)
    }
    val (slope, offset) = GettingStarted.line()
    assertEqualsDouble(slope, 3, 1e-2)
    assertEqualsDouble(offset, 1, 1e-2)
  }

  test("the README quotes it") {
    val quoted = blocks(java.resolve("README.md"), "```scala\n", "```")
    val source = java.resolve("scala/src/test/scala/org/cermet/scaladsl/GettingStarted.scala")
    val run = blocks(source, "// quoted from here\n", "// to here")
    assertEquals(quoted.size, 3)
    for (block <- quoted) assert(run.contains(block), s"not in $source:\n$block")
  }

  /** What lies between the two marks, with all indentation and empty lines taken away. */
  private def blocks(file: Path, from: String, to: String): Seq[String] =
    Files.readString(file).split(from).toSeq.drop(1).map { rest =>
      rest.take(rest.indexOf(to)).linesIterator.map(_.trim).filter(_.nonEmpty).mkString("\n")
    }
}
