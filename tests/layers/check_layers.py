#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each layer of core/ includes only itself and layers to its left, in the order of docs/architecture.md.

usage: check_layers.py CORE_FOLDER
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/')


def layers(core):
    """The line "base < device < ..." of the document."""
    text = (core.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.search(r"^base(?: < \w+)+$", text, flags=re.M).group().split(" < ")


def violations(core):
    order = layers(core)
    rank = {layer: position for position, layer in enumerate(order)}
    for layer in order:
        if not (core / layer).is_dir():
            yield f"docs/architecture.md: there is no layer {layer}"
    for path in sorted(core.rglob("*")):
        if path.suffix not in (".h", ".cc", ".cu"):
            continue
        layer = path.relative_to(core).parts[0]
        if layer not in rank:
            yield f"{path}: folder {layer} is no layer"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            used = found.group(1)
            if used not in rank:
                yield f"{path}:{number}: includes {used}/, which is no layer"
            elif rank[used] > rank[layer]:
                yield f"{path}:{number}: layer {layer} includes {used}, which lies to its right"


def main():
    problems = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(problems) if problems else "layers are in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
