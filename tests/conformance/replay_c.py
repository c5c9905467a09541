# SPDX-License-Identifier: Apache-2.0
"""Replays cases through the C ABI: forward, changed inputs, gradients, refusals, moments of random draws."""
import numpy

from capi import INTERNAL, CermetError


class Missing(Exception):
    """The operator, or what the case needs of it, does not exist here."""


class Mismatch(Exception):
    pass


def compare(what, got, want, tol):
    if got.dtype != want.dtype:
        raise Mismatch(f"{what}: dtype {got.dtype}, want {want.dtype}")
    if got.shape != want.shape:
        raise Mismatch(f"{what}: shape {got.shape}, want {want.shape}")
    if want.dtype.kind not in "f":
        wrong = got != want
    else:
        a, b = got.astype("float64"), want.astype("float64")
        with numpy.errstate(invalid="ignore"):
            close = numpy.abs(a - b) <= tol["atol"] + tol["rtol"] * numpy.abs(b)
        wrong = ~(close | (a == b) | (numpy.isnan(a) & numpy.isnan(b)))
    if wrong.any():
        place = tuple(int(k) for k in numpy.argwhere(wrong)[0])
        raise Mismatch(f"{what}: {int(wrong.sum())} of {wrong.size} differ, first at {place}: "
                       f"{got[place]!r}, want {want[place]!r}")


def replay(library, case, arrays):
    """Returns normally if the case passes; raises Missing or Mismatch (or CermetError) otherwise."""
    op = library.find(case.get("called_as", case["op"]))
    if not op:
        raise Missing("operator")
    if any("stype" in item for key in ("inputs", "outputs", "mutated") for item in case.get(key) or []):
        raise Missing("sparse storage")
    if case["kind"] == "error":
        try:
            run(library, op, case, arrays)
        except CermetError as error:
            if error.status == INTERNAL:
                raise
            return
        raise Mismatch("was accepted, want an error")
    run(library, op, case, arrays)


def run(library, op, case, arrays):
    recorder = library.new("cermet_recorder_create", 1 if case["mode"] == "train" else 0)
    attrs = library.attrs(op, case["attrs"])
    inputs = [library.array(arrays[item["key"]]) for item in case["inputs"]]
    given = [inputs[k] for k in case.get("written_into_inputs") or []]
    outputs = library.invoke(op, attrs, inputs, recorder, given)
    if case["kind"] == "moments":
        check_moments(library, case, outputs)
        return
    if case["kind"] == "error":
        return
    for k, item in enumerate(case["outputs"]):
        if not item.get("undefined"):
            compare(f"output {k}", library.numpy(outputs[k]), arrays[item["key"]], case["tol"])
    for item in case.get("mutated") or []:
        compare(f"{item['name']} afterwards", library.numpy(inputs[item["input"]]), arrays[item["key"]], case["tol"])
    if case["grads"] and not case.get("gradient_defect") and not case.get("no_gradient"):
        check_gradients(library, case, arrays, recorder, inputs, outputs)
    for handle in set(h.value for h in inputs + outputs):
        library.release("ndarray", handle)
    library.release("recorder", recorder)
    library.release("attrs", attrs)


def check_gradients(library, case, arrays, recorder, inputs, outputs):
    heads, head_grads = [], []
    for output, item in zip(outputs, case["head_grads"]):
        if item is None and library.numpy(output).dtype.kind != "f":
            continue
        heads.append(output)
        head_grads.append(library.array(arrays[item["key"]]) if item else None)
    variables = [inputs[item["input"]] for item in case["grads"]]
    if case["grad_req"] == "add":
        check_added_gradients(library, case, arrays, recorder, heads, head_grads, variables)
        return
    for grad, item in zip(library.gradient(recorder, heads, head_grads, variables), case["grads"]):
        compare(f"gradient of {item['of']}", library.numpy(grad), arrays[item["key"]], case["grad_tol"])


def check_added_gradients(library, case, arrays, recorder, heads, head_grads, variables):
    for variable, item in zip(variables, case["grads"]):
        library.call("cermet_ndarray_attach_grad", variable, 3)
        grad = library.new("cermet_ndarray_grad", variable)
        library.call("cermet_ndarray_copy_to", library.array(arrays[item["initial"]]), grad)
    library.backward(recorder, heads, head_grads)
    for variable, item in zip(variables, case["grads"]):
        grad = library.numpy(library.new("cermet_ndarray_grad", variable))
        compare(f"gradient of {item['of']}", grad, arrays[item["key"]], case["grad_tol"])


def check_moments(library, case, outputs):
    for k, item in enumerate(case["outputs"]):
        values = library.numpy(outputs[k])
        if list(values.shape) != item["shape"] or values.dtype != item["dtype"]:
            raise Mismatch(f"output {k}: {values.dtype}{values.shape}, want {item['dtype']}{tuple(item['shape'])}")
        expected = item.get("expected")
        if not expected:
            continue
        rows = values.astype("float64").reshape(len(expected), -1)
        for row, want in zip(rows, expected):
            if abs(row.mean() - want["mean"]) > want["mean_tol"]:
                raise Mismatch(f"output {k}: mean {row.mean():.6g}, want {want['mean']:.6g}")
            if abs(row.var() - want["var"]) > want["var_rtol"] * want["var"]:
                raise Mismatch(f"output {k}: variance {row.var():.6g}, want {want['var']:.6g}")
