#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the generated part of the R package from bindings/ops.json: R/ops-generated.R (operators),
R/layers-generated.R (layers, optimizers, metrics, initializers, schedules) and a help page for each.

    python3 bindings/emit/r.py [OPS_JSON] [R_PACKAGE_FOLDER]

The script knows R, not operators. What each attribute becomes is settled by its type and kind."""
import json
import pathlib
import re
import sys

NOTICE = "Generated from bindings/ops.json by bindings/emit/r.py: do not edit.\n"
GENERATED = "# " + NOTICE + "# SPDX-License-Identifier: Apache-2.0\n"
RD_GENERATED = "% " + NOTICE
LINE = 120

# Attribute codes of r/src/attrs.h, by kind where the kind is translated, else by type.
CODE_BY_KIND = {"axis": "a", "axes": "A", "permutation": "A", "index": {"int": "n", "ints": "N"}}
CODE_BY_TYPE = {"bool": "b", "int": "i", "float": "f", "string": "s", "choice": "s", "dtype": "s", "ints": "I",
                "floats": "F"}
PREFIX = {"operator": "cm_", "layer": "cm_layer_", "optimizer": "cm_opt_", "metric": "cm_metric_",
          "initializer": "cm_init_", "schedule": "cm_lr_"}
RESERVED = {"if", "else", "repeat", "while", "function", "for", "next", "break", "in", "NULL", "TRUE", "FALSE"}


def symbol(name):
    """A name as R code."""
    return f"`{name}`" if name in RESERVED or not re.fullmatch(r"[A-Za-z.][A-Za-z0-9._]*", name) else name


def text(value):
    return json.dumps(value, ensure_ascii=True)


def number(value):
    if isinstance(value, str):  # an infinity or NaN
        return {"inf": "Inf", "-inf": "-Inf"}.get(value.lower(), "NaN")
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def attr_code(attr):
    code = CODE_BY_KIND.get(attr["kind"])
    if isinstance(code, dict):
        code = code.get(attr["type"])
    if code == "a" and attr["type"] == "ints":
        code = "A"
    if code == "A" and attr["type"] == "int":
        code = "a"
    return code or CODE_BY_TYPE[attr["type"]]


def value_in_r(attr, value):
    """A value of an attribute as R code."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if attr["type"] in ("string", "choice", "dtype"):
        return text(value)
    counted = attr_code(attr) in "aAnN"

    def one(v):
        return number(v + 1 if counted and v >= 0 else v)

    if isinstance(value, list):
        if len(value) == 1:
            return one(value[0])
        if not value:
            return "integer()" if attr["type"] == "ints" else "numeric()"
        return "c(" + ", ".join(map(one, value)) + ")"
    return one(value)


def attrs_of(definition):
    """The attributes that users set: not the count of inputs, which follows from the call."""
    return [a for a in definition["attrs"] if a["name"] != definition.get("count_attr")]


def formals(definition):
    """Pairs (name, default as R code or None)."""
    attrs = [(a["name"], None if a["required"] else value_in_r(a, a["default"])) for a in attrs_of(definition)]
    if definition["kind"] == "layer":
        return [("object", None)] + attrs + [("name", "NULL")]
    if definition["kind"] == "optimizer":
        return attrs + [("schedule", "NULL")]
    if definition["kind"] != "operator":
        return attrs
    inputs = []
    for i in definition["inputs"]:
        if i["variadic"]:
            inputs.append(("...", None))
        else:
            inputs.append((i["name"], "NULL" if i["optional"] or i["conditional"] or i["role"] != "data" else None))
    return inputs + attrs + [("name", "NULL")]


def wrapped(head, items, tail, indent):
    """head + comma-separated items + tail, in lines of at most LINE characters."""
    lines, line = [], head
    pad = " " * indent
    for position, item in enumerate(items):
        piece = item + ("," if position + 1 < len(items) else tail)
        separator = "" if line.endswith("(") or line == pad else " "
        if len(line) + len(separator) + len(piece) > LINE and line.strip():
            lines.append(line.rstrip())
            line, separator = pad, ""
        line += separator + piece
    if not items:
        line += tail
    return "\n".join(lines + [line])


def signature(definition):
    return [symbol(n) + (f" = {d}" if d is not None else "") for n, d in formals(definition)]


def attr_arguments(definition):
    attrs = attrs_of(definition)
    if not attrs:
        return "NULL", text("")
    values = ", ".join(f"{symbol(a['name'])} = {symbol(a['name'])}" for a in attrs)
    return f"list({values})", text("".join(map(attr_code, attrs)))


def is_index(array):
    """Whether the values of an input or output are positions or classes, which count from 1 in R."""
    return array.get("kind") == "index"


