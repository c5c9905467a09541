#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes bindings/conformance from the samples in bindings/ops.json: the cases that every language's suite replays.

usage: conformance.py

One <family>.jsonl (a case a line) and <family>.npz (its arrays) for each family of operators, in the form that
tests/conformance/run.py describes. Needs NumPy.
"""
import json
import pathlib
import shutil

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[1]


def text(value):
    """An attribute as MXNet writes it."""
    if isinstance(value, list):
        return "(" + ", ".join(map(text, value)) + (",)" if len(value) == 1 else ")")
    return str(value)


def array(sample):
    return numpy.array([float(v) for v in sample["values"]]).astype(sample["dtype"]).reshape(sample["shape"])


def case(definition, number, sample, arrays):
    name = f"{definition['family']}/{definition['name']}/{number:03d}"

    def item(kind, k, values, label):
        key = f"{name}/{kind}{k}"
        arrays[key] = array(values)
        return {**label, "key": key, "dtype": values["dtype"], "shape": values["shape"]}

    inputs = definition["inputs"]
    return {
        "id": name, "op": definition["name"], "attrs": {key: text(value) for key, value in sample["attrs"].items()},
        "kind": "values", "mode": "train" if sample["train"] else "predict", "np_shape": True,
        "inputs": [item("in", k, values, {"name": inputs[min(k, len(inputs) - 1)]["name"]})
                   for k, values in enumerate(sample["inputs"])],
        "outputs": [item("out", k, values, {}) for k, values in enumerate(sample["outputs"])],
        "grads": None, "tol": {"rtol": sample["tolerance"], "atol": sample["tolerance"]}}


def main():
    families = {}
    for definition in json.loads((ROOT / "ops.json").read_text(encoding="utf-8")):
        if definition["kind"] == "operator" and not definition["random"]:
            families.setdefault(definition["family"], []).append(definition)
    folder = ROOT / "conformance"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for family, definitions in sorted(families.items()):
        arrays, lines = {}, []
        for definition in definitions:
            for number, sample in enumerate(definition["samples"]):
                if any("bfloat16" in values["dtype"] for values in sample["inputs"] + sample["outputs"]):
                    continue  # NumPy has no such dtype
                lines.append(json.dumps(case(definition, number, sample, arrays)))
        (folder / f"{family}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        numpy.savez(folder / f"{family}.npz", **arrays)


if __name__ == "__main__":
    main()
