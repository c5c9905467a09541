#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the ABI that the headers declare with the stored description of it, c_api/abi/cermet.abi.

usage: description.py check INCLUDE_FOLDER STORED      fails if a program compiled against STORED could break
       description.py renew INCLUDE_FOLDER STORED      rewrites STORED, which may only add to it
       description.py renew --break INCLUDE_FOLDER STORED   the same for a version that may break programs

One line a function, callback type, enumerator, handle and member of a struct. A line of STORED that the headers no longer have is a break:
something was removed, renumbered, or changed its type. What is new must be recorded, too, so that it is kept from then
on. Until 1.0 the minor version may break, from then on the major version only.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bindings" / "emit"))
import headers  # noqa: E402

HEAD = "# Written by tests/abi/description.py: the ABI that programs may rely on. Do not edit."


def signature(parameter):
    """A parameter without its name, which no program depends on."""
    if "(*" in parameter:
        before, rest = parameter.split("(*", 1)
        return f"{before}(*)({', '.join(signature(p) for p in headers.split(rest.split(')', 1)[1].strip(' ()')))})"
    return headers.parameter(parameter).type


def described(include):
    found = headers.read(include)
    text = "".join(headers.without_comments(path.read_text()) for path in sorted((pathlib.Path(include) / "cermet").glob("*.h")))
    lines = [f"handle {name}" for name in found.handles]
    lines += [f"enumerator {enum} {name} {value}" for enum, entries in found.enums.items() for name, value in entries]
    for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\} \1;", text, flags=re.S):
        members = [headers.spaced(member) for member in body.split(";") if member.strip()]
        lines += [f"member {name} {place} {member}" for place, member in enumerate(members)]
    for returned, name, parameters in re.findall(r"typedef (\w+) \(\*(\w+)\)\(([^)]*)\);", text):
        lines.append(f"callback {returned} {name}({', '.join(signature(p) for p in headers.split(parameters))})")
    declaration = r"\b{}\(((?:[^()]|\([^()]*\))*)\);"
    for function in found.functions:
        parameters = re.search(declaration.format(function.name), text).group(1)
        wanted = ", ".join("void" if p == "void" else signature(p) for p in headers.split(parameters))
        lines.append(f"function {function.returns} {function.name}({wanted})")
    return sorted(lines), found.version


def version_of(stored):
    return next((int(line.split()[1]) for line in stored if line.startswith("version ")), 0)


def may_break(old, new):
    """Whether version `new` (major * 10000 + minor * 100 + patch) may break programs made for `old`."""
    return new // 100 > old // 100 if old < 10000 else new // 10000 > old // 10000


def main():
    arguments = [a for a in sys.argv[1:] if a != "--break"]
    if len(arguments) != 3 or arguments[0] not in ("check", "renew"):
        sys.exit(__doc__)
    command, include, path = arguments[0], arguments[1], pathlib.Path(arguments[2])
    lines, version = described(include)
    stored = path.read_text().splitlines() if path.exists() else []
    old = [line for line in stored if not line.startswith(("#", "version "))]
    gone, fresh = sorted(set(old) - set(lines)), sorted(set(lines) - set(old))
    allowed = may_break(version_of(stored), version)
    if command == "renew":
        if gone and not ("--break" in sys.argv and allowed):
            sys.exit("\n".join(["this breaks programs, which needs --break and a new version:"] + gone))
        path.write_text("\n".join([HEAD, f"version {version}"] + lines) + "\n")
        return
    problems = [f"breaks programs: lacks `{line}`" for line in gone]
    problems += [f"not recorded (description.py renew): `{line}`" for line in fresh]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(lines)} lines, as stored")


if __name__ == "__main__":
    main()
