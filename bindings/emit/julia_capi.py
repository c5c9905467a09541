# SPDX-License-Identifier: Apache-2.0
"""The ccall layer of the Julia package, made from the C headers.

The headers' fixed idioms carry the translation: a cermet_status that is returned becomes a check, arguments called `out`
or `out_<what>` become returned values, a new reference becomes an owned handle, text becomes a String.
"""
import re
import textwrap

LINE = 116
SCALARS = {"int32_t": "Int32", "int64_t": "Int64", "uint64_t": "UInt64", "double": "Float64", "char": "Cchar"}
# The one output that is an array of the caller's size instead of a single value.
ARRAY_OUTPUTS = {"out_grads"}


def capi_source(headers):
    text = "\n".join(re.sub(r"/\*.*?\*/", "", h, flags=re.S) for h in headers)
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    enums = re.findall(r"typedef enum (\w+) \{(.*?)\} \w+;", text, flags=re.S)
    functions = parse_functions(text, {name for name, _ in enums})
    index = {f["name"]: i + 1 for i, f in enumerate(functions)}
    kinds = sorted(m for m in re.findall(r"typedef struct cermet_(\w+) cermet_\w+;", text)
                   if f"cermet_{m}_release" in index)
    version = re.search(r"#define CERMET_VERSION (\d+)", "\n".join(headers)).group(1)
    parts = [
        f"\n# Version of the headers that this file was made from.\nconst HEADER_VERSION = {version}\n",
        "const NAMES = " + array([":" + f["name"] for f in functions]) + "\n",
        "".join(enum_source(body) for _, body in enums),
        "\n" + "".join(f"release_index(::Type{{Handle{{:{k}}}}}) = {index[f'cermet_{k}_release']}\n" for k in kinds),
    ]
    # Releases are called by the finalizer of Handle, references are never counted up from Julia.
    parts += [function_source(f, index[f["name"]]) for f in functions
              if not f["name"].endswith(("_release", "_retain"))]
    return "\n".join(parts)


def array(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) > 110:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "[\n" + "\n".join(lines + [line]) + "\n]"


def enum_source(body):
    entries = [e.strip().split("=") for e in body.split(",") if e.strip()]
    pairs = [(n.strip(), v.strip()) for n, v in entries if not n.strip().endswith("_MAX")]
    return "".join(f"const {n} = Int32({v})\n" for n, v in pairs) + "\n"


def parse_functions(text, enums):
    functions = []
    for match in re.finditer(r"CERMET_API\s+(?:CERMET_MUST_USE\s+)?([\w\s\*]+?)(\w+)\(([^;]*)\);", text):
        returned, name, arguments = (" ".join(g.split()) for g in match.groups())
        functions.append({"name": name, "returns": returned.strip(), "arguments":
                          [parse_argument(a, enums) for a in split_arguments(arguments) if a != "void"]})
    return functions


def split_arguments(text):
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return parts + [current.strip()] if current.strip() else parts


def parse_argument(text, enums):
    callback = re.match(r"void \(\*(\w+)\)", text)
    if callback:
        return {"name": callback.group(1), "c": "callback", "julia": "Ptr{Cvoid}"}
    match = re.match(r"(.*?)(\w+)$", text)
    c_type = match.group(1).replace("const", "").replace("struct ", "")
    c_type = re.sub(r"\s+", "", c_type)
    return {"name": julia_name(match.group(2)), "c": c_type, "julia": julia_type(c_type, enums)}


def julia_name(name):
    return name + "_" if name in {"end", "begin", "function", "type"} else name


def julia_type(c_type, enums):
    base, stars = c_type.rstrip("*"), c_type.count("*")
    if base == "char" and stars:
        inner, stars = "Cstring", stars - 1
    elif base in SCALARS:
        inner = SCALARS[base]
    elif base in enums:
        inner = "Int32"
    elif stars:
        inner, stars = "Ptr{Cvoid}", stars - 1     # a handle or raw memory
    else:
        inner = "Ptr{Cvoid}"                        # a callback type
    return "Ptr{" * stars + inner + "}" * stars


def function_source(function, index):
    outputs = [a for a in function["arguments"]
               if re.match(r"out(_|$)", a["name"]) and a["name"] not in ARRAY_OUTPUTS]
    inputs = [a for a in function["arguments"] if a not in outputs]
    status = function["returns"] == "cermet_status" and function["name"] != "cermet_error_status"
    returned = "Int32" if function["returns"] == "cermet_status" else return_type(function["returns"])
    types = "(" + "".join(a["julia"] + ", " for a in function["arguments"]).rstrip(", ")
    types += ",)" if len(function["arguments"]) == 1 else ")"
    names = ", ".join(a["name"] for a in function["arguments"])
    values = f"({names}{',' if len(function['arguments']) == 1 else ''})"
    macro = "@checked" if status else "@direct"
    call = f"{macro}({index}, {returned}, {types}, {values})"
    if len(call) > LINE - 4:
        call = f"{macro}({index}, {returned},\n        {types},\n        {values})"
    if returned == "Cstring":
        call = f"text({call})"
    head = textwrap.wrap(f"function {function['name']}({', '.join(a['name'] for a in inputs)})", LINE)
    lines = ["\n        ".join(head)]
    lines += [f"    {a['name']} = {output_reference(a)}" for a in outputs]
    results = [output_value(a) for a in outputs]
    if status:
        lines.append("    " + call)
    elif results:
        lines.append("    result = " + call)
        results.insert(0, "result")
    else:
        results = [call]
    lines.append("    return " + (", ".join(results) or "nothing"))
    return "\n".join(lines) + "\nend\n"


def return_type(c_type):
    bare = c_type.replace("const", "").replace(" ", "")
    return "Cvoid" if bare == "void" else julia_type(bare, set())


def output_reference(argument):
    inner = argument["julia"][len("Ptr{"):-1]
    if inner == "Cstring":
        return "Ref{Cstring}(C_NULL)"
    return f"Ref{{{inner}}}({'C_NULL' if inner.startswith('Ptr') else '0'})"


def output_value(argument):
    handle = re.match(r"cermet_(\w+)\*\*$", argument["c"])
    if handle and handle.group(1) != "def":
        return f"Handle{{:{handle.group(1)}}}({argument['name']}[])"
    if argument["julia"] == "Ptr{Cstring}":
        return f"text({argument['name']}[])"
    return argument["name"] + "[]"
