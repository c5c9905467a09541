// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import java.nio.file.Files
import org.cermet.ConformanceCase
import scala.jdk.CollectionConverters._

/** Replays the cases that all languages share: one test a case. */
class ConformanceSuite extends munit.FunSuite {
  private val folder = ConformanceCase.folder
  private val cases = if (Files.isDirectory(folder)) ConformanceCase.in(folder).asScala.toSeq else Nil

  test("there are cases") {
    assume(Files.isDirectory(folder), s"no folder $folder")
    assert(cases.nonEmpty)
  }
  cases.foreach(one => test(one.id)(one.replay()))
}
