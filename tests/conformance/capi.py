# SPDX-License-Identifier: Apache-2.0
"""The few functions of the C ABI that the conformance runner and the operator sweep need, through ctypes."""
import ctypes
import json
import pathlib

import numpy

CODES = {"float32": 0, "float64": 1, "float16": 2, "uint8": 3, "int32": 4, "int8": 5, "int64": 6, "bool": 7, "bfloat16": 12}
NAMES = {code: name for name, code in CODES.items()}
NOT_FOUND, INTERNAL = 4, 15


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

    def names(self):
        """All public operators."""
        return self.strings(self.new("cermet_def_list", 0))

    def strings(self, handle):
        count, text, out = ctypes.c_int32(), ctypes.c_char_p(), []
        self.call("cermet_strings_size", handle, ctypes.byref(count))
        for k in range(count.value):
            self.call("cermet_strings_get", handle, k, ctypes.byref(text))
            out.append(text.value.decode())
        return out

    def text(self, handle):
        text = ctypes.c_char_p()
        self.call("cermet_bytes_text", handle, ctypes.byref(text))
        return text.value.decode()

    def describe(self, name):
        return json.loads(self.text(self.new("cermet_def_describe", self.find(name))))

    def set_attr(self, attrs, name, value):
        key = name.encode()
        if value is None:
            self.call("cermet_attrs_set_none", attrs, key)
        elif isinstance(value, bool):
            self.call("cermet_attrs_set_bool", attrs, key, int(value))
        elif isinstance(value, int):
            self.call("cermet_attrs_set_int", attrs, key, ctypes.c_int64(value))
        elif isinstance(value, float):
            self.call("cermet_attrs_set_float", attrs, key, ctypes.c_double(value))
        elif isinstance(value, str):
            self.call("cermet_attrs_set_string", attrs, key, value.encode())
        elif all(isinstance(item, int) for item in value):
            self.call("cermet_attrs_set_ints", attrs, key, (ctypes.c_int64 * max(1, len(value)))(*value), len(value))
        else:
            self.call("cermet_attrs_set_floats", attrs, key, (ctypes.c_double * len(value))(*value), len(value))

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
        dtype = ctypes.c_int()
        self.call("cermet_ndarray_dtype", array, ctypes.byref(dtype))
        out = numpy.empty(self.shape(array), NAMES[dtype.value])
        self.call("cermet_ndarray_read", array, out.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(out.nbytes))
        return out

    def slice_last(self, array, step):
        """A view of every step-th element along the last axis."""
        shape = self.shape(array)
        full = ctypes.c_int64 * len(shape)
        return self.new("cermet_ndarray_slice", array, full(*[0] * len(shape)), full(*shape),
                        full(*[1] * (len(shape) - 1), step), len(shape))

    def shape(self, array):
        shape, ndim = ctypes.POINTER(ctypes.c_int64)(), ctypes.c_int32()
        self.call("cermet_ndarray_shape", array, ctypes.byref(shape), ctypes.byref(ndim))
        return tuple(shape[k] for k in range(ndim.value))

    def cast(self, array, dtype):
        shape = self.shape(array)
        dims = (ctypes.c_int64 * max(1, len(shape)))(*shape)
        out = self.new("cermet_ndarray_create", dims, len(shape), CODES[dtype], 1, 0)
        self.call("cermet_ndarray_copy_to", array, out)
        return out

    def apply(self, op, attrs, symbols):
        return self.new("cermet_symbol_apply", op, attrs, b"node", handles(symbols), len(symbols))

    def json_round_trip(self, symbol):
        text = self.text(self.new("cermet_symbol_to_json", symbol)).encode()
        return self.new("cermet_symbol_from_json", text, ctypes.c_int64(len(text)))

    def set_spec(self, specs, name, shape, dtype):
        dims = (ctypes.c_int64 * max(1, len(shape)))(*shape)
        self.call("cermet_specs_set", specs, name.encode(), dims, len(shape), CODES[dtype])

    def inferred_outputs(self, symbol, known):
        """(shape, dtype name) of each output."""
        specs, count, out = ctypes.c_void_p(), ctypes.c_int32(), []
        self.call("cermet_symbol_infer", symbol, known, None, ctypes.byref(specs), None)
        self.call("cermet_specs_size", specs, ctypes.byref(count))
        for k in range(count.value):
            shape, ndim, dtype = ctypes.POINTER(ctypes.c_int64)(), ctypes.c_int32(), ctypes.c_int()
            self.call("cermet_specs_shape", specs, k, ctypes.byref(shape), ctypes.byref(ndim))
            self.call("cermet_specs_dtype", specs, k, ctypes.byref(dtype))
            out.append((tuple(shape[j] for j in range(ndim.value)), NAMES[dtype.value]))
        return out

    def invoke(self, op, attrs, inputs, recorder=None, outputs=None):
        """Runs an operator; `outputs` are arrays to write into. Returns handles."""
        count = ctypes.c_int32()
        self.call("cermet_op_num_outputs", op, attrs, len(inputs), ctypes.byref(count))
        results = handles((outputs or []) + [None] * (count.value - len(outputs or [])))
        self.call("cermet_op_invoke", op, attrs, handles(inputs), len(inputs), recorder, None, results, count.value)
        return [ctypes.c_void_p(result) for result in results]

    def gradient(self, recorder, heads, head_grads, variables, create_graph=0):
        grads = handles([None] * len(variables))
        self.call("cermet_recorder_gradient", recorder, handles(heads), len(heads), handles(head_grads),
                  handles(variables), len(variables), create_graph, grads)
        return [ctypes.c_void_p(grad) for grad in grads]

    def backward(self, recorder, heads, head_grads):
        self.call("cermet_recorder_backward", recorder, handles(heads), len(heads), handles(head_grads), 0)


def handles(items):
    return (ctypes.c_void_p * max(1, len(items)))(*[item.value if item else None for item in items])
