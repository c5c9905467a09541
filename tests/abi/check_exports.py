#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a library exports exactly the declared functions and carries its own C++ runtime.

usage: check_exports.py LIBRARY EXPORTS_TXT
"""
import pathlib
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    library, listed = sys.argv[1:3]
    exported = {line.split()[-1] for line in output("nm", "-D", "--defined-only", library).splitlines()}
    exported = {name.split("@")[0] for name in exported}
    declared = set(pathlib.Path(listed).read_text().split())
    needed = [line for line in output("readelf", "-d", library).splitlines() if "NEEDED" in line]
    problems = [f"declared but not exported: {name}" for name in sorted(declared - exported)]
    problems += [f"exported but not declared: {name}" for name in sorted(exported - declared)]
    problems += [f"needs {name}" for name in ("libstdc++", "libopenblas", "libblas") if any(name in n for n in needed)]
    print("\n".join(problems) if problems else f"{len(exported)} functions, as declared")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
