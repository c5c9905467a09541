// SPDX-License-Identifier: Apache-2.0
import org.cermet.NDArray
import org.cermet.scaladsl._

/** The sum of two arrays of two numbers, from Scala: Add SECONDS. */
object Add {
  private val epoch = System.currentTimeMillis * 1e-3 - System.nanoTime * 1e-9
  private def now(): Double = epoch + System.nanoTime * 1e-9

  private def many(x: NDArray, y: NDArray, calls: Int): Unit = {
    var k = 0
    while (k < calls) {
      (x + y).close()
      k += 1
    }
  }

  def main(arguments: Array[String]): Unit = {
    val x = NDArray.of(Array(1f, 2f))
    val y = NDArray.of(Array(3f, 4f))
    many(x, y, 200000) // until the virtual machine has compiled it
    val begin = now()
    while (now() - begin < arguments(0).toDouble) {
      val start = now()
      var calls = 0
      while (now() - start < 0.1) {
        many(x, y, 5000)
        calls += 5000
      }
      println("sample %.6f %.6f %d".formatLocal(java.util.Locale.ROOT, start, now(), calls))
    }
  }
}
