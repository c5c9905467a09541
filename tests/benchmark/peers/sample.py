# SPDX-License-Identifier: Apache-2.0
"""Times a peer as engine/sample.h times the engine, and prints the same lines."""
import time

SAMPLE_SECONDS = 0.1


def resident_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def chunk(call, calls):
    for _ in range(calls):
        call()


def measure(call, seconds):
    chunk(call, 2)
    calls, took = 1, 0.0
    while True:
        start = time.time()
        chunk(call, calls)
        if time.time() - start >= SAMPLE_SECONDS / 20:
            break
        calls *= 2
    begin = time.time()
    while True:
        start, done = time.time(), 0
        while time.time() - start < SAMPLE_SECONDS:
            chunk(call, calls)
            done += calls
        print(f"sample {start:.6f} {time.time():.6f} {done}", flush=True)
        if time.time() - begin >= seconds:
            break
    print("figure resident", resident_bytes())
