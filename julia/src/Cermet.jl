# SPDX-License-Identifier: Apache-2.0
"""
Deep learning on the Cermet engine: arrays, gradients, graphs and trained models.

Shapes are those of every Julia package: the engine's dimensions reversed, so an image batch is (width, height, channels,
batch) here and (N, C, H, W) in model files and other languages; the bytes are the same. Counting starts at 1.

Start with [`NDArray`](@ref), [`gradient`](@ref), [`load_model`](@ref), and `Cermet.NN` for layers and training.
"""
module Cermet

# Calls into the engine gain nothing from optimised glue, and the first of each kind comes sooner without.
Base.Experimental.@optlevel 1

using Libdl, LinearAlgebra, Logging, Printf, Random, Statistics

export NDArray, Device, cpu, gpu, device, host, allowscalar
export record, pause, is_recording, is_training, attach_grad!, backward!, grad, gradient, withgradient
export Variable, SymbolicNode, group, arguments, auxiliary_states, outputs, infer_shape, mixed_precision
export Executor, bind, forward!, gradients
export Model, load_model, save, load, predict, parameters, metadata
export CermetError

include("call.jl")
include("generated/capi.jl")
include("library.jl")
include("errors.jl")
include("dtypes.jl")
include("memory.jl")
include("ndarray.jl")
include("waiting.jl")
include("named_arrays.jl")
include("definitions.jl")
include("symbol.jl")
include("recorder.jl")
include("invoke.jl")
include("operators.jl")
include("autograd.jl")
include("indexing.jl")
include("broadcast.jl")
include("traced.jl")
include("reductions.jl")
include("linalg.jl")
include("shapes.jl")
include("random.jl")
include("files.jl")
include("executor.jl")
include("memory_plan.jl")
include("model.jl")
include("profile.jl")
include("quantize.jl")
include("json.jl")
include("show.jl")
include("NN/NN.jl")
include("precompile.jl")

function __init__()
    open_library()
end

end
