# SPDX-License-Identifier: Apache-2.0
# Batches. Arrays are batched by the engine; anything else that says how many observations it has and what they are, here.

"""
    numobs(data)

Number of observations. For arrays it is the last dimension. With [`getobs`](@ref), what a data set of one's own defines.
"""
numobs(data::AbstractArray) = size(data, ndims(data))
numobs(data::Union{Tuple,NamedTuple}) = numobs(first(data))

"""
    getobs(data, i)

Observation `i` of a data set, or a batch of them if `i` is a vector.
"""
getobs(data::AbstractArray, i) = data[ntuple(_ -> :, ndims(data) - 1)..., i]
getobs(data::Union{Tuple,NamedTuple}, i) = map(part -> getobs(part, i), data)

"""
    DataLoader(data; batchsize=1, shuffle=false, partial=true, rng=Random.GLOBAL_RNG)

Iterates over batches of `data`: an array, a tuple or named tuple of arrays (batches have the same form, as `NDArray`s), or
a data set with `numobs` and `getobs`. `shuffle` draws a new order each pass; `partial=false` leaves out a smaller last
batch. The last dimension counts observations.
"""
struct DataLoader{D}
    data::D
    batchsize::Int
    shuffle::Bool
    partial::Bool
    rng::AbstractRNG
end

function DataLoader(data; batchsize::Integer=1, shuffle::Bool=false, partial::Bool=true, rng::AbstractRNG=Random.GLOBAL_RNG)
    batchsize >= 1 || throw(ArgumentError("batchsize must be at least 1: got $batchsize"))
    parts = data isa Union{Tuple,NamedTuple} ? data : (data,)
    isempty(parts) && throw(ArgumentError("DataLoader: no data"))
    all(part -> numobs(part) == numobs(parts[1]), Tuple(parts)) || throw(DimensionMismatch(
        "DataLoader: the arrays have $(join(map(numobs, Tuple(parts)), " and ")) observations in their last dimensions"))
    return DataLoader(with_arrays(data), Int(batchsize), shuffle, partial, rng)
end

with_arrays(data::AbstractArray{<:Real}) = Cermet.as_ndarray(data)
with_arrays(data::Union{Tuple,NamedTuple}) = map(with_arrays, data)
with_arrays(data) = data

const ArrayData = Union{NDArray,Tuple{Vararg{NDArray}},NamedTuple{<:Any,<:Tuple{Vararg{NDArray}}}}

arrays_of(data::NDArray) = (data,)
arrays_of(data) = Tuple(data)

numobs(loader::DataLoader) = numobs(loader.data)
Base.length(loader::DataLoader) =
    loader.partial ? cld(numobs(loader), loader.batchsize) : div(numobs(loader), loader.batchsize)
Base.IteratorEltype(::Type{<:DataLoader}) = Base.EltypeUnknown()

function Base.iterate(loader::DataLoader{<:ArrayData})
    numobs(loader) == 0 && return nothing
    arrays = arrays_of(loader.data)
    stream = loader.shuffle ? Cermet.RandomStream(rand(loader.rng, UInt64)) : C_NULL
    last_batch = loader.partial ? Cermet.CERMET_LAST_KEEP : Cermet.CERMET_LAST_DISCARD
    handle = GC.@preserve arrays Cermet.cermet_loader_create(Cermet.pointers(arrays), length(arrays), loader.batchsize,
                                                            loader.shuffle, last_batch, stream)
    return iterate(loader, handle)
end

function Base.iterate(loader::DataLoader{<:ArrayData}, handle::Handle{:loader})
    Cermet.cermet_loader_next(handle) == 0 && (close(handle); return nothing)
    batch = ntuple(i -> Cermet.wrap(Cermet.cermet_loader_batch(handle, i - 1)), length(arrays_of(loader.data)))
    return in_form_of(loader.data, batch), handle
end

in_form_of(::NDArray, batch) = batch[1]
in_form_of(::Tuple, batch) = batch
in_form_of(::NamedTuple{names}, batch) where {names} = NamedTuple{names}(batch)

function Base.iterate(loader::DataLoader, state=(order(loader), 1))
    positions, start = state
    stop = min(start + loader.batchsize - 1, length(positions))
    (start > length(positions) || (!loader.partial && stop - start + 1 < loader.batchsize)) && return nothing
    return getobs(loader.data, positions[start:stop]), (positions, stop + 1)
end

order(loader) = loader.shuffle ? randperm(loader.rng, numobs(loader)) : collect(1:numobs(loader))

Base.show(io::IO, l::DataLoader) = print(io, "DataLoader(", numobs(l), " observations in ", length(l), " batches of ",
                                         l.batchsize, l.shuffle ? ", shuffled)" : ")")
