// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import org.cermet.{Symbol, SymbolOps}
import scala.language.implicitConversions

/** Operators of symbols. */
trait SymbolSyntax {
  implicit def symbolOperators(symbol: Symbol): SymbolSyntax.Operators = new SymbolSyntax.Operators(symbol)
}

object SymbolSyntax {

  /** A symbol on the left. */
  final class Operators(private val a: Symbol) extends AnyVal {
    def +(b: Symbol): Symbol = a.plus(b)
    def -(b: Symbol): Symbol = a.minus(b)
    def *(b: Symbol): Symbol = a.times(b)
    def /(b: Symbol): Symbol = a.div(b)
    def +(b: Double): Symbol = a.plus(b)
    def -(b: Double): Symbol = a.minus(b)
    def *(b: Double): Symbol = a.times(b)
    def /(b: Double): Symbol = a.div(b)
    def unary_- : Symbol = a.unaryMinus()

    /** Matrix product. */
    def @@(b: Symbol): Symbol = SymbolOps.dot(null, a, b)
  }
}
