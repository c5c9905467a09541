# SPDX-License-Identifier: Apache-2.0
"""
Layers, losses, optimizers, data loaders and training.

    using Cermet, Cermet.NN
    model = Chain(Dense(64 => 32, relu), Dense(32 => 10))
    history = train!(model, DataLoader((x, y); batchsize=32, shuffle=true); opt=Adam(1e-3), epochs=5)
    accuracy(model, (xtest, ytest))

A layer is a struct that one calls: on arrays it computes (and is recorded for gradients), on symbols it builds a graph.
"""
module NN

using ..Cermet
using ..Cermet: Handle, Layers, NamedArrays, Ops, parameters, unset
import ..Cermet: trainable
using Logging, Printf, Random, Statistics

export Chain, Dense, Conv, MaxPool, MeanPool, GlobalMaxPool, GlobalMeanPool, BatchNorm, LayerNorm, Dropout, flatten
export Embedding, GroupNorm, PReLU, ConvTranspose
export relu, sigmoid, softsign, softmax, logsoftmax, naming
export logitcrossentropy, mse, mae, accuracy, onehotbatch, onecold
export SGD, NAG, Adam, AdamW, RMSProp, AdaGrad, Rule, Schedule, setup, update!, learning_rate, learning_rate!
export loss_scale, loss_scale!
export DataLoader, numobs, getobs
export train!, History, early_stopping, checkpoint

include("activations.jl")
include("naming.jl")
include("layers.jl")
include("engine_layer.jl")
include("labels.jl")
include("losses.jl")
include("optimizers.jl")
include("loader.jl")
include("history.jl")
include("train.jl")
include("summary.jl")

end
