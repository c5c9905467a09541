# SPDX-License-Identifier: Apache-2.0
# Other dimensions over the same values.

"Shares the memory of `x`, as Julia's `reshape` does; a view with gaps must be copied first."
function Base.reshape(x::NDArray, dims::Dims)
    prod(dims) == length(x) || throw(DimensionMismatch(
        "reshape: dimensions $dims do not hold the $(length(x)) elements of $(size(x))"))
    dims == size(x) && return x
    shape = engine_dims(dims)
    # The operator knows no array without dimensions, the view does: a sum of one element has the same gradient.
    is_recording() && return invoke_operator("reshape", (x,), (shape=shape,))
    return wrap_shared(cermet_ndarray_reshape(x, shape, length(shape)))
end


# One dimension may be `:`, what is left for it.
function Base.reshape(x::NDArray, dims::Tuple{Vararg{Union{Int,Colon}}})
    count(d -> d isa Colon, dims) == 1 || throw(DimensionMismatch("reshape: only one dimension may be `:`; got $dims"))
    known = prod(Int[d for d in dims if d isa Int])
    known != 0 && length(x) % known == 0 || throw(DimensionMismatch(
        "reshape: $(length(x)) elements do not fill dimensions $dims"))
    return reshape(x, map(d -> d isa Int ? d : div(length(x), known), dims))
end
Base.reshape(x::NDArray, dims::Union{Int,Colon}...) = reshape(x, dims)

Base.permutedims(x::NDMatrix) = permutedims(x, (2, 1))
Base.permutedims(x::NDVector) = reshape(x, 1, :)
function Base.permutedims(x::NDArray, order)
    n = ndims(x)
    isperm(order) && length(order) == n || throw(ArgumentError("permutedims: $order is no reordering of $n dimensions"))
    return invoke_operator("transpose", (x,), (axes=Int64[n - d for d in reverse(collect(order))],))
end

function Base.cat(first::NDArray, rest::NDArray...; dims)
    dims isa Integer && dims >= 1 || throw(ArgumentError("cat: dims must be one dimension, from 1: got $dims"))
    arrays = (first, rest...)
    n = max(dims, maximum(ndims, arrays))
    T = promote_type(map(eltype, arrays)...)
    arrays = map(x -> pad_dims(convert_elements(T, x), n), arrays)
    for d in 1:n, x in arrays
        d == dims || size(x, d) == size(arrays[1], d) || throw(DimensionMismatch(
            "cat: dimensions $(size(arrays[1])) and $(size(x)) differ in more than dimension $dims"))
    end
    return invoke_operator("concat", arrays, (dim=n - dims,))
end
Base.vcat(first::NDArray, rest::NDArray...) = cat(first, rest...; dims=1)
Base.hcat(first::NDArray, rest::NDArray...) = cat(first, rest...; dims=2)
