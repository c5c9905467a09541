// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import scala.language.implicitConversions

/** An attribute that may be left out. A value of the type, or of one that widens to it, becomes one by itself. */
final class Opt[+A] private (val toOption: Option[A])

object Opt extends LowPriorityOpt {

  /** Left out: the engine's default holds. */
  val unset: Opt[Nothing] = new Opt(None)

  private[scaladsl] def of[A](value: A): Opt[A] = new Opt(Some(value))

  implicit def int(value: Int): Opt[Long] = of(value.toLong)
  implicit def ints(values: Seq[Int]): Opt[Seq[Long]] = of(values.map(_.toLong))
  implicit def oneAxis(value: Int): Opt[Seq[Long]] = of(Seq(value.toLong))
  implicit def intAsDouble(value: Int): Opt[Double] = of(value.toDouble)
  implicit def floatAsDouble(value: Float): Opt[Double] = of(value.toDouble)
}

trait LowPriorityOpt {
  implicit def same[A](value: A): Opt[A] = Opt.of(value)
}
