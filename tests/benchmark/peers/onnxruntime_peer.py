# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's side:  onnxruntime_peer.py infer|first MODE SECONDS FILE.onnx   (the file comes from torch_peer.py)"""
import os
import sys
import time

import numpy
import onnxruntime

from sample import measure

workload, seconds, path = sys.argv[1], float(sys.argv[3]), sys.argv[4]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
given = session.get_inputs()[0]
if given.type == "tensor(int64)":
    data = numpy.random.randint(0, 50000, given.shape)
else:
    data = numpy.random.randn(*given.shape).astype("float32")
feed = {given.name: data}
if workload == "first":
    session.run(None, feed)[0].tolist()
    print("figure first", time.time())
else:
    measure(lambda: session.run(None, feed), seconds)
