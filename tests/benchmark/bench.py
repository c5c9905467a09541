# SPDX-License-Identifier: Apache-2.0
"""./dev bench: the engine beside its peers, on this machine, in this run. See README.md for how to read it."""
import argparse
import json
import os
import sys
import time
from pathlib import Path

import machine
import peers
import quiet
import rows
import tables
from measurements import Bench

HERE = Path(__file__).resolve().parent


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="rows whose name contains this; all by default")
    parser.add_argument("--quick", action="store_true", help="two rounds of a second, fast modes: within 15 minutes")
    parser.add_argument("--rounds", type=int, help="processes a mode (5; --quick: 2)")
    parser.add_argument("--seconds", type=float, help="sampling time a process (3; --quick: 1)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of all sides")
    parser.add_argument("--list", action="store_true", help="names of the workloads")
    parser.add_argument("--keep-disturbed", action="store_true", help="to try things out; nothing is stored")
    parser.add_argument("--no-peers", action="store_true", help="the engine alone; nothing is stored")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--julia", default="julia", help=argparse.SUPPRESS)
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def chosen(table, wanted, quick=False):
    return [row for row in table
            if (any(word in row.name for word in wanted) if wanted else row.quick or not quick)]


def main():
    options = arguments()
    everything = rows.TIMED + rows.FIRST + rows.BESIDE + rows.COUNTED + rows.FIGURES + [rows.PROBE]
    if options.list:
        return print(*(row.name for row in everything), sep="\n")
    unknown = [word for word in options.workloads if not chosen(everything, [word])]
    if unknown:
        sys.exit(f"dev bench: no workload has '{unknown[0]}' in its name; see ./dev bench --list")
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 3)
    bench = Bench(options, say)
    results = {"machine": machine.describe(options.threads), "peers": bench.peer_versions(), "rows": {}}
    for kind, table in (("timed", rows.TIMED), ("first", rows.FIRST), ("beside", rows.BESIDE),
                        ("counted", rows.COUNTED), ("figures", rows.FIGURES), ("figures", [rows.PROBE])):
        for row in chosen(table, options.workloads, options.quick):
            say(f"-- {row.name}")
            results["rows"][row.name] = {"kind": kind, **getattr(bench, kind)(row)}
    text = tables.text(results, rows.TIMED + rows.BESIDE)
    print(text)
    if options.keep_disturbed or options.no_peers or options.workloads:
        return None
    name = time.strftime("%Y-%m-%d-") + tables.slug(results["machine"])
    (HERE / "results" / f"{name}.json").write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    (HERE / "results" / f"{name}.txt").write_text(text + "\n")
    return say(f"stored as tests/benchmark/results/{name}.txt and .json")


if __name__ == "__main__":
    main()
