// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import org.cermet.{NDArray, Ops}
import scala.concurrent.Future
import scala.jdk.FutureConverters.CompletionStageOps
import scala.language.implicitConversions

/** Operators and indexing of arrays. */
trait ArraySyntax {
  implicit def arrayOperators(array: NDArray): ArraySyntax.Operators = new ArraySyntax.Operators(array)
  implicit def doubleWithArrays(number: Double): ArraySyntax.Number = new ArraySyntax.Number(number)
  implicit def floatWithArrays(number: Float): ArraySyntax.Number = new ArraySyntax.Number(number.toDouble)
  implicit def intWithArrays(number: Int): ArraySyntax.Number = new ArraySyntax.Number(number.toDouble)
}

object ArraySyntax {

  /** An array on the left. */
  final class Operators(private val a: NDArray) extends AnyVal {
    def +(b: NDArray): NDArray = a.plus(b)
    def -(b: NDArray): NDArray = a.minus(b)
    def *(b: NDArray): NDArray = a.times(b)
    def /(b: NDArray): NDArray = a.div(b)
    def +(b: Double): NDArray = a.plus(b)
    def -(b: Double): NDArray = a.minus(b)
    def *(b: Double): NDArray = a.times(b)
    def /(b: Double): NDArray = a.div(b)
    def unary_- : NDArray = a.unaryMinus()

    /** `whenReady` as Scala's future: of this array, when its values are there. */
    def ready: Future[NDArray] = a.whenReady().asScala

    /** Matrix product. */
    def @@(b: NDArray): NDArray = a.matmul(b)

    /** 1 where elements are equal, 0 elsewhere. */
    def ===(b: NDArray): NDArray = Ops.equal(a, b)

    /** 1 where elements differ, 0 elsewhere. */
    def =!=(b: NDArray): NDArray = Ops.notEqual(a, b)
    def <(b: NDArray): NDArray = Ops.lesser(a, b)
    def <=(b: NDArray): NDArray = Ops.lesserEqual(a, b)
    def >(b: NDArray): NDArray = Ops.greater(a, b)
    def >=(b: NDArray): NDArray = Ops.greaterEqual(a, b)

    /**
     * A part: `x(0, ::, 1 until 3)`. A number takes one entry and drops the axis; a range takes a part; `::` takes all.
     * The result is a view, unless an axis has to be dropped from elements that do not lie dense: then it is a copy.
     */
    def apply(index: Index*): NDArray = Index.drop(Index.view(a, index), index)

    /** Writes into a part; `values` has as many elements as the part. */
    def update(i: Index, values: NDArray): Unit = Index.write(a, Seq(i), values)
    def update(i: Index, j: Index, values: NDArray): Unit = Index.write(a, Seq(i, j), values)
    def update(i: Index, j: Index, k: Index, values: NDArray): Unit = Index.write(a, Seq(i, j, k), values)
  }

  /** A number on the left. */
  final class Number(private val number: Double) extends AnyVal {
    def +(a: NDArray): NDArray = a.plus(number)
    def -(a: NDArray): NDArray = nd.rsubtractScalar(a, scalar = number, isInt = number.isWhole)
    def *(a: NDArray): NDArray = a.times(number)
    def /(a: NDArray): NDArray = nd.rdivideScalar(a, scalar = number, isInt = number.isWhole)
  }
}
