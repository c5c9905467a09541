# SPDX-License-Identifier: Apache-2.0
"""Runs one program and keeps only the samples that other processes did not disturb.

A watcher notes, every 50 ms, how much processor time the whole machine used and how much of it was the program's and our
own; what is left is others' (stolen time of a virtual machine included). A sample with more than ALLOWED of it, given as
a share of one processor, is thrown away.
"""
import contextlib
import os
import subprocess
import sys
import threading
import time

ALLOWED = 0.08
TICK = 1 / os.sysconf("SC_CLK_TCK")
FIRST_LINES = 2000  # of standard error, kept for messages


def machine_busy():
    with open("/proc/stat") as stat:
        fields = [int(x) for x in stat.readline().split()[1:9]]
    user, nice, system, _idle, _wait, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) * TICK


def process_busy(pid):
    """Of a process and of those of its children that have ended; 0 once it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return sum(int(x) for x in fields[11:15]) * TICK


class Watcher(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.marks, self.ended = pid, [], threading.Event()

    def mark(self):
        theirs = process_busy(self.pid)
        if theirs or not self.marks:
            self.marks.append((time.time(), machine_busy() - theirs - process_busy(os.getpid())))

    def run(self):
        while not self.ended.wait(0.05):
            self.mark()

    def others(self, start, end):
        """Share of one processor that others used between the marks around a sample."""
        before = [m for m in self.marks if m[0] <= start] or self.marks[:1]
        after = [m for m in self.marks if m[0] >= end] or self.marks[-1:]
        (t0, b0), (t1, b1) = before[-1], after[0]
        return max(b1 - b0 - 2 * TICK, 0) / max(t1 - t0, end - start)


def wait_until_quiet(patience):
    """Waits for at most `patience` seconds; returns the seconds it took."""
    begin = time.time()
    while time.time() - begin < patience:
        start, busy = time.time(), machine_busy() - process_busy(os.getpid())
        time.sleep(0.3)
        if machine_busy() - process_busy(os.getpid()) - busy < ALLOWED * (time.time() - start) + 2 * TICK:
            break
    return time.time() - begin


@contextlib.contextmanager
def neighbours(count):
    """As many processes that compute without end."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


class Failed(Exception):
    pass


def run(command, environment, limit, keep_disturbed=False):
    """{"samples": [seconds a call], "disturbed": count, "figures": {name: value}, "started": epoch}"""
    started = time.time()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watcher = Watcher(process.pid)
    watcher.mark()
    watcher.start()
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed(f"took more than {limit:.0f} s") from None
    finally:
        watcher.ended.set()
        watcher.join()
    if process.returncode != 0:
        lines = [line for line in err[-FIRST_LINES:].splitlines() if line.strip()] or ["no message"]
        raise Failed(f"exit status {process.returncode}: {lines[-1]}")
    result = {"samples": [], "disturbed": 0, "figures": {}, "started": started}
    for line in out.splitlines():
        words = line.split()
        if words[:1] == ["sample"]:
            start, end, calls = map(float, words[1:])
            if keep_disturbed or watcher.others(start, end) <= ALLOWED:
                result["samples"].append((end - start) / calls)
            else:
                result["disturbed"] += 1
        elif words[:1] == ["figure"]:
            result["figures"][words[1]] = float(words[2])
    result["others"] = watcher.others(started, time.time())
    return result
