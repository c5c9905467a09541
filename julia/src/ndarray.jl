# SPDX-License-Identifier: Apache-2.0
# The array type: construction, copies to and from Julia arrays, direct access to host memory.

"""
    NDArray{T,N} <: AbstractArray{T,N}

An array of the engine.

    NDArray(A; on=cpu())                      # copy of a Julia array (or of another NDArray)
    NDArray{Float32}(A)                       # ... with its elements converted
    NDArray{Float32}(undef, 3, 4; on=cpu())   # zeros
    zeros(NDArray{Float32}, 3, 4), ones(...), fill(NDArray{Float32}, 0.5, 3, 4), rand(...), randn(...)

Operators run on it as on any Julia array: broadcasting, `*`, `sum(x; dims=1)`, ranges, `permutedims`, `cat`. `Array(x)`
copies the values out. Reading single elements in a loop is refused: see [`allowscalar`](@ref) and [`host`](@ref).
"""
struct NDArray{T,N} <: AbstractArray{T,N}
    handle::Handle{:ndarray}
    dims::Dims{N}
    recorder::Any           # the Recorder that remembers how this was computed, or nothing

    NDArray{T,N}(handle::Handle{:ndarray}, dims::Dims{N}, recorder=nothing) where {T,N} =
        new{T,N}(handle, dims, recorder)
end

const NDVector{T} = NDArray{T,1}
const NDMatrix{T} = NDArray{T,2}

# Julia's face of a new array.
function wrap(handle::Handle{:ndarray}, recorder=nothing)
    array = wrap_shared(handle, recorder)
    count_bytes(sizeof(array))
    return array
end

# ... and of one that looks into memory which is counted already.
function wrap_shared(handle::Handle{:ndarray}, recorder=nothing)
    address, ndim = cermet_ndarray_shape(handle)
    dims = ntuple(i -> Int(unsafe_load(address, ndim - i + 1)), Int(ndim))
    T = dtype_type(cermet_ndarray_dtype(handle))
    return NDArray{T,Int(ndim)}(handle, dims, recorder)
end

# The dimensions where their number is known.
function read_dims(handle, ::Val{N}) where {N}
    address, _ = cermet_ndarray_shape(handle)
    return GC.@preserve handle ntuple(i -> Int(unsafe_load(address, N - i + 1)), Val(N))
end

Base.cconvert(::Type{Ptr{Cvoid}}, x::NDArray) = x.handle
Base.unsafe_convert(::Type{Ptr{Cvoid}}, x::NDArray) = Base.unsafe_convert(Ptr{Cvoid}, x.handle)

Base.size(x::NDArray) = x.dims
Base.IndexStyle(::Type{<:NDArray}) = IndexCartesian()
Base.sizeof(x::NDArray{T}) where {T} = length(x) * sizeof(T)

"Frees the array now instead of at some garbage collection; using it afterwards is an error."
Base.close(x::NDArray) = close(x.handle)

"""
    device(x)

Where the array lives: `cpu()` or `gpu(id)`.
"""
device(x::NDArray) = Device(cermet_ndarray_device(x)...)

engine_dims(dims) = Int64[d for d in reverse(dims)]

# --- Construction

function NDArray{T,N}(::UndefInitializer, dims::Dims{N}; on::Device=cpu()) where {T,N}
    any(<(0), dims) && throw(ArgumentError("dimensions must not be negative: got $dims"))
    shape = engine_dims(dims)
    handle = with_memory(() -> cermet_ndarray_create(shape, N, dtype_code(T), on.code, on.id))
    count_bytes(prod(dims) * sizeof(T))
    return NDArray{T,N}(handle, dims)
end
NDArray{T}(::UndefInitializer, dims::Dims{N}; on::Device=cpu()) where {T,N} = NDArray{T,N}(undef, dims; on=on)
NDArray{T}(::UndefInitializer, dims::Integer...; on::Device=cpu()) where {T} = NDArray{T}(undef, Dims(dims); on=on)

function NDArray{T,N}(data::AbstractArray{<:Any,N}; on::Device=cpu()) where {T,N}
    code = dtype_code(T)
    dense = convert(Array{T,N}, data)
    shape = engine_dims(size(dense))
    handle = with_memory(() -> cermet_ndarray_from_data(dense, sizeof(dense), shape, N, code))
    count_bytes(sizeof(dense))
    array = NDArray{T,N}(handle, size(dense))
    return on == cpu() ? array : NDArray(array; on=on)
end

function NDArray{T,N}(data::NDArray{<:Any,N}; on::Device=device(data)) where {T,N}
    return copyto!(NDArray{T,N}(undef, size(data); on=on), data)
end

NDArray{T}(data::AbstractArray{<:Any,N}; options...) where {T,N} = NDArray{T,N}(data; options...)
NDArray(data::AbstractArray{T,N}; options...) where {T,N} = NDArray{T,N}(data; options...)
NDArray(value::Real; options...) = NDArray(fill(value); options...)
NDArray{T}(value::Real; options...) where {T} = NDArray(fill(convert(T, value)); options...)

