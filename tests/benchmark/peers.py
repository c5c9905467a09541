# SPDX-License-Identifier: Apache-2.0
"""The peers' environments, installed at first use below the cache folder: never needed to build or to test."""
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cermet" / "bench"

# environment: (pythons to try in order, packages)
ENVIRONMENTS = {
    "modern": (["python3", "/usr/bin/python3"], ["torch", "onnxruntime", "onnx", "numpy"]),
    "mxnet": (["python3.8", "~/.pyenv/versions/3.8*/bin/python3.8"], ["mxnet==1.9.1", "numpy<1.24"]),
}
VERSIONS = {"modern": ["torch", "onnxruntime"], "mxnet": ["mxnet"]}


def candidates(patterns):
    for pattern in patterns:
        expanded = Path(pattern).expanduser()
        if "*" in pattern:
            yield from map(str, sorted(Path("/").glob(str(expanded)[1:])))
        elif shutil.which(pattern):
            yield shutil.which(pattern)


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"


def install(name, say):
    """(python of the environment, None), or (None, the reason why there is none)."""
    folder = CACHE / name
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return str(python), None
    patterns, packages = ENVIRONMENTS[name]
    reason = "no " + " and no ".join(patterns)
    for base in candidates(patterns):
        shutil.rmtree(folder, ignore_errors=True)
        say(f"installing {' '.join(packages)} for {base}")
        for command in ([base, "-m", "venv", str(folder)],
                        [str(python), "-m", "pip", "install", "--quiet", "--no-cache-dir", *packages]):
            try:
                done = subprocess.run(command, capture_output=True, text=True)
            except OSError as error:
                done, reason = None, str(error)
                break
            if done.returncode != 0:
                reason = last_line(done.stderr or done.stdout)
                break
        else:
            (folder / "complete").touch()
            return str(python), None
    shutil.rmtree(folder, ignore_errors=True)
    return None, reason


def versions(name, python):
    code = "import importlib.metadata as m, sys; print(*(p + ' ' + m.version(p) for p in sys.argv[1:]), sep='\\n')"
    done = subprocess.run([python, "-c", code, *VERSIONS[name]], capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines())


def onnx_file(net, modern, folder, environment):
    """ONNX form of a net, written by PyTorch once a build folder."""
    path = folder / f"{net}.onnx"
    if not path.exists():
        done = subprocess.run([modern, str(HERE / "peers" / "torch_peer.py"), "infer", "export", "0", net, str(path)],
                              capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            path.unlink(missing_ok=True)
            raise RuntimeError(last_line(done.stderr))
    return path
