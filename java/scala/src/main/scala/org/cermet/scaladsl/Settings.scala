// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import org.cermet.{Attributes, DType}

/** Attribute values on their way from a generated method to a call. */
private[scaladsl] final class Settings {
  private var values: Attributes = null

  /** Null if nothing is set. */
  def attributes: Attributes = values

  def set[A](name: String, value: A)(implicit setter: Settings.Setter[A]): Unit = {
    if (values == null) values = new Attributes
    setter.set(values, name, value)
  }

  def setIf[A](name: String, value: Opt[A])(implicit setter: Settings.Setter[A]): Unit =
    value.toOption.foreach(set(name, _))
}

private[scaladsl] object Settings {

  /** How the values of one type are set. */
  trait Setter[A] {
    def set(attributes: Attributes, name: String, value: A): Unit
  }

  private def setter[A](store: (Attributes, String, A) => Any): Setter[A] = new Setter[A] {
    def set(attributes: Attributes, name: String, value: A): Unit = { store(attributes, name, value); () }
  }

  implicit val boolean: Setter[Boolean] = setter((attributes, name, value) => attributes.set(name, value))
  implicit val long: Setter[Long] = setter((attributes, name, value) => attributes.set(name, value))
  implicit val double: Setter[Double] = setter((attributes, name, value) => attributes.set(name, value))
  implicit val string: Setter[String] = setter((attributes, name, value) => attributes.set(name, value))
  implicit val dtype: Setter[DType] = setter((attributes, name, value) => attributes.set(name, value))
  implicit val longs: Setter[Seq[Long]] = setter((attributes, name, value) => attributes.set(name, value.toArray))
  implicit val doubles: Setter[Seq[Double]] = setter((attributes, name, value) => attributes.set(name, value.toArray))
}
