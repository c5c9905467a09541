# SPDX-License-Identifier: Apache-2.0
# Sums, means, extremes and comparisons. A reduction over everything gives an array without dimensions, so that gradients
# can start from it: `loss[]` is its number.

for (name, operator) in ((:(Base.sum), "sum"), (:(Base.prod), "prod"), (:(Base.maximum), "max"),
                         (:(Base.minimum), "min"), (:(Statistics.mean), "mean"))
    @eval $name(x::NDArray; dims=:) = reduce_dims($operator, x, dims)
    @eval $name(f, x::NDArray; dims=:) = reduce_dims($operator, f.(x), dims)
    @eval $name(x::SymbolicNode; dims=:) = reduce_dims($operator, x, dims)
    @eval $name(f, x::SymbolicNode; dims=:) = reduce_dims($operator, f.(x), dims)
end

function reduce_dims(operator, x::NDArray, ::Colon)
    x = summable(operator, x)
    isempty(x) && operator in ("max", "min") && throw(ArgumentError("reducing over an empty array"))
    return reshape(invoke_operator(operator, (x,)), ())
end
function reduce_dims(operator, x::NDArray, dims)
    # A dimension beyond the last has length 1: nothing to reduce.
    axes = filter(axis -> -axis <= ndims(x), reduced_axes(dims))
    isempty(axes) && return copy(x)
    return invoke_operator(operator, (summable(operator, x),), (axis=axes, keepdims=true))
end
reduce_dims(operator, x::SymbolicNode, ::Colon) = invoke_operator(operator, (x,))
reduce_dims(operator, x::SymbolicNode, dims) =
    invoke_operator(operator, (x,), (axis=reduced_axes(dims), keepdims=true))

reduced_axes(dim::Integer) = reduced_axes((dim,))
reduced_axes(dims) = sort!(Int64[-checked_dim(d) for d in dims])
checked_dim(d) = d isa Integer && d >= 1 ? d : throw(ArgumentError("dims: dimensions are counted from 1: got $(repr(d))"))

summable(operator, x) = x
summable(operator, x::NDArray{Bool}) = operator in ("max", "min") ? x : convert_elements(operator == "mean" ? Float64 : Int64, x)
summable(operator, x::NDArray{<:Integer}) = operator == "mean" ? convert_elements(Float64, x) : x

Base.extrema(x::NDArray) = (minimum(x)[], maximum(x)[])
LinearAlgebra.norm(x::NDArray) = sqrt.(sum(abs2, x))

# Answers that are positions or truth values are found on the host.
for name in (:argmax, :argmin, :findmax, :findmin)
    @eval Base.$name(x::NDArray; dims=:) = $name(Array(x); dims=dims)
end
for name in (:any, :all, :count)
    @eval Base.$name(x::NDArray{Bool}) = $name(Array(x))
    @eval Base.$name(f::Function, x::NDArray) = $name(f, Array(x))
end

Base.:(==)(a::NDArray, b::NDArray) = size(a) == size(b) && Array(a) == Array(b)
Base.:(==)(a::NDArray, b::AbstractArray) = size(a) == size(b) && Array(a) == b
Base.:(==)(a::AbstractArray, b::NDArray) = b == a
Base.isapprox(a::NDArray, b::NDArray; options...) = isapprox(Array(a), Array(b); options...)
Base.isapprox(a::NDArray, b::AbstractArray; options...) = isapprox(Array(a), b; options...)
Base.isapprox(a::AbstractArray, b::NDArray; options...) = isapprox(a, Array(b); options...)
