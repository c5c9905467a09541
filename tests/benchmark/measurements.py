# SPDX-License-Identifier: Apache-2.0
"""Takes the measurements of a row: the engine's process, then each peer's, in turn, as many rounds as asked for."""
import os
import shlex
import statistics
import subprocess

import counts
import peers
import quiet
import rows

# What a machine may set to make its own BLAS choose a kernel; figures are to be those of the library's own choice.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
LANGUAGES = {
    "r": ["r/dev", "run", "{build}", "{here}/languages/add.R"],
    "julia": ["julia/dev", "run", "{build}", "{here}/languages/add.jl"],
    "java": ["java/dev", "run", "{build}", "{here}/languages/Add.java"],
    "scala": ["java/dev", "run", "{build}", "{here}/languages/Add.scala"],
}
BUILT_BY = {"java": ["java/dev", "build", "{build}"], "scala": ["java/dev", "build", "{build}"],
            "r": ["r/dev", "install", "{build}"]}
PATIENCE = {True: 60, False: 900}  # seconds of waiting for a quiet machine in all, by --quick


def summary(values):
    values = sorted(values)
    return {"median": statistics.median(values), "low": values[0], "high": values[-1]}


def median_sample(result):
    return statistics.median(result["samples"]) if result["samples"] else None


class Bench:
    def __init__(self, options, say):
        self.options, self.say = options, say
        self.patience = PATIENCE[options.quick]
        programs = options.build / "tests" / "benchmark"
        self.words = {"build": str(options.build), "here": str(peers.HERE), "engine": str(programs / "engine_benchmark"),
                      "probe": str(programs / "probe"), "gemm": str(programs / "gemm_peer"),
                      "seconds": str(options.seconds), "threads": str(options.threads)}
        self.environment = {name: value for name, value in os.environ.items() if name not in UNSET}
        self.environment.update(OMP_NUM_THREADS=str(options.threads), OPENBLAS_NUM_THREADS=str(options.threads),
                                JULIA=options.julia)
        self.built = {}
        self.pythons, self.missing = {}, {}
        if not options.no_peers:
            for name in peers.ENVIRONMENTS:
                self.pythons[name], reason = peers.install(name, say)
                if reason:
                    self.missing[name] = reason
                    say(f"{name}: not installed: {reason}")

    def peer_versions(self):
        found = {name: "not installed: " + reason for name, reason in self.missing.items()}
        for name, python in self.pythons.items():
            if python:
                found.update(peers.versions(name, python))
        return found

    # --- commands ------------------------------------------------------------------------------------
    def fill(self, words):
        return [word.format(**self.words) for word in words]

    def engine_command(self, row):
        words = shlex.split(row.engine)
        language = words[0]
        if language not in LANGUAGES:
            return self.fill(words)
        if language in BUILT_BY and BUILT_BY[language][0] not in self.built:
            self.built[BUILT_BY[language][0]] = subprocess.run(self.fill(BUILT_BY[language]), capture_output=True).returncode
        return self.fill(LANGUAGES[language] + words[1:])

    def peer_command(self, peer, mode, row):
        if peer == "gemm":
            return self.fill(["{gemm}", mode, "{seconds}"]) + row.arguments.split()
        python = self.pythons.get("mxnet" if peer == "mxnet" else "modern")
        if not python:
            return None
        workload, *rest = row.arguments.split()
        if peer == "onnxruntime":
            rest = [str(peers.onnx_file(rest[0], python, self.options.build, self.environment))]
        return [python, str(peers.HERE / "peers" / f"{peer}_peer.py"), workload, mode, str(self.options.seconds), *rest]

    # --- runs ----------------------------------------------------------------------------------------
    def run(self, command):
        """With nothing beside, if the machine lets us."""
        if not self.options.keep_disturbed:
            self.patience -= quiet.wait_until_quiet(self.patience)
        limit = 120 if self.options.quick else 600
        return quiet.run(command, self.environment, limit, self.options.keep_disturbed)

    def run_beside(self, command):
        with quiet.neighbours(rows.NEIGHBOURS):
            return quiet.run(command, self.environment, 600, keep_disturbed=True)

    def modes(self, row):
        if self.options.no_peers:
            return []
        return [(peer, mode) for peer, modes in row.peers.items() for mode, speed in modes
                if speed == "quick" or not self.options.quick]

    def rounds(self, row, read, run=None):
        """{side: {"rounds": [value or None], ...}}; a side is "engine" or "peer mode"."""
        run = run or self.run
        commands = {"engine": self.engine_command(row)}
        commands.update({f"{peer} {mode}": self.peer_command(peer, mode, row) for peer, mode in self.modes(row)})
        sides = {side: {"rounds": [], "disturbed": 0, "samples": 0, "figures": {}} for side, c in commands.items() if c}
        for _ in range(self.options.rounds):
            for side, found in sides.items():
                if "failed" in found:
                    continue
                try:
                    result = run(commands[side])
                except quiet.Failed as error:
                    found["failed"] = str(error)
                    self.say(f"   {side}: {error}")
                    continue
                value = read(result)
                found["rounds"].append(value)
                found["disturbed"] += result["disturbed"]
                found["samples"] += len(result["samples"])
                found["figures"].update(result["figures"])
        return sides

    def summed_up(self, row, read, run=None):
        sides = self.rounds(row, read, run)
        for found in sides.values():
            clean = [value for value in found["rounds"] if value is not None]
            if clean:
                found.update(summary(clean))
        return sides

    def compared(self, row, read):
        sides = self.summed_up(row, read)
        result = {"sides": sides}
        ours, theirs = sides["engine"], {s: f for s, f in sides.items() if s != "engine" and "median" in f}
        if "median" in ours and theirs:
            best = min(theirs, key=lambda side: theirs[side]["median"])
            pairs = [a / b for a, b in zip(ours["rounds"], theirs[best]["rounds"]) if a is not None and b is not None]
            if pairs:
                result.update(best=best, ratio=summary(pairs), ratio_to_best_process=ours["median"] / theirs[best]["low"])
        return result

    def timed(self, row):
        return self.compared(row, median_sample)

    def beside(self, row):
        """Each side beside neighbours, and how many times its own quiet time that is."""
        alone, sides = self.summed_up(row, median_sample), self.summed_up(row, median_sample, self.run_beside)
        for side, found in sides.items():
            if "median" in found and "median" in alone[side]:
                found["alone"], found["multiple"] = alone[side]["median"], found["median"] / alone[side]["median"]
        return {"sides": sides}

    def first(self, row):
        def read(result):
            clean = self.options.keep_disturbed or result["others"] <= quiet.ALLOWED
            return result["figures"]["first"] - result["started"] if clean else None
        return self.compared(row, read)

    def counted(self, row):
        return counts.of_one_call(self.engine_command(row), self.environment)

    def figures(self, row):
        """The median of each figure over the rounds; a disturbed process is thrown away."""
        gathered, disturbed = {}, 0
        for _ in range(self.options.rounds):
            try:
                result = self.run(self.engine_command(row))
            except quiet.Failed as error:
                return {"failed": str(error)}
            if not self.options.keep_disturbed and result["others"] > quiet.ALLOWED:
                disturbed += 1
                continue
            for name, value in result["figures"].items():
                gathered.setdefault(name, []).append(value)
        return {"figures": {name: statistics.median(values) for name, values in gathered.items()}, "disturbed": disturbed}
