# SPDX-License-Identifier: Apache-2.0
"""The few functions of the C ABI that the conformance runner needs, through ctypes."""
import ctypes
import pathlib

import numpy

CODES = {"float32": 0, "float64": 1, "float16": 2, "uint8": 3, "int32": 4, "int8": 5, "int64": 6, "bool": 7}
NAMES = {code: name for name, code in CODES.items()}
NOT_FOUND = 4


class CermetError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Library:
    def __init__(self, path):
        self.lib = ctypes.CDLL(str(pathlib.Path(path)))
        self.lib.cermet_error_last_message.restype = ctypes.c_char_p

    def call(self, function, *arguments):
        status = getattr(self.lib, function)(*arguments)
        if status:
            raise CermetError(status, self.lib.cermet_error_last_message().decode())

    def new(self, function, *arguments):
        out = ctypes.c_void_p()
        self.call(function, *arguments, ctypes.byref(out))
        return out

    def release(self, noun, handle):
        if handle:
            getattr(self.lib, f"cermet_{noun}_release")(handle)

    def find(self, name):
        """The operator called `name`, or None."""
        try:
            return self.new("cermet_def_find", 0, name.encode())
        except CermetError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def attrs(self, op, texts):
        handle = self.new("cermet_attrs_create", op)
        for name, text in texts.items():
            self.call("cermet_attrs_set_text", handle, name.encode(), text.encode())
        return handle

    def array(self, values):
        values = numpy.asarray(values)
        dense = numpy.ascontiguousarray(values).reshape(values.shape)
        shape = (ctypes.c_int64 * max(1, dense.ndim))(*dense.shape)
        return self.new("cermet_ndarray_from_data", dense.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(dense.nbytes),
                        shape, dense.ndim, CODES[dense.dtype.name])

    def numpy(self, array):
        shape, ndim, dtype = ctypes.POINTER(ctypes.c_int64)(), ctypes.c_int32(), ctypes.c_int()
        self.call("cermet_ndarray_shape", array, ctypes.byref(shape), ctypes.byref(ndim))
        self.call("cermet_ndarray_dtype", array, ctypes.byref(dtype))
        out = numpy.empty([shape[k] for k in range(ndim.value)], NAMES[dtype.value])
        self.call("cermet_ndarray_read", array, out.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(out.nbytes))
        return out

    def invoke(self, op, attrs, inputs, recorder=None, outputs=None):
        """Runs an operator; `outputs` are arrays to write into. Returns handles."""
        count = ctypes.c_int32()
        self.call("cermet_op_num_outputs", op, attrs, len(inputs), ctypes.byref(count))
        results = handles((outputs or []) + [None] * (count.value - len(outputs or [])))
        self.call("cermet_op_invoke", op, attrs, handles(inputs), len(inputs), recorder, None, results, count.value)
        return [ctypes.c_void_p(result) for result in results]

    def gradient(self, recorder, heads, head_grads, variables):
        grads = handles([None] * len(variables))
        self.call("cermet_recorder_gradient", recorder, handles(heads), len(heads), handles(head_grads),
                  handles(variables), len(variables), 0, grads)
        return [ctypes.c_void_p(grad) for grad in grads]

    def backward(self, recorder, heads, head_grads):
        self.call("cermet_recorder_backward", recorder, handles(heads), len(heads), handles(head_grads), 0)


def handles(items):
    return (ctypes.c_void_p * max(1, len(items)))(*[item.value if item else None for item in items])
