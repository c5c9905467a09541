# SPDX-License-Identifier: Apache-2.0
"""Julia functions with docstrings for all definitions of one kind, made from bindings/ops.json.

A function only names inputs and attributes and passes them on: attribute values are translated in
julia/src/definitions.jl, by the kind that is written down here.
"""
import json
import textwrap

RESERVED = {"begin", "end", "function", "where", "type", "in", "isa", "if", "else", "for", "while", "do", "let", "local",
            "global", "const", "return", "break", "continue", "try", "catch", "finally", "module", "baremodule", "using",
            "import", "export", "quote", "macro", "struct", "abstract", "mutable", "primitive", "true", "false"}
KIND_CONSTANTS = {"operator": 0, "layer": 1}
JULIA_TYPES = {"bool": "Bool", "int": "Integer", "float": "Real", "string": "string", "dtype": "element type",
               "choice": "symbol", "ints": "integers", "floats": "numbers"}
DTYPES = {"float32": "Float32", "float64": "Float64", "float16": "Float16", "uint8": "UInt8", "int32": "Int32",
          "int8": "Int8", "int64": "Int64", "bool": "Bool"}
# Keywords that every function has beside the definition's attributes.
COMMON = ("name", "out", "rng")
EXAMPLE_LIMIT = 16


def definitions_source(definitions, kind):
    chosen = sorted((d for d in definitions if d["kind"] == kind), key=lambda d: d["name"])
    return "".join("\n" + definition_source(d, KIND_CONSTANTS[kind]) for d in chosen)


def julia_name(name):
    return name + "_" if name in RESERVED else name


def definition_source(definition, constant):
    name = julia_name(definition["name"])
    handle = "_" + name.rstrip("_") + "_definition"
    attributes = "".join(f',\n    Attribute("{a["name"]}", :{a["kind"]})' for a in definition["attrs"])
    positional, tuple_text = inputs_source(definition["inputs"])
    keywords = [julia_name(a["name"]) + ("" if a["required"] else "=unset") for a in definition["attrs"]]
    common = [c for c in COMMON if c not in {a["name"] for a in definition["attrs"]}]
    keywords += [c + "=unset" for c in common]
    values = "".join(julia_name(a["name"]) + ", " for a in definition["attrs"])
    passed = ", ".join(c if c in common else "unset" for c in COMMON)
    places = f"{index_places(definition['inputs'])}, {index_places(definition['outputs'])}"
    return (f'const {handle} = Definition({constant}, "{definition["name"]}", {places}{attributes})\n\n'
            f'"""\n{doc_text(definition, name, positional)}"""\n'
            f"{wrapped(f'{name}({positional}; ' + ', '.join(keywords) + ')', 4)} =\n"
            f"    {wrapped(f'apply({handle}, {tuple_text}, ({values.strip()}), {passed})', 8)}\n")


