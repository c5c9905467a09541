# SPDX-License-Identifier: Apache-2.0
"""The table of workloads. To add one, add a row; a new net also needs a row in engine/nets.c and in each peer's NETS.

A row names the engine's command and its peers' modes. Words in braces are filled in by bench.py: {seconds}, {engine}
(engine/*.c), {gemm}, {probe}; a command that begins with a language's name is run by its package. Modes marked "slow" are
left out by --quick, and so are rows with quick=False unless they are named. Bars are (good, goal, moonshot) of docs: a
ratio to the best peer of ours divided by theirs, or, with unit "us", our time itself.
"""
from dataclasses import dataclass, field


@dataclass
class Row:
    name: str
    engine: str
    peers: dict = field(default_factory=dict)  # peer: list of (mode, "quick" or "slow")
    arguments: str = ""  # of the peers: WORKLOAD and NET as their programs take them
    bars: tuple = ()
    unit: str = "ratio"
    quick: bool = True


PLAIN = [("plain", "quick")]
TRAINING = {"torch": [("plain", "quick"), ("fused", "quick"), ("channels_last", "slow"), ("compiled", "slow")],
            "mxnet": PLAIN}
INFERENCE = {"torch": [("plain", "quick"), ("frozen", "quick"), ("channels_last", "slow"), ("compiled", "slow")],
             "onnxruntime": PLAIN, "mxnet": PLAIN}
PRODUCTS = {"gemm": [("openblas", "quick"), ("onednn", "quick"), ("onednn_packed", "quick")]}


def net(name, train, infer, training=TRAINING, inference=INFERENCE):
    return [Row(f"{name} train", f"{{engine}} train {{seconds}} {name}", training, f"train {name}", train),
            Row(f"{name} infer", f"{{engine}} infer {{seconds}} {name}", inference, f"infer {name}", infer)]


def net_at(name, batches, **settings):
    """Predictions by batch size: {batch: bars}."""
    return [Row(f"{name} b{batch} infer", f"{{engine}} infer {{seconds}} {name}_b{batch}", INFERENCE,
                f"infer {name}_b{batch}", bars, **settings) for batch, bars in batches.items()]


def product(m, n, k):
    return Row(f"gemm {m}x{n}x{k}", f"{{engine}} gemm {{seconds}} {m} {n} {k}", PRODUCTS, f"{m} {n} {k}",
               (1.05, 1.03, 1.0))


def adding(language, bars):
    return Row(f"add {language}", f"{language} {{seconds}}", {}, "", bars, "us")


TIMED = [
    Row("add c", "{engine} add {seconds}", {"torch": PLAIN + [("into", "slow")], "mxnet": PLAIN}, "add",
        (0.5, 0.3, 0.15), "us"),
    Row("add recorded c", "{engine} add_recorded {seconds}", {"torch": PLAIN}, "add_recorded", (1, 0.5, 0.3), "us"),
    adding("java", (1, 0.6, 0.4)),
    adding("scala", (1, 0.6, 0.4)),
    adding("julia", (4, 2.5, 2)),
    adding("r", (4, 2.5, 2)),
    product(512, 512, 512),
    product(2048, 2048, 2048),
    product(64, 512, 784),
    product(32, 1024, 256),
    product(2048, 1024, 256),
    product(1, 1000, 2048),
    *net("mlp", (0.75, 0.60, 0.45), (0.75, 0.58, 0.52)),
    *net("lenet", (0.70, 0.55, 0.30), (0.70, 0.52, 0.30)),
    *net("lenet5", (), ()),
    *net("lstm", (0.75, 0.50, 0.33), (0.85, 0.70, 0.55)),
    *net("transformer", (0.95, 0.80, 0.67), (0.95, 0.85, 0.75), {"torch": TRAINING["torch"]},
         {peer: INFERENCE[peer] for peer in ("torch", "onnxruntime")}),
    *net_at("resnet50", {1: (0.90, 0.75, 0.60), 8: (0.90, 0.75, 0.60)}),
    *net_at("resnet50", {32: (0.70, 0.52, 0.42)}, quick=False),
    Row("resnet50 b16 train", "{engine} train {seconds} resnet50_b16", TRAINING, "train resnet50_b16", (0.90, 0.70, 0.55),
        quick=False),
    Row("adam 160 tensors", "{engine} adam {seconds}",
        {"torch": [("plain", "quick"), ("foreach", "quick"), ("fused", "quick")], "mxnet": PLAIN}, "adam",
        (0.3, 0.05, 0.02)),
    Row("embedding train", "{engine} train {seconds} embedding", {"torch": PLAIN, "mxnet": PLAIN}, "train embedding",
        (0.8, 0.5, 0.35)),
]

# Wall time of a fresh process up to its first prediction.
FIRST = [Row("first mlp", "{engine} first 0 mlp", {"torch": PLAIN, "onnxruntime": PLAIN, "mxnet": PLAIN}, "first mlp"),
         Row("first lenet", "{engine} first 0 lenet", {"torch": PLAIN, "onnxruntime": PLAIN, "mxnet": PLAIN},
             "first lenet")]

# Time beside as many busy processes, as a multiple of the same side's own quiet time.
NEIGHBOURS = 2
BESIDE = [Row("mlp train beside neighbours", "{engine} train {seconds} mlp", {"torch": [("fused", "quick")], "mxnet": PLAIN},
              "train mlp", (6, 4, 3))]

# Instructions and allocations of one call (counts.py).
COUNTED = [Row("count add", "{engine} calls 0 add"), Row("count add recorded", "{engine} calls 0 add_recorded"),
           Row("count adam 160 tensors", "{engine} calls 0 adam")]

# Figures that a program prints itself; no peer.
FIGURES = [Row(f"compile {nodes} nodes", f"{{engine}} compile 0 {nodes}") for nodes in (1000, 10000, 100000)]
PROBE = Row("probe", "{probe} {threads}")
