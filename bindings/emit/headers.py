# SPDX-License-Identifier: Apache-2.0
"""The public C headers as data: the one reader of them. Emitters of bindings and tests of the ABI ask here.

The headers keep to the idioms that base.h lists, so a few patterns read them; a declaration that no pattern fits is an
error, not an omission.
"""
import re
from dataclasses import dataclass
from pathlib import Path

CALLBACK = "callback"  # type of a parameter that is a function pointer written in place
UMBRELLA = "cermet.h"  # only includes the others


@dataclass(frozen=True)
class Parameter:
    type: str  # as in C, one blank between words: "const int64_t **"
    name: str

    @property
    def is_output(self):
        return self.name == "out" or self.name.startswith("out_")

    @property
    def is_callback(self):
        return self.type == CALLBACK or self.type.endswith("_callback")

    @property
    def is_pointer(self):
        return "*" in self.type or self.is_callback

    @property
    def base(self):
        """The type without const, struct and stars."""
        return re.sub(r"\b(const|struct)\b|\*", "", self.type).strip()

    @property
    def depth(self):
        """How many stars it has."""
        return self.type.count("*")


@dataclass(frozen=True)
class Function:
    name: str
    returns: str
    parameters: tuple
    header: str  # "base.h"

    @property
    def can_fail(self):
        """Whether it returns the status of its own call (cermet_error_status returns one that is data)."""
        return self.returns == "cermet_status" and self.name != "cermet_error_status"


@dataclass(frozen=True)
class Headers:
    names: tuple  # of the files, in the order in which they can be included
    functions: tuple
    enums: dict  # name -> ((entry, value), ...)
    handles: dict  # "cermet_ndarray" -> the header that declares it
    version: int


def read(include_dir):
    """Reads INCLUDE_DIR/cermet/*.h."""
    folder = Path(include_dir) / "cermet"
    names = sorted(path.name for path in folder.glob("*.h") if path.name != UMBRELLA)  # base.h comes first
    texts = {name: without_comments((folder / name).read_text(encoding="utf-8")) for name in names}
    text = "\n".join(texts.values())
    return Headers(
        names=tuple(names),
        functions=tuple(f for name in names for f in functions_of(texts[name], name)),
        enums={name: enum_entries(body)
               for name, body in re.findall(r"typedef enum (\w+) \{(.*?)\} \1;", text, flags=re.S)},
        handles={handle: name for name in names
                 for handle in re.findall(r"typedef struct (cermet_\w+) \1;", texts[name])},
        version=int(re.search(r"#define CERMET_VERSION (\d+)", text).group(1)),
    )


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def enum_entries(body):
    pairs = (entry.split("=") for entry in body.split(",") if entry.strip())
    return tuple((name.strip(), int(value, 0)) for name, value in pairs)


def functions_of(text, header):
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    pattern = r"CERMET_API\s+(?:CERMET_MUST_USE\s+)?([\w\s\*]+?)\s*\b(cermet_\w+)\(((?:[^()]|\([^()]*\))*)\);"
    found = [Function(name, spaced(returned), tuple(parameter(p) for p in split(parameters) if p != "void"), header)
             for returned, name, parameters in re.findall(pattern, text)]
    if len(found) != text.count("CERMET_API"):
        raise ValueError(f"{header}: {text.count('CERMET_API')} declarations, of which {len(found)} can be read")
    return found


def split(parameters):
    """At the commas outside brackets."""
    parts, depth, current = [], 0, ""
    for char in spaced(parameters):
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return parts + [current.strip()] if current.strip() else parts


def parameter(text):
    callback = re.search(r"\(\*(\w+)\)", text)
    if callback:
        return Parameter(CALLBACK, callback.group(1))
    kind, name = re.fullmatch(r"(.*?)(\w+)", text).groups()
    return Parameter(kind.strip(), name)


def spaced(text):
    return " ".join(text.split())
