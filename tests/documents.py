#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents are true in what can be checked: links lead to files, commands of ./dev exist, so do the paths in code, and C
code is quoted from a program beside the document, which the tests run.

usage: documents.py REPOSITORY

Looks at every Markdown file below the folder, but for build folders. Last line: `N passed, N failed`.
"""
import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\./dev (\w+)")
# a path from the top of the repository, in code: core/schema/builder.h
PATH = re.compile(r"`((?:bindings|c_api|cmake|core|docs|java|julia|r|tests|tools)/[\w./-]*\.\w+)`")


CODE = re.compile(r"^```c\n(.*?)^```$", flags=re.M | re.S)


def without_indent(text):
    return [line.strip() for line in text.strip().splitlines()]


def is_quoted(code, programs):
    want = without_indent(code)
    return any(lines[k:k + len(want)] == want for lines in programs for k in range(len(lines)))


def commands(root):
    text = (root / "dev").read_text(encoding="utf-8")
    return set(re.findall(r"^\./dev (\w+)", text, flags=re.M)) | {"help"}


def problems(root, path, known):
    text = path.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        if not (path.parent / target).exists():
            yield f"link to {target}, which is not there"
    for command in COMMAND.findall(text):
        if command not in known:
            yield f"./dev {command}, which ./dev help does not list"
    for target in PATH.findall(text):
        if not (root / target).exists() and not (path.parent / target).exists():
            yield f"`{target}`, which is not there"
    programs = [without_indent(program.read_text(encoding="utf-8")) for program in path.parent.glob("*.c")]
    for code in CODE.findall(text):
        if programs and not is_quoted(code, programs):
            yield f"code that no program beside it has: {code.strip().splitlines()[0]}"


def main():
    root = pathlib.Path(sys.argv[1])
    known, files, failed = commands(root), 0, 0
    for path in sorted(root.rglob("*.md")):
        if {"build", "target", "node_modules"} & set(path.relative_to(root).parts):
            continue
        found = list(problems(root, path, known))
        files, failed = files + 1, failed + bool(found)
        for problem in found:
            print(f"{path.relative_to(root)}: {problem}")
    print(f"{files - failed} passed, {failed} failed")
    sys.exit(failed > 0 or files == 0)


if __name__ == "__main__":
    main()
