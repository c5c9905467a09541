#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests every registered operator from its own description, through the C ABI.

usage: sweep.py --library FILE [OPERATOR...]

For each sample of each operator: values as stated; the same on strided views; other dtypes within their precision;
gradients in float64 against finite differences; the graph round trip; attributes outside their range; empty, scalar and
missing inputs. An operator is swept in a process of its own, so that a crash is a failure with a name. Last line:
`N passed, N failed`.
"""
import argparse
import json
import multiprocessing.pool
import os
import pathlib
import sys
import traceback

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "conformance"))
from capi import INTERNAL, CermetError, Library  # noqa: E402

INVALID_ARGUMENT, UNSUPPORTED, DTYPE = 1, 5, 3
PRECISION = {"float16": 2e-2, "bfloat16": 8e-2, "float64": 1e-5}


class Sweep:
    def __init__(self, library, description):
        self.library, self.description = library, description
        self.op = library.find(description["name"])

    def run(self):
        for number, sample in enumerate(self.description["samples"]):
            self.what = f"sample {number}"
            self.sample = sample
            self.inputs = [values_of(array) for array in sample["inputs"]]
            self.values()
            self.strided()
            self.dtypes()
            if sample["check_gradient"]:
                self.gradients()
            self.graph()
            self.bad_inputs()
        self.bad_attributes()

    # --- calls ---
    def attrs(self, **changes):
        texts = {**self.sample["attrs"], **changes} if self.description["samples"] else changes
        handle = self.library.new("cermet_attrs_create", self.op)
        for name, value in texts.items():
            self.library.set_attr(handle, name, value)
        return handle

    def call(self, inputs, attrs=None, recorder=None):
        library = self.library
        own = attrs or self.attrs()
        if recorder is None:
            recorder = library.new("cermet_recorder_create", int(self.sample["train"]))
        handles = [item if hasattr(item, "value") else library.array(item) for item in inputs]
        return handles, library.invoke(self.op, own, handles, recorder)

    def forward(self, inputs, attrs=None):
        _, outputs = self.call(inputs, attrs)
        return [self.library.numpy(output) for output in outputs]

    def expect(self, what, got, want, tolerance):
        if got.shape != want.shape:
            raise AssertionError(f"{self.what}: {what}: shape {got.shape}, want {want.shape}")
        a, b = got.astype("float64"), want.astype("float64")
        with numpy.errstate(invalid="ignore"):
            good = (numpy.abs(a - b) <= tolerance * numpy.maximum(1, numpy.abs(b))) | (a == b)
        good |= numpy.isnan(a) & numpy.isnan(b)
        if not good.all():
            place = tuple(numpy.argwhere(~good)[0])
            raise AssertionError(f"{self.what}: {what}: got {a[place]} at {place}, want {b[place]}")

    # --- checks ---
    def values(self):
        self.reference = self.forward(self.inputs)
        for k, array in enumerate(self.sample["outputs"]):
            want = values_of(array)
            if self.reference[k].dtype != want.dtype:
                raise AssertionError(f"{self.what}: output {k}: dtype {self.reference[k].dtype}, want {want.dtype}")
            self.expect(f"output {k}", self.reference[k], want, self.sample["tolerance"])

    def strided(self):
        if self.description["random"]:
            return
        library = self.library
        views = []
        for values in self.inputs:
            if values.ndim == 0:
                views.append(library.array(values))
                continue
            wide = numpy.repeat(values, 2, axis=-1)
            views.append(library.slice_last(library.array(wide), 2))
        _, outputs = self.call(views)
        for k, output in enumerate(outputs):
            self.expect(f"output {k} from strided inputs", library.numpy(output), self.reference[k],
                        self.sample["tolerance"])

    def dtypes(self):
        if self.description["random"] or not any(v.dtype == numpy.float32 for v in self.inputs):
            return
        library = self.library
        for name, tolerance in PRECISION.items():
            cast = [library.cast(library.array(v), name) if v.dtype == numpy.float32 else library.array(v)
                    for v in self.inputs]
            try:
                _, outputs = self.call(cast)
            except CermetError as error:
                if error.status == DTYPE:
                    continue
                raise
            for k, output in enumerate(outputs):
                if self.reference[k].dtype == numpy.float32:
                    got = library.numpy(library.cast(output, "float32"))
                    self.expect(f"output {k} in {name}", got, self.reference[k], tolerance)

    def gradients(self):
        library = self.library
        inputs = [v.astype("float64") if v.dtype == numpy.float32 else v for v in self.inputs]
        roles = [item["role"] for item in self.description["inputs"]]
        variables = [k for k, v in enumerate(inputs)
                     if v.dtype == numpy.float64 and roles[min(k, len(roles) - 1)] in ("data", "parameter")]
        if not variables:
            return
        recorder = library.new("cermet_recorder_create", int(self.sample["train"]))
        try:
            handles, outputs = self.call(inputs, recorder=recorder)
        except CermetError as error:
            if error.status == DTYPE:
                return
            raise
        weights, heads, head_grads = [], [], []
        random = numpy.random.default_rng(7)
        for output in outputs:
            values = library.numpy(output)
            weights.append(random.standard_normal(values.shape) if values.dtype == numpy.float64 else None)
            if weights[-1] is not None:
                heads.append(output)
                head_grads.append(library.array(weights[-1]))
        if not heads:
            return
        try:
            grads = library.gradient(recorder, heads, head_grads, [handles[k] for k in variables])
        except CermetError as error:
            if error.status == UNSUPPORTED and "has no gradient" in str(error):
                return
            raise

        def loss(changed):
            return sum(float((w * o).sum()) for w, o in zip(weights, self.forward(changed)) if w is not None)

        for k, grad in zip(variables, grads):
            got = library.numpy(grad)
            want = numpy.zeros_like(inputs[k])
            for place in numpy.ndindex(want.shape):
                sides = []
                for step in (1e-6, -1e-6):
                    changed = [v.copy() for v in inputs]
                    changed[k][place] += step
                    sides.append(loss(changed))
                want[place] = (sides[0] - sides[1]) / 2e-6
            self.expect(f"gradient of input {k}", got, want, 1e-4)

    def graph(self):
        library = self.library
        symbols = [library.new("cermet_symbol_variable", f"input{k}".encode()) for k in range(len(self.inputs))]
        symbol = library.apply(self.op, self.attrs(), symbols)
        again = library.json_round_trip(symbol)
        known = library.new("cermet_specs_create")
        for k, values in enumerate(self.inputs):
            library.set_spec(known, f"input{k}", values.shape, values.dtype.name)
        for graph in (symbol, again):
            for k, (shape, dtype) in enumerate(library.inferred_outputs(graph, known)):
                if shape != self.reference[k].shape or dtype != self.reference[k].dtype.name:
                    raise AssertionError(f"{self.what}: inferred {dtype}{shape}, computed "
                                         f"{self.reference[k].dtype}{self.reference[k].shape}")

    def survives(self, inputs, attrs=None):
        """Succeeds or gives an honest error; a defect of the engine is neither."""
        try:
            self.forward(inputs, attrs)
        except CermetError as error:
            if error.status == INTERNAL:
                raise AssertionError(f"{self.what}: internal error: {error}") from error

    def bad_inputs(self):
        for k, values in enumerate(self.inputs):
            for other in (numpy.zeros((), values.dtype), numpy.zeros((0,), values.dtype),
                          numpy.zeros((0,) + values.shape[1:], values.dtype), numpy.zeros((2, 1, 3, 1, 2), values.dtype),
                          values.astype("int64"), values.astype("bool")):
                self.survives([other if j == k else v for j, v in enumerate(self.inputs)])
        self.survives([numpy.zeros((0,) + v.shape[1:], v.dtype) if v.ndim else v for v in self.inputs])
        self.survives([v.astype("float64") * numpy.nan if v.dtype.kind == "f" else v for v in self.inputs])
        for count in range(len(self.inputs)):
            self.survives(self.inputs[:count])
        self.survives(self.inputs + [numpy.zeros(1, "float32")])

    def bad_attributes(self):
        self.what = "attributes"
        self.sample = self.description["samples"][0] if self.description["samples"] else {"attrs": {}, "train": False}
        inputs = [values_of(array) for array in self.sample.get("inputs", [])]
        for attr in self.description["attrs"]:
            for bound, step in (("min", -1), ("max", 1)):
                if attr[bound] is None:
                    continue
                value = attr[bound] + step
                value = [value] if attr["type"] in ("ints", "floats") else value
                try:
                    self.attrs(**{attr["name"]: int(value) if attr["type"] == "int" else value})
                except CermetError as error:
                    if error.status != INVALID_ARGUMENT or attr["name"] not in str(error):
                        raise AssertionError(f"{attr['name']} = {value}: {error}") from error
                else:
                    raise AssertionError(f"{attr['name']} = {value} was accepted")
            if attr["type"] in ("int", "ints"):
                for extreme in (0, -1, 2, 7, 2**31, -2**31, 2**62, -2**63):
                    for value in ([extreme], [extreme] * 2) if attr["type"] == "ints" else (extreme,):
                        try:
                            attrs = self.attrs(**{attr["name"]: value})
                        except CermetError:
                            continue
                        self.survives(inputs, attrs)


def values_of(array):
    values = numpy.array([float(v) for v in array["values"]], "float64")
    return values.astype(array["dtype"]).reshape(array["shape"])


def sweep(job):
    path, name = job
    library = Library(path)
    library.call("cermet_memory_set_cap", 1, 0, 1 << 30)
    try:
        Sweep(library, library.describe(name)).run()
        return ""
    except Exception as problem:  # noqa: BLE001: the report names it
        if isinstance(problem, (AssertionError, CermetError)):
            return str(problem)
        return traceback.format_exc()


def in_child(job):
    """The result of sweep(job) from a process of its own, which may die."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        with os.fdopen(send, "w") as stream:
            stream.write(json.dumps(sweep(job)))
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) or not text:
        return job[1], f"died with status {status}"
    return job[1], json.loads(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True)
    parser.add_argument("operators", nargs="*")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two sweeps run side by side
    names = options.operators or Library(options.library).names()
    with multiprocessing.pool.ThreadPool(2) as pool:
        results = pool.map(in_child, [(options.library, name) for name in names], chunksize=1)
    failed = [(name, text) for name, text in results if text]
    for name, text in failed:
        print(f"FAILED {name}: {text}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
