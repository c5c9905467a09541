// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import org.cermet.{CermetException, NDArray}
import scala.language.implicitConversions

/** What may stand for one axis between the parentheses of an array: a number, a range, or `::` for all. */
sealed trait Index

object Index {
  private final case class At(index: Int) extends Index
  private final case class Part(begin: Long, end: Long, step: Long) extends Index
  private case object All extends Index
  private val Far = 1L << 40 // beyond every axis: the engine cuts it

  implicit def number(index: Int): Index = At(index)
  implicit def range(range: Range): Index = {
    val end = range.end.toLong
    val last = range.isInclusive
    val behind =
      if (last && range.step > 0 && end == -1) Far // through the last entry
      else if (last && range.step < 0 && end == 0) -Far // through the first entry
      else if (last) end + range.step.sign
      else end
    Part(range.start.toLong, behind, range.step.toLong)
  }
  implicit def all(colons: collection.immutable.::.type): Index = All

  /** The part with all axes kept. */
  private[scaladsl] def view(array: NDArray, index: Seq[Index]): NDArray = {
    val parts = index.zipWithIndex.map {
      case (At(entry), axis) =>
        val size = array.size(axis)
        val at = if (entry < 0) entry + size else entry.toLong
        if (at < 0 || at >= size) throw new IndexOutOfBoundsException(s"index of axis $axis: got $entry; want -$size to ${size - 1}")
        Part(at, at + 1, 1)
      case (part: Part, _) => part
      case (All, axis)     => Part(0, array.size(axis), 1)
    }
    array.slice(parts.map(_.begin).toArray, parts.map(_.end).toArray, parts.map(_.step).toArray)
  }

  /** The part without the axes of which a number took one entry. */
  private[scaladsl] def drop(view: NDArray, index: Seq[Index]): NDArray = {
    val taken = index.zipWithIndex.collect { case (At(_), axis) => axis }.toSet
    if (taken.isEmpty) view
    else
      try {
        val shape = view.shape.zipWithIndex.collect { case (size, axis) if !taken(axis) => size }
        try view.reshape(shape: _*)
        catch {
          case _: CermetException.Unsupported =>
            val dense = view.copy()
            try dense.reshape(shape: _*)
            finally dense.close()
        }
      } finally view.close()
  }

  private[scaladsl] def write(array: NDArray, index: Seq[Index], values: NDArray): Unit = {
    val part = view(array, index)
    try {
      val shaped = values.reshape(part.shape: _*)
      try part.set(shaped)
      finally shaped.close()
    } finally part.close()
  }
}
