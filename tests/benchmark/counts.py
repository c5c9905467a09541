# SPDX-License-Identifier: Apache-2.0
"""Instructions and allocations of one call: two runs under valgrind that differ only in their number of calls. Other
processes do not disturb them, so they tell what a change did where times cannot."""
import re
import shutil
import subprocess

FEW, MANY = 200, 1200
TOOLS = {"instructions": (["--tool=callgrind", "--callgrind-out-file=/dev/null"], r"Collected : (\d+)"),
         "allocations": (["--tool=memcheck", "--leak-check=no"], r"total heap usage: ([\d,]+) allocs")}


def reading(text, pattern):
    """The number that a tool printed; None if there is none."""
    found = re.search(pattern, text)
    return int(found.group(1).replace(",", "")) if found else None


def of_one_call(command, environment):
    """{"instructions": ..., "allocations": ...} of `command CALLS`, or {"failed": why}."""
    if not shutil.which("valgrind"):
        return {"failed": "valgrind is not installed"}
    # One thread: waiting is not to be counted. AVX2 at most: valgrind knows no AVX-512.
    environment = {**environment, "OMP_NUM_THREADS": "1", "CERMET_ISA": "avx2"}
    figures = {}
    for name, (flags, pattern) in TOOLS.items():
        readings = []
        for calls in (FEW, MANY):
            run = subprocess.run(["valgrind", *flags, *command, str(calls)], env=environment, capture_output=True, text=True)
            readings.append(reading(run.stderr, pattern))
            if run.returncode or readings[-1] is None:
                return {"failed": (run.stderr.strip().splitlines() or ["no output"])[-1]}
        figures[name] = (readings[1] - readings[0]) / (MANY - FEW)
    return figures
