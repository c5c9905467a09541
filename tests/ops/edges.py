#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Values at the edges of operators: infinite, not a number, out of range, ties, long sums in narrow dtypes.

usage: edges.py --library FILE

Values come from NumPy or are plain arithmetic; a row is one call. Last line: `N passed, N failed`.
"""
import argparse
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "conformance"))
from capi import CermetError, Library  # noqa: E402

NAN, INF = numpy.nan, numpy.inf
INVALID_ARGUMENT, DTYPE = 1, 3


def row(dtype, *values):
    return numpy.array(values, dtype)


def late_nan(count, place):
    values = numpy.sin(numpy.arange(count)).astype("float32")
    values[place] = NAN
    return values


# Two columns of a 0 and many values a little below it: their exponentials are worth adding up with care.
def one_above(count):
    values = numpy.full((count, 2), -2.3, "float32")
    values[0] = 0
    return values


def softmax_of_one_above(count):
    terms = numpy.exp(one_above(count).astype("float64"))
    return terms / terms.sum(axis=0)


# name, attributes, inputs, result
VALUES = [
    *[(name, {}, [late_nan(count, place)], [place])
      for name in ("argmax", "argmin") for count, place in ((5, 3), (40, 3), (100, 99), (200000, 70001))],
    ("sigmoid", {}, [row("float32", -INF, INF, -200, 0)], [0, 1, 0, 0.5]),
    ("erfinv", {}, [row("float64", 1e-30, -1e-300, 0)], [8.862269254527581e-31, -8.862269254527581e-301, 0]),
    ("leaky_relu", {"act_type": "gelu"}, [row("float32", -5, -4)], [-1.4332578593e-06, -1.2668497e-04]),
    ("add_n", {"num_args": 20}, [row("float16", 2048)] + [row("float16", 1)] * 19, [2068]),
    ("dot", {}, [numpy.full(10**6, 0.1, "float32"), numpy.full(10**6, 0.1, "float32")],
     [10**6 * float(numpy.float32(0.1)) ** 2]),
    ("softmax", {"axis": 0}, [one_above(10**6)], softmax_of_one_above(10**6)),
    ("softmax", {}, [row("float32", -INF, 0, 0)], [0, 0.5, 0.5]),
    ("log_softmax", {}, [row("float32", -1e30, 0, 1e30)], [-2e30, -1e30, 0]),
    ("cast", {"dtype": "uint8"}, [row("float64", NAN, INF, -INF, 1e300, -1, 255.9)], [0, 255, 0, 255, 0, 255]),
    ("cast", {"dtype": "int32"}, [row("float64", NAN, 1e300, -1e300, -1.9)], [0, 2**31 - 1, -(2**31), -1]),
    ("divide", {}, [row("int32", 7, -7, 7, -(2**31)), row("int32", 0, 2, -2, -1)], [0, -3, -3, -(2**31)]),
    ("mod", {}, [row("int8", 7, -7, 7, -128), row("int8", 0, 3, -3, -1)], [0, 2, -2, 0]),
    ("mean", {}, [numpy.full(10**5, 2**31 - 1, "int32")], [2**31 - 1]),
]

# name, attributes, inputs, input whose gradient is asked for (the head being ones), gradient
GRADIENTS = [
    ("power", {}, [row("float64", 0, 0, 2), row("float64", 0, 2, 0)], 0, [0, 0, 0]),
    ("power", {}, [row("float64", 0, 0, 2), row("float64", 0, 2, 0)], 1, [0, 0, numpy.log(2)]),
    ("power_scalar", {"scalar": 0.0}, [row("float64", 0, 1)], 0, [0, 0]),
    ("gather_nd", {}, [numpy.ones(2, "float16"), numpy.zeros((1, 5000), "int32")], 0, [5000, 0]),
    ("take", {}, [numpy.ones(2, "float16"), numpy.zeros(5000, "int32")], 0, [5000, 0]),
    ("pooling", {"kernel": [4094], "pad": [4093], "pool_type": "max"},
     [numpy.append(1, numpy.zeros(4093)).astype("float16").reshape(1, 1, -1)], 0, [[[4094] + [1] * 4093]]),
    ("pooling", {"kernel": [4094], "pad": [4093], "pool_type": "sum"},
     [numpy.ones((1, 1, 4094), "float16")], 0, numpy.full((1, 1, 4094), 4094.0)),
]

# rows of factors, and for each what the second derivatives of their product, times ones, add up to
FACTORS = [[0, 2, 3], [0, 0, 5], [1, 2, 4], [0, 0, 0]]
PAIRS = [[5, 3, 2], [5, 5, 0], [6, 5, 3], [0, 0, 0]]

# name, attributes, inputs, status, text that the message must hold
REFUSALS = [
    ("random_gamma", {"alpha": INF, "shape": [2]}, [], INVALID_ARGUMENT, "alpha"),
    ("random_gamma", {"beta": INF, "shape": [2]}, [], INVALID_ARGUMENT, "beta"),
    ("random_normal", {"loc": INF, "shape": [2]}, [], INVALID_ARGUMENT, "loc"),
    ("random_normal", {"scale": INF, "shape": [2]}, [], INVALID_ARGUMENT, "scale"),
    ("random_exponential", {"lam": INF, "shape": [2]}, [], INVALID_ARGUMENT, "lam"),
    ("random_uniform", {"low": -INF, "shape": [2]}, [], INVALID_ARGUMENT, "low"),
    ("random_uniform", {"high": INF, "shape": [2]}, [], INVALID_ARGUMENT, "high"),
    ("random_uniform", {"low": -1.7e308, "high": 1.7e308, "shape": [2]}, [], INVALID_ARGUMENT, "distance"),
    ("random_randint", {"low": 0, "high": 2**40, "shape": [2]}, [], INVALID_ARGUMENT, "high"),
    ("random_randint", {"low": -(2**40), "high": 0, "shape": [2]}, [], INVALID_ARGUMENT, "low"),
    ("topk", {"k": 4}, [row("float32", 3, 1, 2)], INVALID_ARGUMENT, "k: got 4"),
    ("topk", {"dtype": "uint8"}, [numpy.zeros(300, "float32")], DTYPE, "299"),
    ("argsort", {"dtype": "uint8"}, [numpy.zeros(300, "float32")], DTYPE, "299"),
    ("argmax", {}, [numpy.zeros(300, "uint8")], DTYPE, "299"),
    ("argmin", {}, [numpy.zeros(2050, "float16")], DTYPE, "2049"),
    ("arange", {"start": NAN, "stop": 1.0}, [], INVALID_ARGUMENT, "start"),
]

# Valid neighbours of what is refused.
ACCEPTED = [
    ("random_randint", {"low": -(2**31), "high": 2**31, "shape": [2]}, []),
    ("random_uniform", {"low": -8e307, "high": 8e307, "shape": [2], "dtype": "float64"}, []),
    ("topk", {"k": 3}, [row("float32", 3, 1, 2)]),
    ("argsort", {"dtype": "uint8"}, [numpy.zeros(256, "float32")]),
    ("argmax", {}, [numpy.zeros(256, "uint8")]),
    ("argmin", {}, [numpy.zeros(2049, "float16")]),
]


class Calls:
    def __init__(self, library):
        self.library = library

    def invoke(self, name, attrs, inputs):
        library = self.library
        op = library.find(name)
        handle = library.new("cermet_attrs_create", op)
        for key, value in attrs.items():
            library.set_attr(handle, key, value)
        recorder = library.new("cermet_recorder_create", 0)
        arrays = [library.array(values) for values in inputs]
        return recorder, arrays, library.invoke(op, handle, arrays, recorder)

    def value(self, name, attrs, inputs):
        return self.library.numpy(self.invoke(name, attrs, inputs)[2][0])

    def gradient(self, name, attrs, inputs, which):
        recorder, arrays, outputs = self.invoke(name, attrs, inputs)
        ones = numpy.ones_like(self.library.numpy(outputs[0]))
        grads = self.library.gradient(recorder, outputs[:1], [self.library.array(ones)], [arrays[which]])
        return self.library.numpy(grads[0])


def expect(got, want):
    want = numpy.asarray(want, "float64")
    if got.shape != want.shape:
        return f"shape {got.shape}, want {want.shape}"
    values = got.astype("float64")
    good = (numpy.abs(values - want) <= 1e-6 * numpy.abs(want)) | (values == want)
    place = tuple(numpy.argwhere(~good)[0]) if not good.all() else None
    return "" if good.all() else f"got {values[place]} at {place}, want {want[place]}"


def refused(calls, name, attrs, inputs, status, text):
    try:
        calls.value(name, attrs, inputs)
    except CermetError as error:
        return "" if error.status == status and text in str(error) else f"status {error.status}: {error}"
    return "was accepted"


def second_derivative(calls, name):
    recorder, arrays, outputs = calls.invoke(name, {"axis": [1]}, [numpy.array(FACTORS, "float64")])
    first = calls.library.gradient(recorder, outputs, [None], arrays, create_graph=1)
    second = calls.library.gradient(recorder, first, [None], arrays)
    return expect(calls.library.numpy(second[0]), PAIRS)


def half_open(calls, dtype):
    """Numbers of random_uniform stay below `high`, however coarse the dtype."""
    values = calls.value("random_uniform", {"shape": [100000], "dtype": dtype}, [])
    return "" if values.min() >= 0 and values.max() < 1 else f"from {values.min()} to {values.max()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True)
    calls = Calls(Library(parser.parse_args().library))
    checks = [(name, attrs, lambda n=name, a=attrs, i=inputs, w=want: expect(calls.value(n, a, i), w))
              for name, attrs, inputs, want in VALUES]
    checks += [(f"gradient of {name}", attrs, lambda n=name, a=attrs, i=inputs, k=which, w=want:
                expect(calls.gradient(n, a, i, k), w)) for name, attrs, inputs, which, want in GRADIENTS]
    checks += [(name, attrs, lambda r=(name, attrs, *rest): refused(calls, *r)) for name, attrs, *rest in REFUSALS]
    checks += [(name, attrs, lambda r=(name, attrs, inputs): calls.value(*r) is None and "nothing")
               for name, attrs, inputs in ACCEPTED]
    checks += [(f"second derivative of {name}", "", lambda n=name: second_derivative(calls, n))
               for name in ("prod", "nanprod")]
    checks += [("random_uniform", dtype, lambda d=dtype: half_open(calls, d)) for dtype in ("float16", "float32")]
    failed = 0
    for name, attrs, check in checks:
        try:
            problem = check()
        except CermetError as error:
            problem = str(error)
        if problem:
            failed += 1
            print(f"FAILED {name} {attrs}: {problem}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
