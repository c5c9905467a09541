# SPDX-License-Identifier: Apache-2.0
"""The harness itself: what is thrown away, how ratios are formed, what a failure looks like."""
import os
import sys
import time
import unittest
from types import SimpleNamespace

import counts
import measurements
import quiet
import rows
import tables


def program(code):
    return [sys.executable, "-c", code]


class Disturbance(unittest.TestCase):
    def watcher(self, *marks):
        watcher = quiet.Watcher(os.getpid())
        watcher.marks = list(marks)
        return watcher

    def test_share_of_one_processor_between_the_marks_around_a_sample(self):
        watcher = self.watcher((0, 0.0), (1, 0.0), (2, 0.52), (3, 0.52))
        self.assertAlmostEqual(watcher.others(1.2, 1.8), 0.52 - 2 * quiet.TICK)
        self.assertEqual(watcher.others(2.1, 2.9), 0)

    def test_a_few_ticks_are_nobody(self):
        self.assertEqual(self.watcher((0, 0.0), (1, 2 * quiet.TICK)).others(0, 1), 0)

    def test_disturbed_samples_are_dropped_and_counted(self):
        original = quiet.Watcher.others
        quiet.Watcher.others = lambda self, start, end: 1.0 if start == 10 else 0.0
        try:
            code = "print('sample 10 11 4'); print('sample 12 13 5'); print('figure resident 7')"
            result = quiet.run(program(code), dict(os.environ), 60)
            kept = quiet.run(program(code), dict(os.environ), 60, keep_disturbed=True)
        finally:
            quiet.Watcher.others = original
        self.assertEqual((result["samples"], result["disturbed"]), ([0.2], 1))
        self.assertEqual(result["figures"], {"resident": 7})
        self.assertEqual((kept["samples"], kept["disturbed"]), ([0.25, 0.2], 0))


class Failures(unittest.TestCase):
    def test_exit_status_and_last_line(self):
        with self.assertRaisesRegex(quiet.Failed, "exit status 3: no such thing"):
            quiet.run(program("import sys; sys.stderr.write('a\\nno such thing\\n'); sys.exit(3)"), dict(os.environ), 60)

    def test_time_limit(self):
        with self.assertRaisesRegex(quiet.Failed, "took more than 1 s"):
            quiet.run(program("import time; time.sleep(60)"), dict(os.environ), 1)


class Ratios(unittest.TestCase):
    """Figures of three sides, given instead of measured."""
    ROW = rows.Row("some train", "engine", {"torch": [("plain", "quick"), ("fused", "quick"), ("compiled", "slow")]},
                   bars=(0.9, 0.6, 0.3))

    def compared(self, figures, quick=True):
        bench = measurements.Bench.__new__(measurements.Bench)
        bench.options = SimpleNamespace(rounds=2, quick=quick, no_peers=False)
        bench.say = lambda text: None
        bench.engine_command = lambda row: "engine"
        bench.peer_command = lambda peer, mode, row: f"{peer} {mode}"
        given = {side: iter(values) for side, values in figures.items()}

        def run(command):
            value = next(given[command])
            if isinstance(value, Exception):
                raise value
            return {"samples": value, "disturbed": 0 if value else 3, "figures": {}}

        bench.run = run
        return bench.timed(self.ROW)

    def test_best_mode_is_the_opponent_and_rounds_are_paired(self):
        result = self.compared({"engine": [[1.0], [1.2]], "torch plain": [[9.0], [9.0]], "torch fused": [[2.0], [3.0]]})
        self.assertEqual(result["best"], "torch fused")
        self.assertAlmostEqual(result["ratio"]["low"], 0.4)
        self.assertAlmostEqual(result["ratio"]["high"], 0.5)
        self.assertAlmostEqual(result["ratio"]["median"], 0.45)
        self.assertAlmostEqual(result["ratio_to_best_process"], 1.1 / 2.0)
        self.assertEqual(tables.reached(self.ROW, result), "goal")

    def test_rounds_without_a_clean_sample_count_for_nobody(self):
        result = self.compared({"engine": [[], [1.0]], "torch plain": [[1.0], [2.0]], "torch fused": [[5.0], []]})
        self.assertEqual(result["ratio"], {"median": 0.5, "low": 0.5, "high": 0.5})
        self.assertEqual(result["sides"]["engine"]["disturbed"], 3)

    def test_no_figure_at_all(self):
        result = self.compared({"engine": [[], []], "torch plain": [quiet.Failed("exit status 1: gone")],
                                "torch fused": [[], []]})
        self.assertNotIn("ratio", result)
        self.assertEqual(tables.spread(result["sides"]["engine"]), "no clean sample (6 disturbed)")
        self.assertEqual(tables.spread(result["sides"]["torch plain"]), "failed: exit status 1: gone")

    def test_slow_modes_wait_for_the_long_run(self):
        figures = {side: [[1.0], [1.0]] for side in ("engine", "torch plain", "torch fused", "torch compiled")}
        self.assertIn("torch compiled", self.compared(figures, quick=False)["sides"])
        self.assertNotIn("torch compiled", self.compared(figures)["sides"])


