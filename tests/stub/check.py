#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the suites against a library that does nothing. What passes there tests nothing, and is a failure here.

usage: check.py STUB_FOLDER TEST_PROGRAM...

STUB_FOLDER holds the library under the name that the programs load. Each test of a Criterion program counts on its own;
other programs (the sweep of operators, the calls with NULL, the replay of cases) count as one. Twice: everything
"succeeds", and everything fails with INTERNAL.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

OK, INTERNAL = "0", "15"
TESTS = pathlib.Path(__file__).parents[1]


def run(command, stub, status, seconds):
    environment = {**os.environ, "LD_LIBRARY_PATH": str(stub), "CERMET_STUB_STATUS": status}
    try:
        return subprocess.run(command, env=environment, capture_output=True, timeout=seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        return None


def passed_in_criterion(program, stub, status):
    """(names that passed, number of tests)"""
    with tempfile.NamedTemporaryFile() as report:
        # a test that waits for ever for the stub fails by its time
        run([program, "--jobs", "2", "--timeout", "3", f"--tap={report.name}"], stub, status, 100)
        lines = pathlib.Path(report.name).read_text().splitlines()
    results = [line for line in lines if line.startswith(("ok", "not ok"))]
    passed = [line for line in results if line.startswith("ok") and "# SKIP" not in line]
    return [line.split()[2] for line in passed], len(results)


def passed_as_one(command, stub, status):
    return ([" ".join(map(str, command))] if run(command, stub, status, 60) == 0 else []), 1


def main():
    stub = pathlib.Path(sys.argv[1]).resolve()
    library = str(stub / "libcermet.so")
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for status in (OK, INTERNAL):
            for program in sys.argv[2:]:
                kind = passed_in_criterion if pathlib.Path(program).name.startswith("test_") else passed_as_one
                jobs.append(pool.submit(kind, program if kind is passed_in_criterion else [program], stub, status))
            for command in ([TESTS / "ops/sweep.py", "--library", library],
                            [TESTS / "conformance/run.py", "--quiet", "--build", str(stub), TESTS.parent / "bindings/conformance"]):
                jobs.append(pool.submit(passed_as_one, ["/usr/bin/python3", *command], stub, status))
    results = [job.result() for job in jobs]
    passed = sorted({name for names, _ in results for name in names})
    total = sum(count for _, count in results)
    for name in passed:
        print(f"FAILED {name}: passes against a library that does nothing")
    print(f"{total} runs against the stub, {len(passed)} tests passed there; want 0")
    if total < 100:
        print("the suites did not run")
    return 1 if passed or total < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
