# SPDX-License-Identifier: Apache-2.0
"""PyTorch's side of the workloads:  torch_peer.py WORKLOAD MODE SECONDS [NET]

WORKLOAD: add, add_recorded, adam, train, infer, first. MODE: plain, or one of its faster forms: fused (optimizer),
foreach (optimizer), channels_last, frozen (traced and optimized), compiled, export (writes an ONNX file and stops).
"""
import os
import sys
import time

import torch
from torch import nn
import torch.nn.functional as F

from sample import measure

torch.manual_seed(0)
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def convolutional(first, second, *dense):
    layers = [nn.Conv2d(1, first, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(first, second, 5), nn.ReLU(),
              nn.MaxPool2d(2), nn.Flatten()]
    for inputs, outputs in zip((second * 16,) + dense, dense + (10,)):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(256, 256, 2, batch_first=True), nn.Linear(256, 10)

    def forward(self, data):
        return self.head(self.lstm(data)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(256, 4, 1024, 0.0, batch_first=True)
        self.encoder, self.head = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False), nn.Linear(256, 10)

    def forward(self, data):
        return self.head(self.encoder(data).mean(1))


def convolution(inputs, channels, kernel, stride=1):
    return [nn.Conv2d(inputs, channels, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(channels)]


class Bottleneck(nn.Module):
    def __init__(self, inputs, channels, stride, projected):
        super().__init__()
        self.main = nn.Sequential(*convolution(inputs, channels, 1), nn.ReLU(True),
                                  *convolution(channels, channels, 3, stride), nn.ReLU(True),
                                  *convolution(channels, 4 * channels, 1))
        self.shortcut = nn.Sequential(*convolution(inputs, 4 * channels, 1, stride)) if projected else nn.Identity()
        self.relu = nn.ReLU(True)

    def forward(self, data):
        return self.relu(self.main(data) + self.shortcut(data))


def resnet50():
    layers, inputs = [*convolution(3, 64, 7, 2), nn.ReLU(True), nn.MaxPool2d(3, 2, 1)], 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for block in range(blocks):
            channels = 64 << stage
            layers.append(Bottleneck(inputs, channels, 2 if block == 0 and stage else 1, block == 0))
            inputs = 4 * channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 1000))


def floats(*shape):
    return lambda: torch.randn(*shape)


NETS = {  # name: net, batch, classes
    "mlp": (mlp, floats(64, 784), 10),
    "lenet": (lambda: convolutional(20, 50, 500), floats(64, 1, 28, 28), 10),
    "lenet5": (lambda: convolutional(6, 16, 120, 84), floats(64, 1, 28, 28), 10),
    "embedding": (lambda: nn.Sequential(nn.Embedding(50000, 256), nn.Linear(256, 50000)),
                  lambda: torch.randint(0, 50000, (256,)), 50000),
    "transformer": (Transformer, floats(16, 128, 256), 10),
    "lstm": (Lstm, floats(32, 35, 256), 10),
    **{f"resnet50_b{batch}": (resnet50, floats(batch, 3, 224, 224), 1000) for batch in (1, 8, 16, 32)},
}


def placed(name, mode):
    make, batch, classes = NETS[name]
    net, data = make(), batch()
    if mode == "channels_last":
        net, data = net.to(memory_format=torch.channels_last), data.to(memory_format=torch.channels_last)
    return net, data, classes


def train(name, mode):
    net, data, classes = placed(name, mode)
    labels = torch.randint(0, classes, (data.shape[0],))
    form = {mode: True} if mode in ("fused", "foreach") else {}
    optimizer = torch.optim.SGD(net.parameters(), 0.001, momentum=0.9, **form)
    run = torch.compile(net) if mode == "compiled" else net

    def step():
        optimizer.zero_grad()
        F.cross_entropy(run(data), labels).backward()
        optimizer.step()

    return step


def infer(name, mode):
    net, data, _ = placed(name, mode)
    net = net.eval()
    with torch.no_grad():
        if mode == "frozen":
            net = torch.jit.optimize_for_inference(torch.jit.trace(net, data))
        elif mode == "compiled":
            net = torch.compile(net)

    def run():
        with torch.inference_mode():
            return net(data)

    return run


def adam(_, mode):
    parameters = [torch.zeros(1000, requires_grad=True) for _ in range(160)]
    for parameter in parameters:
        parameter.grad = torch.randn(1000)
    return torch.optim.Adam(parameters, 0.001, **({mode: True} if mode != "plain" else {})).step


def add(_, mode):
    x, y = torch.ones(2), torch.ones(2)
    if mode == "into":
        out = torch.empty(2)
        return lambda: torch.add(x, y, out=out)
    return lambda: x + y


def add_recorded(_, mode):
    x, y = torch.ones(2, requires_grad=True), torch.ones(2)
    return lambda: x + y


def main():
    workload, mode, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    name = sys.argv[4] if len(sys.argv) > 4 else None
    if mode == "export":
        net, data, _ = placed(name, mode)
        torch.onnx.export(net.eval(), (data,), sys.argv[5], dynamo=False)
    elif workload == "first":
        infer(name, mode)().tolist()
        print("figure first", time.time())
    else:
        measure({"add": add, "add_recorded": add_recorded, "adam": adam, "train": train, "infer": infer}[workload](name, mode),
                seconds)


main()
