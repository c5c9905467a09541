// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import org.cermet.{NativeResource, Recorder, Scope}
import scala.language.implicitConversions

/** Scopes and recorders that take a block. */
trait ScopeSyntax {

  /**
   * Runs `body` in a scope, at whose end the arrays made in it are closed. Those in its result move out: the result
   * itself, and the elements of tuples, case classes, collections and options.
   */
  def scoped[A](body: => A): A = {
    val scope = Scope.open()
    try {
      val result = body
      ScopeSyntax.keep(scope, result)
      result
    } finally scope.close()
  }

  implicit def recorderBlock(recorder: Recorder): ScopeSyntax.RecorderBlock = new ScopeSyntax.RecorderBlock(recorder)
}

object ScopeSyntax {

  /** `recorder { x @@ w }` for `recorder.record(() => x @@ w)`. */
  final class RecorderBlock(private val recorder: Recorder) extends AnyVal {
    def apply[A](body: => A): A = recorder.record(() => body)
  }

  private def keep(scope: Scope, result: Any): Unit = result match {
    case resource: NativeResource => scope.keep(resource)
    case map: Iterable[_]         => map.foreach(keep(scope, _))
    case array: Array[_]          => array.foreach(keep(scope, _))
    case product: Product         => product.productIterator.foreach(keep(scope, _))
    case _                        => ()
  }
}