def inputs_in_r(definition):
    parts = []
    for i in definition["inputs"]:
        if i["variadic"]:
            return "c(list(" + ", ".join(parts) + "), variadic(...))" if parts else "variadic(...)"
        parts.append(f"from_one({i['name']})" if is_index(i) else symbol(i["name"]))
    return "list(" + ", ".join(parts) + ")"


def output_chooser(definition):
    """The attribute that asks for one output by its name (ret_typ = "indices"), or None."""
    counted = {output["name"] for output in definition["outputs"] if is_index(output)}
    return next((a["name"] for a in attrs_of(definition) if counted & set(a["choices"] or [])), None)


def body(definition):
    attrs, codes = attr_arguments(definition)
    name = text(definition["name"])
    if definition["kind"] == "layer":
        return f"add_layer(object, {name}, {attrs}, {codes}, name)"
    if definition["kind"] != "operator":
        schedule = ", schedule = schedule" if definition["kind"] == "optimizer" else ""
        return f"new_spec({text(definition['kind'])}, {name}, {attrs}, {codes}{schedule})"
    random = "TRUE" if definition["random"] else "FALSE"
    call = f"invoke({name}, {inputs_in_r(definition)}, {attrs}, {codes}, {random}, name)"
    counted = [is_index(output) for output in definition["outputs"]]
    if not any(counted):
        return call
    if len(counted) == 1:
        return f"to_one({call})"
    names = ", ".join(f"{symbol(o['name'])} = {'TRUE' if c else 'FALSE'}" for o, c in zip(definition["outputs"], counted))
    chooser = output_chooser(definition)
    return f"outputs_to_one({call}, c({names}){', ' + symbol(chooser) if chooser else ''})"


def break_call(code, indent=2):
    """Breaks a long call at commas that stand outside strings."""
    pad = " " * indent
    if len(pad + code) <= LINE:
        return pad + code
    pieces = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+,?', code)
    lines, line = [], pad
    for piece in pieces:
        if len(line) + len(piece) > LINE:
            lines.append(line.rstrip())
            line = pad + "  " + piece.lstrip()
        else:
            line += piece
    return "\n".join(lines + [line])


def function_name(definition):
    return PREFIX[definition["kind"]] + definition["name"]


def function(definition):
    head = wrapped(f"{function_name(definition)} <- function(", signature(definition), ") {", 4)
    return f"{head}\n{break_call(body(definition))}\n}}\n"


# ---- help pages

def rd(value):
    """Plain text or simple Markdown as Rd."""
    escaped = re.sub(r"([\\%{}])", r"\\\1", value)
    return re.sub(r"`([^`]+)`", r"\\code{\1}", escaped)


def rd_code(value):
    return value.replace("\\", "\\\\").replace("%", "\\%")


def attr_doc(attr):
    parts = [rd(attr["doc"])] if attr["doc"] else []
    if attr["choices"]:
        parts.append("One of " + ", ".join("\\code{" + rd_code(text(c)) + "}" for c in attr["choices"]) + ".")
    low, high = attr["min"], attr["max"]
    if low is not None and high is not None:
        parts.append(f"From {number(low)} to {number(high)}.")
    elif low is not None:
        parts.append(f"At least {number(low)}.")
    elif high is not None:
        parts.append(f"At most {number(high)}.")
    if attr["nullable"]:
        parts.append("\\code{NULL} for none.")
    if attr_code(attr) in "aA":
        parts.append("Axes count from 1; -1 is the last.")
    if attr_code(attr) in "nN":
        parts.append("Counts from 1.")
    return " ".join(parts) or attr["type"]


def argument_docs(definition):
    docs = []
    if definition["kind"] == "layer":
        docs.append(("object", "a network begun by \\code{\\link{cm_sequential}()}, or a symbol."))
    if definition["kind"] == "operator":
        for i in definition["inputs"]:
            doc = rd(i["doc"]) or "an array or a symbol."
            if i["variadic"]:
                doc += " Any number of arrays or symbols, or one list of them."
            if is_index(i):
                doc += " Counts from 1; variables of symbols count from 0."
            docs.append(("\\dots" if i["variadic"] else i["name"], doc))
    docs += [(a["name"], attr_doc(a)) for a in attrs_of(definition)]
    if definition["kind"] == "operator":
        docs.append(("name", "name of the new node, when the inputs are symbols."))
    if definition["kind"] == "layer":
        docs.append(("name", "name of the layer; \\code{NULL} for one made from its type."))
    if definition["kind"] == "optimizer":
        docs.append(("schedule", "how the learning rate changes: a \\code{cm_lr_*()} object, or \\code{NULL}."))
    return docs


def value_doc(definition):
    if definition["kind"] == "layer":
        return "The network with the layer added, or a symbol."
    if definition["kind"] != "operator":
        return f"A description of the {definition['kind']}, for \\code{{\\link[=compile.cermet_network]{{compile}}()}}."
    outputs = definition["outputs"]
    counted = " Counts from 1." if len(outputs) == 1 and is_index(outputs[0]) else ""
    if len(outputs) == 1:
        doc = rd(outputs[0]["doc"])
        return "An array, or a symbol if the inputs are symbols." + (" " + doc if doc else "") + counted
    return "A list of arrays, or a symbol with several outputs: " + ", ".join(
        rd(o["name"]) + (" (counts from 1)" if is_index(o) else "") for o in outputs) + "."