def wrapped(code, indent):
    return textwrap.fill(code, 112, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def index_places(entries):
    places = [str(k) for k, entry in enumerate(entries, 1) if entry["kind"] == "index"]
    return "[" + ", ".join(places) + "]" if places else "Int[]"


def inputs_source(inputs):
    """The parameter list, and the tuple that passes it on."""
    if inputs and inputs[-1]["variadic"]:
        fixed = [julia_name(i["name"]) for i in inputs[:-1]]
        rest = julia_name(inputs[-1]["name"])
        return ", ".join(fixed + [rest + "..."]), "(" + "".join(f + ", " for f in fixed) + rest + "...,)"
    names, optional = [], False
    for entry in inputs:
        optional = optional or entry["optional"] or entry["conditional"] or entry["role"] in ("parameter", "label")
        names.append(julia_name(entry["name"]) + ("=nothing" if optional else ""))
    return ", ".join(names), "(" + "".join(julia_name(i["name"]) + ", " for i in inputs).rstrip() + ")"


def doc_text(definition, name, positional):
    lines = [f"    {name}({positional}; attributes...)" if definition["attrs"] else f"    {name}({positional})", ""]
    lines += [definition["summary"], ""]
    if definition.get("doc"):
        lines += textwrap.wrap(definition["doc"], 116, break_long_words=False) + [""]
    if definition["inputs"]:
        lines += ["# Inputs"] + [item(julia_name(i["name"]), input_note(i), i["doc"]) for i in definition["inputs"]] + [""]
    if definition["attrs"]:
        lines += ["# Attributes"] + [item(julia_name(a["name"]), attribute_note(a), a["doc"]) for a in definition["attrs"]]
        lines += [""]
    example = example_text(definition, name)
    if example:
        lines += ["# Example", "```julia", *example, "```", ""]
    if definition["aliases"]:
        lines += ["MXNet's names: " + ", ".join(f"`{alias}`" for alias in definition["aliases"]) + ".", ""]
    text = "\n".join(line.rstrip() for line in lines).rstrip() + "\n"
    return text.replace("\\", "\\\\").replace("$", "\\$").replace('"""', '\\"\\"\\"')


def item(name, note, doc):
    return textwrap.fill(f"- `{name}` ({note}): {doc}", 116, subsequent_indent="  ", break_long_words=False)


def input_note(entry):
    notes = {"data": "array or node", "parameter": "parameter", "label": "label", "state": "state, changed in place"}
    return notes.get(entry["role"], entry["role"]) + (", counted from 1" if entry["kind"] == "index" else "") + (", any number" if entry["variadic"] else "") + \
        (", optional" if entry["optional"] or entry["conditional"] else "")


def attribute_note(attribute):
    note = JULIA_TYPES[attribute["type"]]
    if attribute["choices"]:
        note = " or ".join(":" + c if c.isidentifier() else json.dumps(c) for c in attribute["choices"])
    if attribute["kind"] in ("axis", "axes", "permutation", "index"):
        note += ", from 1"
    if attribute["required"]:
        return note + ", required"
    return note + ", default " + default_text(attribute)


def default_text(attribute):
    """The default in Julia's conventions; an axis counted from the engine's front depends on the number of dimensions."""
    value, kind = attribute["default"], attribute["kind"]
    if value is None:
        return "nothing"
    if kind in ("axis", "axes"):
        axes = value if isinstance(value, list) else [value]
        words = ["ndims" + (f" - {a}" if a else "") if a >= 0 else str(-a) for a in reversed(axes)]
        return words[0] if not isinstance(value, list) else "(" + ", ".join(words) + ")"
    if kind == "index":
        return str(value + 1)
    if isinstance(value, list):
        value = list(reversed(value)) if kind in ("shape", "window") else value
        return "(" + ", ".join(map(str, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, bool):
        return "true" if value else "false"
    if attribute["type"] == "dtype":
        return DTYPES.get(value, value)
    if isinstance(value, str):
        return ":" + value if value.isidentifier() else json.dumps(value)
    return str(value)


# --- Examples from samples

def example_text(definition, name):
    for sample in definition.get("samples") or []:
        arrays = sample["inputs"] + sample["outputs"]
        if all(a and a["dtype"] in DTYPES and a.get("values") and len(a["values"]) <= EXAMPLE_LIMIT for a in arrays):
            return sample_call(definition, name, sample)
    return None


def sample_call(definition, name, sample):
    attributes = {a["name"]: a for a in definition["attrs"]}
    arguments = ", ".join(f"NDArray({text})" for text in array_texts(sample["inputs"], definition["inputs"]))
    keywords = []
    for key, value in sample["attrs"].items():
        translated = value_text(attributes[key], value, sample)
        if translated is None:
            return None
        keywords.append(f"{julia_name(key)}={translated}")
    module = "Ops" if definition["kind"] == "operator" else "Layers"
    call = f"Cermet.{module}.{name}({arguments}{'; ' if keywords else ''}{', '.join(keywords)})"
    return [call] + ["# " + text for text in array_texts(sample["outputs"], definition["outputs"])]


def array_texts(arrays, entries):
    """Arrays as Julia literals; `entries` describe them (the last one all that follow)."""
    return [array_text(a, entries[min(k, len(entries) - 1)]["kind"] == "index") for k, a in enumerate(arrays)]


def array_text(array, counted):
    values = ", ".join(number_text(v + 1 if counted else v, array["dtype"]) for v in array["values"])
    text = f"{DTYPES[array['dtype']]}[{values}]"
    if len(array["shape"]) == 1:
        return text
    return f"reshape({text}, {', '.join(map(str, reversed(array['shape']))) or '()'})"


def number_text(value, dtype):
    if dtype == "bool":
        return "true" if value else "false"
    return {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}.get(str(value).lower(), str(value))


def value_text(attribute, value, sample):
    """A sample's attribute value in Julia's conventions; None where that needs a rank that is not stated."""
    kind = attribute["kind"]
    if value is None:
        return "nothing"
    if kind in ("axis", "axes"):
        axes = value if isinstance(value, list) else [value]
        rank = len(sample["inputs"][0]["shape"]) if sample["inputs"] else None
        if rank is None or any(a >= rank for a in axes):
            return None
        words = [str(-a if a < 0 else rank - a) for a in reversed(axes)]
        return words[0] if not isinstance(value, list) else tuple_text(words)
    if kind == "permutation":
        return tuple_text([str(len(value) - a) for a in reversed(value)])
    if kind == "index":
        return tuple_text([str(v + 1) for v in value]) if isinstance(value, list) else str(value + 1)
    if isinstance(value, list):
        return tuple_text([str(v) for v in (reversed(value) if kind in ("shape", "window") else value)])
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return DTYPES.get(value) if attribute["type"] == "dtype" else ":" + value if value.isidentifier() else json.dumps(value)
    return str(value)


def tuple_text(words):
    return "(" + ", ".join(words) + ("," if len(words) == 1 else "") + ")"
