# SPDX-License-Identifier: Apache-2.0
# Brackets: ranges copy, `view` shares, single elements are refused unless asked for.

"""
    allowscalar(f)

Calls `f()` with reading and writing of single elements allowed. Each costs a call into the engine, so a loop over elements
is far slower than on an `Array`: [`host`](@ref) or `Array(x)` are the usual way.
"""
function allowscalar(f)
    storage = task_local_storage()
    before = get(storage, :cermet_allowscalar, false)
    storage[:cermet_allowscalar] = true
    try
        return f()
    finally
        storage[:cermet_allowscalar] = before
    end
end

function check_scalar()
    get(task_local_storage(), :cermet_allowscalar, false) || error(
        "reading or writing single elements of an NDArray is refused, as it is slow: use `Array(x)`, `host(x) do a ... end`, " *
        "a range, or `allowscalar() do ... end`")
end

"The one value of an array with one element: `loss[]`."
function Base.getindex(x::NDArray{T}) where {T}
    length(x) == 1 || throw(BoundsError(x, ()))
    value = Ref{T}()
    await_values(x.handle)
    cermet_ndarray_read(x, value, sizeof(T))
    return value[]
end

Base.only(x::NDArray) = x[]

function Base.getindex(x::NDArray, first, rest...)
    place = locate(x, (first, rest...))
    if place isa Dims
        check_scalar()
        return region(x, place)[]
    end
    ndims(x) != 1 && length(place) == 1 && return vec(x)[place[1]]
    return select(x, place)
end

function Base.setindex!(x::NDArray, value, first, rest...)
    place = locate(x, (first, rest...))
    refuse_recording()
    place isa Dims && (check_scalar(); return (fill!(region(x, place), value); x))
    ndims(x) != 1 && length(place) == 1 && return (vec(x)[place[1]] = value; x)
    target = region(x, place)
    value isa Number && return (fill!(target, value); x)
    length(value) == length(target) || throw(DimensionMismatch(
        "setindex!: cannot write $(size(value)) into a place of $(kept_dims(x, place))"))
    copyto!(target, reshape(as_ndarray(value), size(target)))
    return x
end

function Base.setindex!(x::NDArray, value)
    length(x) == 1 || throw(BoundsError(x, ()))
    return fill!(x, value)
end

"""
A view shares the memory of `x`: writing through one is seen by the other. While gradients are recorded it is a copy, through
which they flow.
"""
function Base.view(x::NDArray, indices...)
    place = locate(x, indices)
    place isa Dims && (place = map(i -> i:i, place))
    ndims(x) != 1 && length(place) == 1 && return view(vec(x), place[1])
    return is_recording() ? select(x, place) : drop_dims(region(x, place), x, place)
end

# `x[:, 1] .= y`
function Base.Broadcast.dotview(x::NDArray, indices...)
    refuse_recording()
    return view(x, indices...)
end

refuse_recording() = is_recording() && throw(ArgumentError(
    "writing into a part of an array is not differentiable: put the parts together with `cat`, or choose with `ifelse.`; " *
    "what needs no gradient can be written inside `pause() do ... end`"))

# Indices checked and in plain form: a tuple of Ints for one element, else with ranges or vectors in it.
function locate(x, indices)
    indices = to_indices(x, indices)
    checkbounds(x, indices...)
    indices isa Tuple{Vararg{Int}} || return map(plain_index, indices)
    length(indices) == ndims(x) && return indices
    return Tuple(CartesianIndices(x)[indices...])
end

plain_index(i::Int) = i
plain_index(i::Base.Slice) = UnitRange(i)
plain_index(i::AbstractRange) = i
plain_index(i) = collect(Int, i)

# The part of `x` at ranges and numbers, all dimensions kept, sharing memory.
function region(x::NDArray, place)
    all(i -> i isa Union{Int,AbstractRange}, place) ||
        throw(ArgumentError("writing and views take ranges; this index is a list of positions"))
    start, stop, stride = slice_bounds(x, place)
    return wrap_shared(cermet_ndarray_slice(x, start, stop, stride, length(start)))
end

# Begin, end and step for each axis as the engine wants them: from 0, and negative ends count from the back, so that "before
# the first" is beyond the whole length.
function slice_bounds(x, place)
    start, stop, stride = Int64[], Int64[], Int64[]
    for d in ndims(x):-1:1
        range = place[d] isa Int ? (place[d]:place[d]) : place[d]
        last_one = isempty(range) ? 0 : last(range) - 1 + sign(step(range))
        push!(start, isempty(range) ? 0 : first(range) - 1)
        push!(stop, last_one < 0 ? -size(x, d) - 1 : last_one)
        push!(stride, step(range))
    end
    return start, stop, stride
end

kept_dims(x, place) = Tuple(length(i) for i in place if !(i isa Int))

drop_dims(part, x, place) = any(i -> i isa Int, place) ? reshape(part, kept_dims(x, place)) : part

# The values at an index, as an array of its own; recorded if gradients are wanted.
function select(x::NDArray, place)
    part = x
    for (d, i) in enumerate(place)
        # Positions in a list, and steps backwards, are gathered; what remains is one slice.
        if i isa Vector || (i isa AbstractRange && step(i) < 0)
            positions = NDArray(collect(Int64, i) .- 1; on=device(x))
            part = invoke_operator("take", (part, positions), (axis=ndims(x) - d, mode="clip"))
            place = Base.setindex(place, 1:length(i), d)
        end
    end
    whole = all(d -> place[d] == 1:size(part, d), 1:length(place))
    whole && part !== x && return part
    whole && return copy(x)
    start, stop, stride = slice_bounds(part, place)
    part = is_recording() ? invoke_operator("slice", (part,), (begin_and_end(start, stop)..., step=stride)) :
           copy(region(part, place))
    return drop_dims(part, x, place)
end

begin_and_end(start, stop) = NamedTuple{(:begin, :end)}((start, stop))

Base.copy(x::NDArray) = is_recording() ? invoke_operator("identity", (x,)) :
    wrap(with_memory(() -> cermet_ndarray_copy(x)))
