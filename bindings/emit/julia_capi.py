# SPDX-License-Identifier: Apache-2.0
"""The ccall layer of the Julia package, made from the C headers.

The headers' fixed idioms carry the translation: a cermet_status that is returned becomes a check, arguments called `out`
or `out_<what>` become returned values, a new reference becomes an owned handle, text becomes a String.
"""
import textwrap

from headers import Parameter

LINE = 116
SCALARS = {"int32_t": "Int32", "int64_t": "Int64", "uint64_t": "UInt64", "double": "Float64", "char": "Cchar"}
# The one output that is an array of the caller's size instead of a single value.
ARRAY_OUTPUTS = {"out_grads"}


def capi_source(api):
    index = {f.name: i + 1 for i, f in enumerate(api.functions)}
    kinds = sorted(h[len("cermet_"):] for h in api.handles if f"{h}_release" in index)
    parts = [
        f"\n# Version of the headers that this file was made from.\nconst HEADER_VERSION = {api.version}\n",
        "const NAMES = " + array([":" + f.name for f in api.functions]) + "\n",
        "".join(enum_source(entries) for entries in api.enums.values()),
        "\n" + "".join(f"release_index(::Type{{Handle{{:{k}}}}}) = {index[f'cermet_{k}_release']}\n" for k in kinds),
    ]
    # Releases are called by the finalizer of Handle, references are never counted up from Julia.
    parts += [function_source(f, index[f.name], api.enums) for f in api.functions
              if not f.name.endswith(("_release", "_retain"))]
    return "\n".join(parts)


def array(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) > 110:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "[\n" + "\n".join(lines + [line]) + "\n]"


def enum_source(entries):
    return "".join(f"const {name} = Int32({value})\n" for name, value in entries if not name.endswith("_MAX")) + "\n"


def julia_name(name):
    return name + "_" if name in {"end", "begin", "function", "type"} else name


def julia_type(parameter, enums):
    base, stars = parameter.base, parameter.depth
    if base == "char" and stars:
        inner, stars = "Cstring", stars - 1
    elif base in SCALARS:
        inner = SCALARS[base]
    elif base in enums:
        inner = "Int32"
    elif stars:
        inner, stars = "Ptr{Cvoid}", stars - 1     # a handle or raw memory
    else:
        inner = "Ptr{Cvoid}"                        # a callback
    return "Ptr{" * stars + inner + "}" * stars


def function_source(function, index, enums):
    julia = {p: (julia_name(p.name), julia_type(p, enums)) for p in function.parameters}
    outputs = [p for p in function.parameters if p.is_output and p.name not in ARRAY_OUTPUTS]
    inputs = [p for p in function.parameters if p not in outputs]
    returned = return_type(function.returns, enums)
    one = len(julia) == 1
    types = "(" + ", ".join(type_ for _, type_ in julia.values()) + (",)" if one else ")")
    values = "(" + ", ".join(name for name, _ in julia.values()) + (",)" if one else ")")
    macro = "@checked" if function.can_fail else "@direct"
    call = f"{macro}({index}, {returned}, {types}, {values})"
    if len(call) > LINE - 4:
        call = f"{macro}({index}, {returned},\n        {types},\n        {values})"
    if returned == "Cstring":
        call = f"text({call})"
    head = textwrap.wrap(f"function {function.name}({', '.join(julia[p][0] for p in inputs)})", LINE)
    lines = ["\n        ".join(head)]
    lines += [f"    {julia[p][0]} = {output_reference(julia[p][1])}" for p in outputs]
    results = [output_value(p, *julia[p]) for p in outputs]
    if function.can_fail:
        lines.append("    " + call)
    elif results:
        lines.append("    result = " + call)
        results.insert(0, "result")
    else:
        results = [call]
    lines.append("    return " + (", ".join(results) or "nothing"))
    return "\n".join(lines) + "\nend\n"


def return_type(c_type, enums):
    return "Cvoid" if c_type == "void" else julia_type(Parameter(c_type, ""), enums)


def output_reference(julia):
    inner = julia[len("Ptr{"):-1]
    if inner == "Cstring":
        return "Ref{Cstring}(C_NULL)"
    return f"Ref{{{inner}}}({'C_NULL' if inner.startswith('Ptr') else '0'})"


def output_value(parameter, name, julia):
    if parameter.depth == 2 and parameter.base.startswith("cermet_") and parameter.base != "cermet_def":
        return f"Handle{{:{parameter.base[len('cermet_'):]}}}({name}[])"
    if julia == "Ptr{Cstring}":
        return f"text({name}[])"
    return name + "[]"
