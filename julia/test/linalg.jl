# SPDX-License-Identifier: Apache-2.0
rng = MersenneTwister(5)
A, B, v, w = randn(rng, 3, 4), randn(rng, 4, 2), randn(rng, 4), randn(rng, 3)
a, b = NDArray(A), NDArray(B)
@test Array(a * b) ≈ A * B && Array(a * NDArray(v)) ≈ A * v
@test Array(a * B) ≈ A * B && Array(A * b) ≈ A * B && Array(a * v) ≈ A * v
@test Array(a') == A' && Array(transpose(a)) == A' && Array(b' * a') ≈ (A * B)'
@test Array(NDArray(w)' * a) ≈ w' * A && Array(NDArray(w) * NDArray(v)') ≈ w * v'
@test dot(NDArray(v), NDArray(2v))[] ≈ dot(v, 2v)
c = zeros(NDArray{Float64}, 3, 2)
@test mul!(c, a, b) === c && Array(c) ≈ A * B
fill!(view(a', 1:1, :), 0)                  # a transpose shares memory
@test Array(a)[:, 1] == zeros(3)
@test eltype(NDArray(Float32.(A)) * b) == Float64

P, Q = randn(rng, 3, 4, 5), randn(rng, 4, 2, 5)
product = Array(Cermet.batched_mul(NDArray(P), NDArray(Q)))
@test all(product[:, :, k] ≈ P[:, :, k] * Q[:, :, k] for k in 1:5)

@test occursin("(3, 4)", message_of(() -> a * a, DimensionMismatch))
@test_throws DimensionMismatch a * NDArray(w)
@test_throws DimensionMismatch dot(NDArray(v), NDArray(w))
@test_throws DimensionMismatch Cermet.batched_mul(NDArray(P), NDArray(P))
@test_throws DimensionMismatch mul!(zeros(NDArray{Float64}, 2, 2), a, b)
