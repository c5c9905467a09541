#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Java wrappers of all definitions: Ops, SymbolOps, Layers, Optimizers, Metrics, Initializers, Schedules, and
in org.cermet.attrs a class of attributes for each definition.

An operator becomes static methods that take its inputs, then its required attributes, then, if it has others, a function
that sets them:  Ops.sum(x, o -> o.axis(1).keepdims(true)).

usage: java.py [OPS_JSON [OUT_DIR]]     (OUT_DIR/org/cermet/...; generated files there are replaced)
"""
import pathlib
import sys

from jvm_names import (FACTORIES, attribute_doc, attrs_class, camel, comment, has_one_output, load, made_by_symbols, mark,
                       optional, required)

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = mark("java.py")

TYPES = {"bool": "boolean", "int": "long", "float": "double", "string": "String", "choice": "String", "dtype": "DType",
         "ints": "long[]", "floats": "double[]"}



def setter(definition, attr):
    """The method of an attributes class for one attribute."""
    kind = TYPES[attr["type"]].replace("[]", "...")
    name = camel(attr["name"])
    lines = comment([attribute_doc(attr)], [], "  ")
    lines += [f"  public {attrs_class(definition)} {name}({kind} {name}) {{", f'    set("{attr["name"]}", {name});',
              "    return this;", "  }", ""]
    return lines


def attrs_file(definition):
    name = attrs_class(definition)
    lines = [MARK, "package org.cermet.attrs;", "", "import org.cermet.Attributes;"]
    if any(a["type"] == "dtype" for a in definition["attrs"]):
        lines.append("import org.cermet.DType;")
    lines.append("")
    lines += comment([f"Attributes of the {definition['kind']} {definition['name']}: {definition['summary']}"], [], "")
    lines += [f"public final class {name} extends Attributes {{", "  /** No attribute set. */", f"  public {name}() {{}}", ""]
    for attr in definition["attrs"]:
        lines += setter(definition, attr)
    return "\n".join(lines).rstrip() + "\n}\n"


def signature(head, parameters):
    """A method's first line, or lines where it is long."""
    line = head + ", ".join(parameters) + ") {"
    return [line] if len(line) <= 120 else [head, "      " + ",\n      ".join(parameters) + ") {"]


class Method:
    """One overload of a static method."""

    def __init__(self, definition, given, inputs, result, call):
        self.definition = definition
        self.lead = ["String name"] if given == "Symbol" else []
        self.given = given  # NDArray, Symbol, or None
        self.inputs = inputs
        self.result = result
        self.call = call  # (attributes expression, input expressions) -> expression

    def input_expressions(self, inputs):
        """Arguments for all inputs of the definition; those not taken by this overload are null."""
        names = {entry["name"] for entry in inputs}
        wanted = self.definition["inputs"]
        if any(entry["variadic"] for entry in wanted):
            return [f"{camel(wanted[0]['name'])}.toArray(new {self.given}[0])"]
        last = max((i for i, entry in enumerate(wanted) if entry["name"] in names), default=-1)
        return [camel(e["name"]) if e["name"] in names else "null" for e in wanted[:last + 1]]

    def emit(self, with_function):
        definition = self.definition
        needed = required(definition)
        parameters = list(self.lead)
        tags = [("@param name", "of the new node; null: made from the operator's name")] if self.lead else []
        for entry in self.inputs:
            kind = f"List<{self.given}>" if entry["variadic"] else self.given
            parameters.append(f"{kind} {camel(entry['name'])}")
            tags.append((f"@param {camel(entry['name'])}", (entry["doc"] or entry["name"]) + (
                " May be null." if made_by_symbols(entry) and self.given == "Symbol" or (entry["optional"] or entry["conditional"]) else "")))
        for attr in needed:
            parameters.append(f"{TYPES[attr['type']]} {camel(attr['name'])}")
            tags.append((f"@param {camel(attr['name'])}", attribute_doc(attr)))
        if with_function:
            parameters.append(f"Consumer<{attrs_class(definition)}> attributes")
            tags.append(("@param attributes", "sets those that are not to have their defaults"))
        elif needed and parameters[-1].split()[0].endswith("[]"):
            parameters[-1] = parameters[-1].replace("[]", "...")
        paragraphs = [definition["summary"], definition["doc"]]
        lines = comment(paragraphs, tags, "  ")
        lines += signature(f"  public static {self.result} {camel(definition['name'])}(", parameters)
        attrs = "null"
        if with_function or needed:
            attrs = "attrs"
            kind = attrs_class(definition) if with_function else "Attributes"
            lines.append(f"    {kind} attrs = new {kind}();")
            lines += [f'    attrs.set("{a["name"]}", {camel(a["name"])});' for a in needed]
        if with_function:
            lines.append("    attributes.accept(attrs);")
        lines += [f"    return {self.call(attrs, self.input_expressions(self.inputs))};", "  }", ""]
        return lines


