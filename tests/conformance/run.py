#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays folders of operator cases and prints a table per family.

usage: run.py --build FOLDER [--language c|r|java|julia] [--operator NAME] [--quiet] FOLDER...

A folder holds <family>.jsonl (one case a line: operator, attributes as MXNet writes them, inputs, expected outputs and
gradients) and <family>.npz (the arrays). The last line is `N passed, N failed, N skipped`; skipped are cases of operators
that do not exist here, and those that differences.txt lists with a reason. The exit code is 1 if any case failed or
none passed.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from capi import CermetError, Library  # noqa: E402
from replay_c import Mismatch, Missing, replay  # noqa: E402


def families(folder):
    for path in sorted(folder.glob("*.jsonl")):
        with open(path, encoding="utf-8") as lines:
            yield path.stem, [json.loads(line) for line in lines], numpy.load(path.with_suffix(".npz"))


def differences():
    """Case id -> why it ends differently here than in MXNet."""
    lines = (pathlib.Path(__file__).parent / "differences.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def replay_folder(library, folder, only, quiet):
    table, different = {}, differences()
    for family, cases, arrays in families(folder):
        count = table[family] = collections.Counter()
        present, missing = set(), set()
        for case in cases:
            if only and only not in (case["op"], case.get("called_as")):
                continue
            try:
                replay(library, case, arrays)
                if case["id"] in different:
                    raise Mismatch("passes, though differences.txt lists it")
                count["passed"] += 1
            except Missing as reason:
                count["skipped"] += 1
                if str(reason) == "operator":
                    missing.add(case["op"])
                continue
            except (Mismatch, CermetError) as problem:
                if case["id"] in different and "differences.txt" not in str(problem):
                    count["differ"] += 1
                    present.add(case["op"])
                    if not quiet:
                        print(f"DIFFERS {case['id']}: {different[case['id']]}")
                    continue
                count["failed"] += 1
                if not quiet:
                    print(f"FAILED {case['id']} {json.dumps(case['attrs'])}: {problem}")
            present.add(case["op"])
        count["present"], count["missing"] = len(present), len(missing - present)
    return table


def report(table):
    columns = ["present", "missing", "passed", "failed", "differ", "skipped"]
    print(f"{'family':<16}" + "".join(f"{column:>9}" for column in columns))
    total = collections.Counter()
    for family, count in table.items():
        print(f"{family:<16}" + "".join(f"{count[column]:>9}" for column in columns))
        total.update(count)
    print("present, missing: operators; passed, failed, differ (by design or gap, see differences.txt), skipped: cases")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['differ'] + total['skipped']} skipped")
    return total["failed"] == 0 and total["passed"] > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--if-there", action="store_true", help="exit 77 where a folder is missing")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder with libcermet.so")
    # a language is a folder of the repository with a script `dev`
    root = pathlib.Path(__file__).resolve().parents[2]
    languages = {script.parent.name: script for script in sorted(root.glob("*/dev"))}
    parser.add_argument("--language", default="c", choices=["c", *languages])
    parser.add_argument("--operator", help="only this operator")
    parser.add_argument("--quiet", action="store_true", help="table only")
    options = parser.parse_args()
    for folder in options.folders:
        if options.if_there and not folder.exists():
            print(f"SKIPPED: no {folder}")
            return 77
        if not list(folder.glob("*.jsonl")):
            print(f"run.py: no .jsonl files in {folder}", file=sys.stderr)
            return 2
    if options.language != "c":
        return subprocess.call([str(languages[options.language]), "conformance", str(options.build.resolve()),
                                *[str(folder.resolve()) for folder in options.folders]])
    library = Library(options.build / "libcermet.so")
    table = {}
    for folder in options.folders:
        table.update(replay_folder(library, folder, options.operator, options.quiet))
    return 0 if report(table) else 1


if __name__ == "__main__":
    sys.exit(main())
