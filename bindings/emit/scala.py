#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Scala wrappers of all definitions: the objects nd (operators on arrays), sym (operators on symbols), layers,
optimizers, metrics, initializers and schedules, whose methods take attributes as default arguments:
  nd.sum(x, axis = 1, keepdims = true)

usage: scala.py [OPS_JSON [OUT_DIR]]     (OUT_DIR/org/cermet/scaladsl/...; generated files there are replaced)
"""
import pathlib
import sys

from jvm_names import FACTORIES, attribute_doc, camel, comment, has_one_output, load, made_by_symbols, mark, required

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = mark("scala.py")

TYPES = {"bool": "Boolean", "int": "Long", "float": "Double", "string": "String", "choice": "String", "dtype": "DType",
         "ints": "Seq[Long]", "floats": "Seq[Double]"}



def method(definition, given, result, call):
    """A method; given is the type of its inputs, call makes the expression from attributes and inputs."""
    parameters, tags, inputs = [], [], []
    for entry in definition["inputs"]:
        name = camel(entry["name"])
        absent = made_by_symbols(entry) if given == "Symbol" else entry["optional"] or entry["conditional"]
        kind = f"Seq[{given}]" if entry["variadic"] else given
        parameters.append(f"{name}: {kind}" + (" = null" if absent else ""))
        tags.append((f"@param {name}", entry["doc"] or entry["name"]))
        inputs.append(f"{name}: _*" if entry["variadic"] else name)
    for attr in required(definition):
        parameters.append(f"{camel(attr['name'])}: {TYPES[attr['type']]}")
    for attr in definition["attrs"]:
        if not attr["required"]:
            parameters.append(f"{camel(attr['name'])}: Opt[{TYPES[attr['type']]}] = Opt.unset")
        tags.append((f"@param {camel(attr['name'])}", attribute_doc(attr)))
    if given == "Symbol":
        parameters.append("name: String = null")
        tags.append(("@param name", "of the new node; made from the operator's name when left out"))
    lines = comment([definition["summary"], definition["doc"]], tags, "  ")
    head = f"  def {camel(definition['name'])}("
    lines.append(head + (", ".join(parameters) if len(head + ", ".join(parameters)) < 100 else
                         "\n      " + ",\n      ".join(parameters)) + f"): {result} =")
    if not definition["attrs"]:
        return lines + [f"    {call('null', inputs)}", ""]
    lines[-1] += " {"
    lines.append("    val settings = new Settings")
    for attr in definition["attrs"]:
        lines.append(f'    settings.{"set" if attr["required"] else "setIf"}("{attr["name"]}", {camel(attr["name"])})')
    return lines + [f"    {call('settings.attributes', inputs)}", "  }", ""]


def array_method(definition):
    one = has_one_output(definition)

    def call(attrs, inputs):
        arguments = ", ".join([attrs] + inputs)
        outputs = f"{definition_of(definition)}.invoke({arguments})"
        return f"{outputs}(0)" if one else f"{outputs}.toSeq"

    return method(definition, "NDArray", "NDArray" if one else "Seq[NDArray]", call)


def symbol_method(definition):
    def call(attrs, inputs):
        return f"{definition_of(definition)}.apply({', '.join([attrs, 'name'] + inputs)})"

    return method(definition, "Symbol", "Symbol", call)


def factory_method(definition):
    _, result, make, _ = FACTORIES[definition["kind"]]
    return method({**definition, "inputs": []}, None, result,
                  lambda attrs, _: f"{make}({definition_of(definition)}, {attrs})")


def definition_of(definition):
    return "definitions." + camel(definition["name"])


def scala_object(name, doc, definitions, emit):
    lines = [MARK, "package org.cermet.scaladsl", "",
             "import org.cermet.{DType, Definition, Initializer, Metric, NDArray, Optimizer, Schedule, Symbol}", ""]
    lines += comment([doc], [], "")
    lines += [f"object {name} {{", "  private object definitions {"]
    for d in definitions:
        lines.append(f'    lazy val {camel(d["name"])} = Definition.find(Definition.Kind.{d["kind"].upper()}, "{d["name"]}")')
    lines += ["  }", ""]
    for definition in definitions:
        lines += emit(definition)
    return "\n".join(lines).rstrip() + "\n}\n"


def main(ops_json=ROOT / "bindings" / "ops.json", out_dir=ROOT / "java" / "scala" / "src" / "main" / "generated"):
    kinds = load(ops_json)
    package = pathlib.Path(out_dir) / "org" / "cermet" / "scaladsl"
    package.mkdir(parents=True, exist_ok=True)
    for old in package.rglob("*.scala"):
        old.unlink()
    operators = kinds.get("operator", [])
    files = {
        "nd": scala_object("nd", "Operators on arrays, one method for each; they run at once.", operators, array_method),
        "sym": scala_object("sym", "Operators on symbols, one method for each; they compose a graph.", operators,
                            symbol_method),
        "layers": scala_object("layers", "Layers, one method for each: operators with their parameters, on symbols.",
                               kinds.get("layer", []), symbol_method),
    }
    for kind, (name, _, _, doc) in FACTORIES.items():
        files[name] = scala_object(name, doc, kinds.get(kind, []), factory_method)
    for name, text in files.items():
        (package / (name + ".scala")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
