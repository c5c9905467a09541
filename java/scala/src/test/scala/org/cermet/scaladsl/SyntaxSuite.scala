// SPDX-License-Identifier: Apache-2.0
package org.cermet.scaladsl

import org.cermet._
import scala.concurrent.ExecutionContext.Implicits.global
import scala.util.Using

class SyntaxSuite extends munit.FunSuite {
  private def array(shape: Long*)(values: Float*): NDArray = NDArray.of(values.toArray, shape: _*)

  private def assertValues(got: NDArray, want: Double*): Unit = {
    val values = got.toDoubles.toSeq
    assertEquals(values.size, want.size)
    for ((a, b) <- values.zip(want)) assertEqualsDouble(a, b, 1e-5)
  }

  private def scopedTest(name: String)(body: => Unit): Unit = test(name)(scoped(body))

  scopedTest("arithmetic with arrays and numbers on both sides") {
    val a = array(2, 2)(1, 2, 3, 4)
    val b = array(2)(10, 20)
    assertValues(a + b, 11, 22, 13, 24)
    assertValues(a - b, -9, -18, -7, -16)
    assertValues(a * b / 10, 1, 4, 3, 8)
    assertValues(-a, -1, -2, -3, -4)
    assertValues(1 + a, 2, 3, 4, 5)
    assertValues(1 - a, 0, -1, -2, -3)
    assertValues(2.0 * a, 2, 4, 6, 8)
    assertValues(12f / a, 12, 6, 4, 3)
    assertValues(a + 0.5, 1.5, 2.5, 3.5, 4.5)
    assertValues(a - 1, 0, 1, 2, 3)
  }

  scopedTest("a number that is not whole makes floating-point numbers of integers") {
    val a = NDArray.of(Array(1, 2))
    assertEquals((a * 2).dtype, DType.INT32)
    assertValues(a * 0.5, 0.5, 1)
    assertValues(0.5 - a, -0.5, -1.5)
    assertValues(0.5 / a, 0.5, 0.25)
  }

  scopedTest("@@ binds tighter than * and +") {
    val x = array(1, 2)(1, 2)
    val w = array(2, 1)(3, 4)
    assertValues(x @@ w + 1, 12)
    assertValues(2 * x @@ w + 1, 23)
  }

  scopedTest("comparisons are element by element, == is not") {
    val a = array(3)(1, 2, 3)
    val b = array(3)(1, 0, 5)
    assertValues(a === b, 1, 0, 0)
    assertValues(a =!= b, 0, 1, 1)
    assertValues(a < b, 0, 0, 1)
    assertValues(a <= b, 1, 0, 1)
    assertValues(a > b, 0, 1, 0)
    assertValues(a >= b, 1, 1, 0)
    assert(a == a)
    assert(a != b)
  }

  scopedTest("indexing takes numbers, ranges and ::") {
    val x = array(2, 3)(0, 1, 2, 3, 4, 5)
    assertValues(x(1), 3, 4, 5)
    assertValues(x(-1, 1 until 3), 4, 5)
    assertEquals(x(-1, 1 until 3).shape.toSeq, Seq(2L))
    assertValues(x(::, 1), 1, 4)
    assertEquals(x(::, 1).shape.toSeq, Seq(2L))
    assertValues(x(::, 0 to 2 by 2), 0, 2, 3, 5)
    assertValues(x(::, 2 to 0 by -1), 2, 1, 0, 5, 4, 3)
    assertValues(x(0, 1 to -1), 1, 2)
    assertValues(x(0, 0 until -1), 0, 1)
    assertEquals(x(1, 2).shape.toSeq, Seq.empty[Long])
    intercept[IndexOutOfBoundsException](x(2))
  }

  scopedTest("parts can be written") {
    val x = NDArray.zeros(2, 3)
    x(0) = array(3)(1, 2, 3)
    x(1, 1 until 3) = array(2)(5, 6)
    assertValues(x, 1, 2, 3, 0, 5, 6)
    x(::, 0) = array(2)(7, 8)
    assertValues(x, 7, 2, 3, 8, 5, 6)
  }

  scopedTest("generated methods have default arguments") {
    val x = array(2, 3)(1, 2, 3, 4, 5, 6)
    assertValues(nd.sum(x), 21)
    assertValues(nd.sum(x, axis = 0), 5, 7, 9)
    assertEquals(nd.sum(x, axis = Seq(0, 1), keepdims = true).shape.toSeq, Seq(1L, 1L))
    assertEquals(nd.cast(x, DType.INT32).dtype, DType.INT32)
    assertValues(nd.concat(Seq(x(0), x(1)), dim = 0), 1, 2, 3, 4, 5, 6)
    val net = sym.fullyConnected(Symbol.variable("x"), numHidden = 2, name = "fc")
    assertEquals(net.arguments, java.util.List.of("x", "fc_weight", "fc_bias"))
    val layer = layers.dense(Symbol.variable("x"), units = 4, activation = "relu", name = "d")
    assertEquals(layer.infer(Specs.of("x", 1, 3)).outputs.asMap.values.iterator.next.shape.toSeq, Seq(1L, 4L))
  }

  test("a future of values, or of their failure") {
    val mode = Cermet.execution
    Cermet.setExecution(Execution.ASYNC)
    val array = NDArray.of(Array(1f, 2f))
    val missing = nd.take(array, NDArray.of(Array(7f)), mode = "raise")
    val done = (array + 1).ready.map(assertValues(_, 2, 3)).flatMap(_ => missing.ready.failed)
    done.map(failure => assert(failure.isInstanceOf[CermetException.InvalidArgument], failure))
      .andThen { case _ => Cermet.setExecution(mode) }
  }

  scopedTest("symbols have operators") {
    val x = Symbol.variable("x")
    val y = -(x * x + 1 - x) / 2
    Using.resource(y.bind(Specs.of("x", 2))) { executor =>
      executor.argument("x").set(Array(2f, 4f))
      executor.forward(false)
      assertValues(executor.output(0), -1.5, -6.5)
    }
  }

  test("scoped closes what is not in its result, and looks into tuples and options") {
    var temporary: NDArray = null
    val (kept, Some(other)) = scoped {
      temporary = NDArray.zeros(2)
      (temporary + 1, Option(temporary + 2))
    }: @unchecked
    assert(temporary.isClosed)
    assertValues(kept, 1, 1)
    assertValues(other, 2, 2)
    kept.close()
    other.close()
  }

  scopedTest("a recorder takes a block, and a line is fitted") {
    val x = array(4, 1)(0, 1, 2, 3)
    val target = 3 * x + 1
    val w = NDArray.zeros(1, 1).attachGrad()
    val b = NDArray.zeros(1).attachGrad()
    val weights = java.util.Map.of("w", w, "b", b)
    Using.resources(Recorder.create(), optimizers.sgd(learningRate = 0.1)) { (recorder, optimizer) =>
      for (_ <- 0 until 300) scoped {
        recorder.backward(recorder { nd.mean(nd.square(x @@ w + b - target)) })
        optimizer.update(weights)
      }
    }
    assertEqualsDouble(w.item, 3, 1e-2)
    assertEqualsDouble(b.item, 1, 1e-2)
  }
}
