# SPDX-License-Identifier: Apache-2.0
# Matrix products. Julia's (m, k) is the engine's (k, m) of the same bytes, so A * B is the engine's B . A.

const HostVecOrMat = Union{Vector{<:Real},Matrix{<:Real}}
const NDVecOrMat = Union{NDVector,NDMatrix}

Base.:*(a::NDMatrix, b::NDVecOrMat) = matmul(a, b, unset)
Base.:*(a::NDMatrix, b::HostVecOrMat) = matmul(a, as_ndarray(b), unset)
Base.:*(a::Matrix{<:Real}, b::NDVecOrMat) = matmul(as_ndarray(a), b, unset)
Base.:*(a::NDVector, b::NDMatrix) = matmul(reshape(a, :, 1), b, unset)
Base.:*(a::SymbolicNode, b::SymbolicNode) = invoke_operator("dot", (b, a))

"`mul!(C, A, B)` writes A * B into C."
LinearAlgebra.mul!(c::NDVecOrMat, a::NDMatrix, b::NDVecOrMat) = matmul(a, b, c)

function matmul(a::NDMatrix, b::NDArray, out)
    size(a, 2) == size(b, 1) || throw(DimensionMismatch(
        "*: the left matrix has dimensions $(size(a)), the right one $(size(b)); the inner ones must agree"))
    a, b = promote_arrays(*, a, b)
    return invoke_operator("dot", (b, a); out=out)
end

function LinearAlgebra.dot(a::NDArray, b::NDArray)
    length(a) == length(b) || throw(DimensionMismatch("dot: lengths $(length(a)) and $(length(b)) differ"))
    return sum(vec(a) .* vec(b))
end

"""
    batched_mul(A, B)

Products of the matrices in two arrays of dimensions (m, k, batch) and (k, n, batch).
"""
function batched_mul(a::NDArray{<:Any,3}, b::NDArray{<:Any,3})
    size(a, 2) == size(b, 1) && size(a, 3) == size(b, 3) || throw(DimensionMismatch(
        "batched_mul: dimensions $(size(a)) and $(size(b)) do not fit"))
    a, b = promote_arrays(*, a, b)
    return invoke_operator("batch_dot", (b, a))
end
batched_mul(a::SymbolicNode, b::SymbolicNode) = invoke_operator("batch_dot", (b, a))

# Numbers are real here, so both are the same exchange of dimensions; it shares memory as Julia's does.
Base.transpose(x::NDMatrix) = exchange_dims(x)
Base.adjoint(x::NDMatrix) = exchange_dims(x)
Base.transpose(x::NDVector) = reshape(x, 1, :)
Base.adjoint(x::NDVector) = reshape(x, 1, :)

exchange_dims(x) = is_recording() ? permutedims(x, (2, 1)) :
    wrap_shared(cermet_ndarray_transpose(x, C_NULL, 0))
