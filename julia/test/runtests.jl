# SPDX-License-Identifier: Apache-2.0
# All tests, or those named: `julia --project=julia julia/test/runtests.jl arrays broadcast`.
using Test

# Each topic has a module of its own.
function include_topic(topic)
    place = Module(Symbol("topic_", topic))
    Core.eval(place, quote
        using Cermet, Cermet.NN, LinearAlgebra, Logging, Random, Statistics, Test
        using Cermet: Ops, Layers
        include(file) = Base.include($place, file)
    end)
    Base.include(place, joinpath(@__DIR__, "helpers.jl"))
    Base.include(place, joinpath(@__DIR__, topic * ".jl"))
end

const TOPICS = ["library", "errors", "json", "arrays", "dtypes", "indexing", "broadcast", "reductions", "linalg", "shapes",
                "random", "generated", "autograd", "symbol", "executor", "memory_plan", "model", "files", "layers", "labels", "losses",
                "optimizers", "loader", "train", "show", "memory", "profile", "quantize", "waiting", "threads", "interrupt",
                "readme", "conformance"]

@testset "Cermet" begin
    for topic in (isempty(ARGS) ? TOPICS : ARGS)
        @testset "$topic" begin
            include_topic(topic)
        end
    end
end
