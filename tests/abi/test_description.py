#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of description.py: every kind of break is noticed, and what is new must be recorded."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("description.py")

BASE = """
#define CERMET_VERSION 100
typedef enum cermet_status { CERMET_OK = 0, CERMET_IO = 9 } cermet_status;
typedef struct cermet_thing cermet_thing;
typedef void (*cermet_thing_callback)(int32_t level, void *payload);
CERMET_API CERMET_MUST_USE cermet_status cermet_thing_get(const cermet_thing *thing, int32_t index, double *out);
CERMET_API void cermet_thing_watch(cermet_thing *thing, void (*done)(void *payload), void *payload);
CERMET_API int32_t cermet_version(void);
"""
STORED = """enumerator cermet_status CERMET_IO 9
function cermet_status cermet_thing_get(const cermet_thing *, int32_t, double *)
function int32_t cermet_version(void)
function void cermet_thing_watch(cermet_thing *, void (*)(void *), void *)
callback void cermet_thing_callback(int32_t, void *)
handle cermet_thing
version 100
"""


class DescriptionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.include = pathlib.Path(folder.name)
        self.stored = self.include / "cermet.abi"
        (self.include / "cermet").mkdir()
        self.write(BASE)
        self.assertEqual(self.run_script("renew").returncode, 0)

    def write(self, text):
        (self.include / "cermet" / "base.h").write_text(text)

    def run_script(self, *words):
        return subprocess.run([sys.executable, SCRIPT, *words, self.include, self.stored], capture_output=True, text=True)

    def test_says_all(self):
        stored = self.stored.read_text().splitlines()
        for line in STORED.splitlines():
            self.assertIn(line, stored)
        self.assertEqual(self.run_script("check").returncode, 0)

    def test_names_of_parameters_are_free(self):
        self.write(BASE.replace("int32_t index", "int32_t place"))
        self.assertEqual(self.run_script("check").returncode, 0)

    def test_breaks(self):
        for old, new in (("CERMET_IO = 9", "CERMET_IO = 10"), (", CERMET_IO = 9", ""), ("double *out", "float *out"),
                         ("int32_t index", "int64_t index"), ("int32_t cermet_version", "int64_t cermet_version"),
                         ("(*done)(void *payload)", "(*done)(int32_t payload)"), ("int32_t level", "int64_t level"),
                         ("typedef struct cermet_thing cermet_thing;", ""), ("CERMET_API int32_t cermet_version(void);", "")):
            self.assertIn(old, BASE)
            self.write(BASE.replace(old, new))
            result = self.run_script("check")
            self.assertEqual((result.returncode, "breaks programs: lacks `" in result.stderr), (1, True), old)
            self.assertEqual(self.run_script("renew").returncode, 1)
            self.assertEqual(self.run_script("renew", "--break").returncode, 1)  # the version is the same

    def test_additions_are_recorded(self):
        self.write(BASE + "CERMET_API void cermet_new(void);")
        self.assertIn("not recorded", self.run_script("check").stderr)
        self.assertEqual(self.run_script("renew").returncode, 0)
        self.assertEqual(self.run_script("check").returncode, 0)

    def test_a_new_version_may_break(self):
        for old, new, allowed in ((100, 101, False), (100, 200, True), (10000, 10100, False), (10000, 20000, True)):
            self.write(BASE.replace("100", str(old)))
            self.stored.unlink(missing_ok=True)
            self.run_script("renew")
            self.write(BASE.replace("100", str(new)).replace("CERMET_IO = 9", "CERMET_IO = 10"))
            self.assertEqual(self.run_script("renew", "--break").returncode, 0 if allowed else 1, (old, new))


if __name__ == "__main__":
    unittest.main()
