# SPDX-License-Identifier: Apache-2.0
"""What the Java and the Scala emitter share: definitions by kind, names in camel case, documentation as Javadoc."""
import html
import json
import re
import textwrap

KEYWORDS = set("""abstract assert boolean break byte case catch char class const continue default do double else enum
extends final finally float for goto if implicit import int interface lazy long native new null object override package
private protected public return sealed short static super switch synchronized this throw throws trait transient try type
val var void volatile while with yield given then match def""".split())


def load(path):
    """Definitions by kind."""
    with open(path, encoding="utf-8") as file:
        definitions = json.load(file)
    kinds = {}
    for definition in definitions:
        kinds.setdefault(definition["kind"], []).append(definition)
    return kinds


def camel(name):
    first, *rest = name.strip("_").split("_")
    word = first.lower() + "".join(part.capitalize() for part in rest)
    return word + "Value" if word in KEYWORDS else word  # a final underscore would join the colon in Scala


def pascal(name):
    return "".join(part.capitalize() for part in name.strip("_").split("_"))


def attrs_class(definition):
    """SumAttrs for the operator, DenseLayerAttrs for a layer ..."""
    kind = definition["kind"]
    return pascal(definition["name"]) + ("" if kind == "operator" else kind.capitalize()) + "Attrs"


def required(definition):
    return [a for a in definition["attrs"] if a["required"]]


def optional(definition):
    return [a for a in definition["attrs"] if not a["required"]]


def has_one_output(definition):
    """Whether there is always exactly one output. A number that depends on attributes shows in the samples only."""
    return len(definition["outputs"]) == 1 and all(len(sample["outputs"]) == 1 for sample in definition["samples"])


def made_by_symbols(entry):
    """Inputs that composing makes a variable for when they are left out."""
    return not entry["variadic"] and (entry["optional"] or entry["role"] in ("parameter", "label", "state"))


def markup(text):
    """Plain Markdown as the HTML of documentation comments."""
    text = html.escape(text.strip(), quote=False).replace("@", "&#64;").replace("*/", "*&#47;").replace("{", "&#123;")
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    return text


def attribute_doc(attr):
    """One sentence or two: what it is, what it may be, what it is when not set."""
    parts = [attr["doc"].strip().rstrip(".") + "." if attr["doc"] else ""]
    if attr["choices"]:
        parts.append("One of " + ", ".join(f"`{choice}`" for choice in attr["choices"]) + ".")
    whole = attr["type"] in ("int", "ints")
    if attr["min"] is not None:
        parts.append(f"At least {int(attr['min']) if whole else attr['min']}.")
    if attr["max"] is not None and not (whole and attr["max"] >= 2**31 - 1):  # an int's own limit says nothing
        parts.append(f"At most {int(attr['max']) if whole else attr['max']}.")
    if not attr["required"]:
        default = attr["default"]
        parts.append("Default: " + ("none" if default is None else f"`{json.dumps(default)}`") + ".")
    return " ".join(part for part in parts if part)


def comment(paragraphs, tags, indent):
    """A documentation comment; tags are (name, text)."""
    width = 118 - len(indent)
    lines = []
    for index, paragraph in enumerate(p for p in paragraphs if p):
        if index:
            lines.append("")
        text = ("<p>" if index else "") + markup(paragraph)
        lines += textwrap.wrap(" ".join(text.split()), width - 3, break_long_words=False, break_on_hyphens=False)
    if tags:
        lines.append("")
    for tag, text in tags:
        lines += textwrap.wrap(f"{tag} {' '.join(markup(text).split())}", width - 3, subsequent_indent="    ",
                               break_long_words=False, break_on_hyphens=False)
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**"] + [f"{indent} * {line}".rstrip() for line in lines] + [f"{indent} */"]
