# SPDX-License-Identifier: Apache-2.0
"""What the figures were taken on: no host name, no path."""
import os
import platform
import subprocess


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    lines = (done.stdout or done.stderr).splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else None


def processor():
    with open("/proc/cpuinfo") as info:
        fields = dict(line.split(":", 1) for line in info.read().split("\n\n")[0].splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    flags = fields.get("flags", "").split()
    widest = [flag for flag in ("avx2", "fma", "avx512f", "avx512_bf16", "amx_tile") if flag in flags]
    return {"model": f'{fields.get("model name", platform.machine())}, family {fields.get("cpu family", "?")} '
                     f'model {fields.get("model", "?")}', "isa": " ".join(widest) or platform.machine()}


def memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def describe(threads):
    return {**processor(), "cores": len(os.sched_getaffinity(0)), "threads": threads,
            "memory_gib": round(memory_bytes() / 2**30), "kernel": platform.release(),
            "compiler": first_line(["c++", "--version"]),
            "commit": first_line(["git", "rev-parse", "--short", "HEAD"]),
            "changed": bool(first_line(["git", "status", "--porcelain", "--untracked-files=no"]))}