as_ndarray(x::NDArray) = x
as_ndarray(x::Union{AbstractArray,Real}) = NDArray(x)

Base.convert(::Type{NDArray{T,N}}, x::NDArray{T,N}) where {T,N} = x
Base.convert(::Type{NDArray{T,N}}, x::AbstractArray) where {T,N} = NDArray{T,N}(x)
Base.convert(::Type{NDArray{T}}, x::NDArray{T}) where {T} = x
Base.convert(::Type{NDArray{T}}, x::AbstractArray) where {T} = NDArray{T}(x)
Base.convert(::Type{NDArray}, x::AbstractArray) = as_ndarray(x)

Base.similar(x::NDArray, ::Type{T}, dims::Dims) where {T} = NDArray{T}(undef, dims; on=device(x))

Base.zeros(::Type{NDArray{T}}, dims::Integer...; on::Device=cpu()) where {T} = NDArray{T}(undef, dims...; on=on)
Base.zeros(::Type{NDArray{T}}, dims::Dims; on::Device=cpu()) where {T} = NDArray{T}(undef, dims; on=on)
Base.zeros(::Type{NDArray{T}}, dims::Tuple{}; on::Device=cpu()) where {T} = NDArray{T}(undef, dims; on=on)
Base.ones(::Type{NDArray{T}}, dims::Integer...; on::Device=cpu()) where {T} = fill(NDArray{T}, 1, dims...; on=on)
Base.ones(::Type{NDArray{T}}, dims::Dims; on::Device=cpu()) where {T} = fill(NDArray{T}, 1, dims...; on=on)
Base.ones(::Type{NDArray{T}}, dims::Tuple{}; on::Device=cpu()) where {T} = fill(NDArray{T}, 1; on=on)
Base.fill(::Type{NDArray{T}}, value, dims::Integer...; on::Device=cpu()) where {T} =
    fill!(NDArray{T}(undef, Dims(dims); on=on), value)

# --- Copies

function Base.copyto!(destination::Array{T}, source::NDArray{T}) where {T}
    length(destination) >= length(source) || throw(BoundsError(destination, length(source)))
    await_values(source.handle)
    cermet_ndarray_read(source, destination, sizeof(source))
    return destination
end
Base.copyto!(destination::Array, source::NDArray{T,N}) where {T,N} = copyto!(destination, Array{T,N}(source))

Base.Array{T,N}(x::NDArray{T,N}) where {T,N} = copyto!(Array{T,N}(undef, size(x)), x)
Base.Array{T,N}(x::NDArray{S,N}) where {T,S,N} = convert(Array{T,N}, Array{S,N}(x))
Base.Array{T}(x::NDArray{S,N}) where {T,S,N} = Array{T,N}(x)
Base.Array(x::NDArray{T,N}) where {T,N} = Array{T,N}(x)
Base.collect(x::NDArray) = Array(x)
Base.convert(::Type{Array{T,N}}, x::NDArray{S,N}) where {T,S,N} = Array{T,N}(x)

function Base.copyto!(destination::NDArray, source::NDArray)
    size(destination) == size(source) || throw(DimensionMismatch(
        "copyto!: destination has dimensions $(size(destination)), source $(size(source))"))
    # As an operator, so that gradients flow through the copy.
    is_recording() && eltype(destination) <: AbstractFloat &&
        return invoke_operator("identity", (convert_elements(eltype(destination), source),); out=destination)
    cermet_ndarray_copy_to(source, destination)
    return destination
end

function Base.copyto!(destination::NDArray{T,N}, source::AbstractArray) where {T,N}
    length(destination) == length(source) || throw(DimensionMismatch(
        "copyto!: destination has dimensions $(size(destination)), source $(size(source))"))
    dense = convert(Array{T}, source)
    cermet_ndarray_write(destination, dense, sizeof(dense))
    return destination
end

function Base.fill!(x::NDArray{T}, value) where {T}
    isempty(x) && return x
    invoke_operator("full", (), (shape=engine_dims(size(x)), value=scalar(convert(T, value)), dtype=dtype_name(T)); out=x)
    return x
end

# A number in one of the forms that attributes take.
scalar(value::Bool) = Int64(value)
scalar(value::Integer) = Int64(value)
scalar(value::Real) = Float64(value)

"""
    host(f, x)

Calls `f` with a Julia array over the very memory of `x` (a dense array on the cpu), for reading and writing without a
copy. The array is valid inside `f` only.

    host(x) do a
        a[1, 1] = 0
    end
"""
function host(f, x::NDArray{T,N}) where {T,N}
    isempty(x) && return f(Array{T,N}(undef, size(x)))
    GC.@preserve x begin
        await_values(x.handle)
        address = cermet_ndarray_data(x)
        return f(unsafe_wrap(Array, Ptr{T}(address), size(x)))
    end
end
