# SPDX-License-Identifier: Apache-2.0
# Random arrays from the engine's counter-based generator: a seed gives the same numbers for any number of threads.

"""
    Cermet.seed!(n)

Seeds the generator used wherever no stream is named: `rand(NDArray{Float32}, ...)`, dropout, shuffling, initial weights.
"""
seed!(n::Integer) = cermet_seed(n % UInt64)

"""
    Cermet.RandomStream(seed)

A stream of random numbers of its own, for the `rng` keyword.
"""
struct RandomStream
    handle::Handle{:rng}
end
RandomStream(seed::Integer) = RandomStream(cermet_rng_create(seed % UInt64))
Base.cconvert(::Type{Ptr{Cvoid}}, stream::RandomStream) = stream.handle
seed!(stream::RandomStream, n::Integer) = cermet_rng_seed(stream.handle, n % UInt64)

Random.rand!(x::NDArray{<:AbstractFloat}; rng=unset) = random_fill!("random_uniform", x, (low=0.0, high=1.0), rng)
Random.randn!(x::NDArray{<:AbstractFloat}; rng=unset) = random_fill!("random_normal", x, (loc=0.0, scale=1.0), rng)

function random_fill!(operator, x::NDArray{T}, parameters, rng) where {T}
    isempty(x) && return x
    values = merge(parameters, (shape=engine_dims(size(x)), dtype=dtype_name(T)))
    return invoke_operator(operator, (), values; out=x, rng=rng)
end

Base.rand(::Type{NDArray{T}}, dim::Integer, dims::Integer...; on::Device=cpu(), rng=unset) where {T} =
    rand!(NDArray{T}(undef, dim, dims...; on=on); rng=rng)
Base.randn(::Type{NDArray{T}}, dim::Integer, dims::Integer...; on::Device=cpu(), rng=unset) where {T} =
    randn!(NDArray{T}(undef, dim, dims...; on=on); rng=rng)
