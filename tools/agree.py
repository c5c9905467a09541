#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""States whether predictions of several languages agree.

usage: agree.py FIRST.npz OTHER.npz...

Each file holds one array; all must be within 1e-6 of the first.
"""
import sys

import numpy


def only_array(path):
    arrays = numpy.load(path)
    return arrays[arrays.files[0]].astype("float64")


def main():
    first = only_array(sys.argv[1])
    worst = 0.0
    for path in sys.argv[2:]:
        other = only_array(path)
        if other.shape != first.shape:
            print(f"{path}: shape {other.shape}, want {first.shape}")
            return 1
        worst = max(worst, float(numpy.abs(other - first).max()))
    agree = worst <= 1e-6
    print(f"{len(sys.argv) - 1} languages {'agree' if agree else 'DISAGREE'}: predictions of shape {first.shape} differ by "
          f"at most {worst:.2g}")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
