# SPDX-License-Identifier: Apache-2.0
"""MXNet 1.9.1's side:  mxnet_peer.py WORKLOAD MODE SECONDS [NET]   (nets hybridized, static memory and shapes)"""
import sys
import time

import mxnet as mx
import numpy as np
from mxnet import autograd, gluon
from mxnet.gluon import nn

from sample import measure


def dense_net(*sizes):
    return [nn.Dense(size, activation="relu") for size in sizes] + [nn.Dense(10)]


def convolutional(first, second, *sizes):
    return [nn.Conv2D(first, 5, activation="relu"), nn.MaxPool2D(2), nn.Conv2D(second, 5, activation="relu"),
            nn.MaxPool2D(2), nn.Flatten()] + dense_net(*sizes)


class Lstm(gluon.HybridBlock):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = gluon.rnn.LSTM(256, 2, layout="NTC", input_size=256), nn.Dense(10)

    def hybrid_forward(self, F, data):
        return self.head(F.squeeze(F.slice_axis(self.lstm(data), axis=1, begin=34, end=35), axis=1))


NETS = {  # name: layers, shape of a batch, classes, indices below (0: floats)
    "mlp": (lambda: dense_net(512, 512), (64, 784), 10, 0),
    "lenet": (lambda: convolutional(20, 50, 500), (64, 1, 28, 28), 10, 0),
    "lenet5": (lambda: convolutional(6, 16, 120, 84), (64, 1, 28, 28), 10, 0),
    "embedding": (lambda: [nn.Embedding(50000, 256), nn.Dense(50000)], (256,), 50000, 50000),
    "lstm": (lambda: [Lstm()], (32, 35, 256), 10, 0),
    **{f"resnet50_b{batch}": (lambda: [gluon.model_zoo.vision.resnet50_v1()], (batch, 3, 224, 224), 1000, 0) for batch in (1, 8, 16, 32)},
}


def made(name):
    layers, shape, classes, indices = NETS[name]
    net = nn.HybridSequential()
    net.add(*layers())
    net.initialize(mx.init.Xavier())
    net.hybridize(static_alloc=True, static_shape=True)
    data = mx.nd.array(np.random.randint(0, indices, shape)) if indices else mx.nd.random.normal(shape=shape)
    return net, data, classes


def infer(name):
    net, data, _ = made(name)
    return lambda: net(data).wait_to_read()


def train(name):
    net, data, classes = made(name)
    batch = data.shape[0]
    labels = mx.nd.array(np.random.randint(0, classes, (batch,)))
    net(data)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.001, "momentum": 0.9})
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    loss.hybridize()

    def step():
        with autograd.record():
            value = loss(net(data), labels)
        value.backward()
        trainer.step(batch)
        mx.nd.waitall()

    return step


def add(_):
    x, y = mx.nd.ones(2), mx.nd.ones(2)
    return lambda: (x + y).wait_to_read()


def adam(_):
    weights = [mx.nd.ones(1000) for _ in range(160)]
    grads = [mx.nd.ones(1000) for _ in range(160)]
    optimizer = mx.optimizer.Adam(learning_rate=0.001)
    states = [optimizer.create_state(k, w) for k, w in enumerate(weights)]

    def step():
        for k in range(160):
            optimizer.update(k, weights[k], grads[k], states[k])
        mx.nd.waitall()

    return step


workload, seconds = sys.argv[1], float(sys.argv[3])
name = sys.argv[4] if len(sys.argv) > 4 else None
if workload == "first":
    net, data, _ = made(name)
    net(data).asnumpy()
    print("figure first", time.time())
else:
    measure({"add": add, "adam": adam, "train": train, "infer": infer}[workload](name), seconds)