def column_major(values, shape):
    """Row-major values in R's order."""
    strides = [1] * len(shape)
    for d in range(len(shape) - 2, -1, -1):
        strides[d] = strides[d + 1] * shape[d + 1]
    order = [0]
    for d in range(len(shape) - 1, -1, -1):
        order = [base + k * strides[d] for base in order for k in range(shape[d])]
    return [values[at] for at in order]


def array_in_r(array, add=0):
    values = [v if isinstance(v, str) else v + add for v in column_major(array["values"], array["shape"])]
    shape = array["shape"]
    listed = number(values[0]) if len(values) == 1 else "c(" + ", ".join(map(number, values)) + ")"
    dtype = "" if array["dtype"] == "float32" else f', "{array["dtype"]}"'
    if len(shape) == 1:
        return f"cm_array({listed}{dtype})"
    if len(shape) == 2:
        return f"cm_array(matrix({listed}, {shape[0]}, {shape[1]}){dtype})"
    dim = "c(" + ", ".join(map(str, shape)) + ")"
    return f"cm_array(array({listed}, {dim}){dtype})"


def example(definition):
    """The first sample with few enough values to read."""
    for sample in definition["samples"]:
        arrays = sample["inputs"]
        if any(not a["values"] or len(a["values"]) > 24 or not a["shape"] for a in arrays):
            continue
        inputs, lines, names = definition["inputs"], [], []
        for position, array in enumerate(arrays):
            given = inputs[min(position, len(inputs) - 1)]
            name = given["name"] + (str(position + 1) if given["variadic"] else "")
            lines.append(f"{symbol(name)} <- {array_in_r(array, 1 if is_index(given) else 0)}")
            names.append(symbol(name) if given["variadic"] else f"{symbol(name)} = {symbol(name)}")
        if len(names) == 1 and not inputs[0]["variadic"]:
            names = [symbol(inputs[0]["name"])]
        by_name = {a["name"]: a for a in attrs_of(definition)}
        names += [f"{symbol(k)} = {value_in_r(by_name[k], v)}" for k, v in sample["attrs"].items() if k in by_name]
        return "\n".join(break_call(line, 0) for line in lines + [f"{function_name(definition)}({', '.join(names)})"])
    return None


def page(definition):
    name = function_name(definition)
    usage = wrapped(f"{name}(", signature(definition), ")", 2)
    parts = [RD_GENERATED + f"\\name{{{name}}}", f"\\alias{{{name}}}",
             f"\\title{{{rd(definition['summary'].rstrip('.')) or name}}}",
             f"\\description{{\n{rd(definition['summary'])}\n}}", f"\\usage{{\n{rd_code(usage)}\n}}"]
    docs = argument_docs(definition)
    if docs:
        parts.append("\\arguments{\n" + "\n".join(f"  \\item{{{n}}}{{{d}}}" for n, d in docs) + "\n}")
    parts.append(f"\\value{{\n{value_doc(definition)}\n}}")
    details = [rd(definition["doc"])] if definition["doc"] else []
    if definition["aliases"]:
        details.append("In MXNet: " + ", ".join(f"\\code{{{rd_code(a)}}}" for a in definition["aliases"]) + ".")
    if details:
        parts.append("\\details{\n" + "\n\n".join(details) + "\n}")
    shown = example(definition) if definition["kind"] == "operator" else None
    if shown:
        parts.append(f"\\examples{{\n{rd_code(shown)}\n}}")
    parts.append(f"\\concept{{{rd(definition['family'] or definition['kind'])}}}")
    return "\n".join(parts) + "\n"


def main():
    here = pathlib.Path(__file__).resolve().parent
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent / "ops.json"
    package = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here.parent.parent / "r"
    loaded = json.loads(source.read_text(encoding="utf-8"))
    definitions = loaded["definitions"] if isinstance(loaded, dict) else loaded
    files = {"ops-generated.R": [], "layers-generated.R": []}
    for definition in definitions:
        name = "ops-generated.R" if definition["kind"] == "operator" else "layers-generated.R"
        files[name].append(function(definition))
    for name, functions in files.items():
        (package / "R" / name).write_text(GENERATED + "\n" + "\n".join(functions), encoding="utf-8")
    for old in (package / "man").glob("*.Rd"):
        if old.read_text(encoding="utf-8").startswith(RD_GENERATED):
            old.unlink()
    for definition in definitions:
        (package / "man" / f"{function_name(definition)}.Rd").write_text(page(definition), encoding="utf-8")


if __name__ == "__main__":
    main()