def overloads(definition, given, short, result, call):
    """Methods with all inputs and, if some may be left out, without those."""
    full = definition["inputs"]
    lines = []
    for inputs in [full] if len(short) == len(full) else [short, full]:
        method = Method(definition, given, inputs, result, call)
        lines += method.emit(False)
        if optional(definition):
            lines += method.emit(True)
    return lines


def array_methods(definition):
    one = has_one_output(definition)
    short = [entry for entry in definition["inputs"] if not (entry["optional"] or entry["conditional"])]

    def call(attrs, inputs):
        return f"{constant(definition)}.{'invokeOne' if one else 'invoke'}({', '.join([attrs] + inputs)})"

    return overloads(definition, "NDArray", short, "NDArray" if one else "NDArray[]", call)


def symbol_methods(definition):
    short = [entry for entry in definition["inputs"] if not made_by_symbols(entry)]

    def call(attrs, inputs):
        return f"{constant(definition)}.apply({', '.join([attrs, 'name'] + inputs)})"

    return overloads(definition, "Symbol", short, "Symbol", call)


def factory_methods(definition):
    _, result, make, _ = FACTORIES[definition["kind"]]
    return overloads({**definition, "inputs": []}, None, [], result,
                     lambda attrs, _: f"{make}({constant(definition)}, {attrs})")


def constant(definition):
    return definition["name"].upper()


def static_class(name, doc, definitions, methods):
    body = []
    for definition in definitions:
        body += methods(definition)
    text = "\n".join(body)
    imports = []
    if "List<" in text:
        imports.append("import java.util.List;")
    if "Consumer<" in text:
        imports.append("import java.util.function.Consumer;")
    imports += sorted({f"import org.cermet.attrs.{attrs_class(d)};" for d in definitions if f"<{attrs_class(d)}>" in text})
    lines = [MARK, "package org.cermet;", ""] + imports + [""]
    lines += comment([doc], [], "")
    lines.append(f"public final class {name} {{")
    for d in definitions:
        lines.append(f'  private static final Definition {constant(d)} =')
        lines.append(f'      Definition.lazy(Definition.Kind.{d["kind"].upper()}, "{d["name"]}");')
    lines += ["", f"  private {name}() {{}}", ""]
    return "\n".join(lines) + "\n" + text.rstrip() + "\n}\n"


def main(ops_json=ROOT / "bindings" / "ops.json", out_dir=ROOT / "java" / "core" / "src" / "main" / "generated"):
    kinds = load(ops_json)
    package = pathlib.Path(out_dir) / "org" / "cermet"
    (package / "attrs").mkdir(parents=True, exist_ok=True)
    for old in package.rglob("*.java"):
        old.unlink()
    operators = kinds.get("operator", [])
    files = {
        "Ops": static_class("Ops", "Operators on arrays, one method for each; they run at once.", operators,
                            array_methods),
        "SymbolOps": static_class("SymbolOps", "Operators on symbols, one method for each; they compose a graph.",
                                  operators, symbol_methods),
        "Layers": static_class("Layers", "Layers, one method for each: operators with their parameters, on symbols.",
                               kinds.get("layer", []), symbol_methods),
    }
    for kind, (name, _, _, doc) in FACTORIES.items():
        files[name.capitalize()] = static_class(name.capitalize(), doc, kinds.get(kind, []), factory_methods)
    for definition in (d for group in kinds.values() for d in group if d["attrs"]):
        files["attrs/" + attrs_class(definition)] = attrs_file(definition)
    for name, text in files.items():
        (package / (name + ".java")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
