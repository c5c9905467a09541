#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of bindings/emit/headers.py, on a header that holds each idiom once."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bindings" / "emit"))
import headers  # noqa: E402

BASE = """
#define CERMET_API __attribute__((visibility("default")))
#define CERMET_VERSION 203
typedef enum cermet_status { CERMET_OK = 0, /* a, b; c */ CERMET_STATUS_MAX = 0x7fffffff } cermet_status;
"""
THING = """
/* CERMET_API int not_me(void); */
typedef struct cermet_thing cermet_thing;
CERMET_API CERMET_MUST_USE cermet_status cermet_thing_make(const int64_t *shape,
                                                           int32_t ndim, cermet_thing **out);
CERMET_API const char *cermet_thing_name(const cermet_thing *thing);
CERMET_API int32_t cermet_count(void);
CERMET_API cermet_status cermet_thing_watch(void (*done)(void *payload, int32_t n), void *payload,
                                            cermet_log_callback log, struct Foreign *memory);
CERMET_API cermet_status cermet_error_status(const cermet_thing *thing);
"""


def read(**texts):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "cermet").mkdir()
        for name, text in texts.items():
            (pathlib.Path(folder) / "cermet" / f"{name}.h").write_text(text)
        return headers.read(folder)


class HeadersTest(unittest.TestCase):
    def setUp(self):
        self.api = read(thing=THING, base=BASE, cermet='#include "base.h"')
        self.functions = {f.name: f for f in self.api.functions}

    def test_files(self):
        self.assertEqual(self.api.names, ("base.h", "thing.h"))
        self.assertEqual(self.api.version, 203)
        self.assertEqual(self.api.handles, {"cermet_thing": "thing.h"})
        self.assertEqual(self.api.enums, {"cermet_status": (("CERMET_OK", 0), ("CERMET_STATUS_MAX", 0x7fffffff))})

    def test_functions(self):
        self.assertEqual(list(self.functions), ["cermet_thing_make", "cermet_thing_name", "cermet_count",
                                                "cermet_thing_watch", "cermet_error_status"])
        self.assertEqual([f.can_fail for f in self.api.functions], [True, False, False, True, False])
        self.assertEqual(self.functions["cermet_thing_name"].returns, "const char *")
        self.assertEqual(self.functions["cermet_count"].parameters, ())

    def test_parameters(self):
        shape, ndim, out = self.functions["cermet_thing_make"].parameters
        self.assertEqual((shape.type, shape.base, shape.depth), ("const int64_t *", "int64_t", 1))
        self.assertEqual([p.is_output for p in (shape, ndim, out)], [False, False, True])
        self.assertEqual([p.is_pointer for p in (shape, ndim, out)], [True, False, True])
        done, payload, log, memory = self.functions["cermet_thing_watch"].parameters
        self.assertEqual((done.type, done.name), (headers.CALLBACK, "done"))
        self.assertEqual([p.is_callback for p in (done, payload, log, memory)], [True, False, True, False])
        self.assertEqual((memory.type, memory.base), ("struct Foreign *", "Foreign"))

    def test_what_cannot_be_read_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "odd.h: 1 declarations, of which 0"):
            read(base=BASE, odd="CERMET_API int32_t cermet_table[3];")


if __name__ == "__main__":
    unittest.main()