class Beside(unittest.TestCase):
    ROW = rows.Row("some beside", "engine", {"torch": [("plain", "quick")]}, bars=(6, 4, 3))

    def test_a_multiple_of_the_own_quiet_time(self):
        bench = measurements.Bench.__new__(measurements.Bench)
        bench.options = SimpleNamespace(rounds=2, quick=True, no_peers=False)
        bench.engine_command, bench.peer_command = lambda row: "engine", lambda peer, mode, row: peer

        def run(**times):
            return lambda command: {"samples": times[command], "disturbed": 0, "figures": {}}
        bench.run, bench.run_beside = run(engine=[1.0], torch=[2.0]), run(engine=[3.5], torch=[20.0])
        result = {"kind": "beside", **bench.beside(self.ROW)}
        self.assertEqual([side["multiple"] for side in result["sides"].values()], [3.5, 10])
        text = tables.beside({"rows": {"some beside": result}}, {"some beside": self.ROW})
        self.assertRegex(text, "engine .* 3.50 .*goal")

    def test_neighbours_compute_and_are_gone_afterwards(self):
        with quiet.neighbours(1) as processes:
            time.sleep(1)
            self.assertGreater(quiet.process_busy(processes[0].pid), 0.05)
        self.assertIsNotNone(processes[0].returncode)


class Counts(unittest.TestCase):
    def test_what_the_tools_print(self):
        self.assertEqual(counts.reading("==1== Collected : 9374", counts.TOOLS["instructions"][1]), 9374)
        text = "==1==   total heap usage: 55,835 allocs, 55,830 frees, 9 bytes allocated"
        self.assertEqual(counts.reading(text, counts.TOOLS["allocations"][1]), 55835)
        self.assertIsNone(counts.reading("nothing", counts.TOOLS["allocations"][1]))

    def test_one_call_is_the_difference_of_two_runs(self):
        runs = {"callgrind": "Collected : {}", "memcheck": "total heap usage: {} allocs, 0 frees"}

        def run(command, **_):
            tool = next(name for name in runs if f"--tool={name}" in command)
            return SimpleNamespace(returncode=0, stderr=runs[tool].format(500 + 7 * int(command[-1])))
        original = counts.subprocess, counts.shutil
        counts.subprocess, counts.shutil = SimpleNamespace(run=run), SimpleNamespace(which=lambda name: name)
        try:
            self.assertEqual(counts.of_one_call(["program"], {}), {"instructions": 7, "allocations": 7})
            counts.shutil = SimpleNamespace(which=lambda name: None)
            self.assertIn("not installed", counts.of_one_call(["program"], {})["failed"])
        finally:
            counts.subprocess, counts.shutil = original


class Tables(unittest.TestCase):
    def test_seconds_in_their_unit(self):
        self.assertEqual([tables.seconds(x) for x in (2, 0.00251, 3.1e-7)], ["2 s", "2.51 ms", "0.31 us"])

    def test_bars_in_microseconds(self):
        row = rows.Row("add", "engine", bars=(0.5, 0.3, 0.15), unit="us")
        for median, want in ((0.6e-6, "below good (0.5)"), (0.4e-6, "good"), (0.1e-6, "moonshot")):
            self.assertEqual(tables.reached(row, {"sides": {"engine": {"median": median}}}), want)

    def test_memory_counted_against_planned(self):
        side = {"figures": {"planned": 2**20, "engine_peak": 1.5 * 2**20, "resident": 3 * 2**20}}
        text = tables.memory({"rows": {"net": {"kind": "timed", "sides": {"engine": side}}}})
        self.assertIn("1.500", text.splitlines()[1])


if __name__ == "__main__":
    unittest.main()
