# SPDX-License-Identifier: Apache-2.0
X = [1.0 2.0; 3.0 4.0]

# Attached gradients.
x = attach_grad!(NDArray(X))
y = record() do
    sum(@. x^2 + 3x)
end
backward!(y)
@test Array(grad(x)) ≈ 2X .+ 3
backward!(record(() -> sum(x)))
@test Array(grad(x)) == ones(2, 2)                   # written anew
backward!(record(() -> x .* 2), NDArray([1.0 0; 0 5]))
@test Array(grad(x)) == [2.0 0; 0 10]
attach_grad!(x; grad_req=:add)
for _ in 1:3
    backward!(record(() -> sum(2x)))
end
@test Array(grad(x)) == fill(6, 2, 2)
attach_grad!(x)
kept = record(() -> sum(x .^ 3))
backward!(kept; retain_graph=true)
backward!(kept)
@test Array(grad(x)) ≈ 3X .^ 2
two = record(() -> (sum(x), sum(3x)))
backward!(two)
@test Array(grad(x)) == fill(4, 2, 2)
attach_grad!(x; grad_req=:null)
@test_throws CermetError grad(x)

@test_throws ArgumentError attach_grad!(x; grad_req=:sometimes)
@test_throws ArgumentError attach_grad!(NDArray([1, 2]))
@test_throws ArgumentError backward!(NDArray(1.0))
@test_throws DimensionMismatch backward!(two, (nothing,))

# Gradients of functions against finite differences, for all that is part of the array interface.
rng = MersenneTwister(2)
W = randn(rng, 3, 2)
for f in (x -> sum(sin.(x) .* exp.(x)), x -> sum(abs2, x), mean, x -> sum((x * NDArray(X)) .^ 2),
          x -> sum(x' * x), x -> sum(x[1:2, :] .* x[2:3, :]), x -> sum(x[:, 2] .^ 2), x -> sum(x[[1, 1, 3], :] .^ 2),
          x -> sum(x[3:-1:1, 1] .* NDArray([1.0, 2, 3])), x -> sum(reshape(x, 2, 3) .^ 3), x -> sum(permutedims(x) .^ 3),
          x -> sum(cat(x, 2x; dims=1) .^ 2), x -> maximum(x), x -> sum(sum(x; dims=1) .^ 2), x -> norm(x),
          x -> sum(x ./ (1 .+ abs.(x))), x -> sum(max.(x, 0.1)), x -> sum(ifelse.(x .> 0, x .^ 2, 3 .* x)),
          x -> sum(view(x, 2:3, :) .^ 2), x -> sum(view(x, :, 2) .^ 2), x -> sum(v -> v^3 - 2v, x), x -> sum(copyto!(zero(x), x) .^ 2),
          x -> sum(copy(x) .^ 2), x -> sum(vec(x) .* vec(x)), x -> sum(-x + 2x))
    value(array) = Array(f(NDArray(array)))[]
    @test Array(gradient(f, NDArray(W))) ≈ numeric_gradient(value, W) rtol = 1e-4 atol = 1e-6
end

@test Array(gradient(x -> sum(Float64.(Float32.(x)) .* 2), NDArray(W))) == fill(2, 3, 2)

# Forms of arguments and results.
value, g = withgradient((a, b) -> sum(a .* b), NDArray(X), [2.0 2; 2 2])
@test value[] == 20 && Array(g[1]) == fill(2, 2, 2) && Array(g[2]) == X
@test Array(gradient(x -> sum(x .* NDArray([1.0, 2])), [5.0, 6.0])) == [1, 2]
(loss, extra), g = withgradient(x -> (sum(x), "more"), [1.0])
@test loss[] == 1 && extra == "more" && g[] == 1
parts = (a=NDArray([1.0]), b=(NDArray([2.0]), "no array"))
g = gradient(p -> sum(p.a .* p.b[1]), parts)
@test keys(g) == ["a", "b.1"] && g["a"][] == 2 && g["b.1"][] == 1 && length(g) == 2
@test_throws KeyError g["c"]
@test Array(gradient((a, b) -> sum(a), [1.0], [1.0])[2]) == [0]        # nothing depends on it
@test_throws ArgumentError gradient(x -> x .* 2, [1.0, 2.0])
@test_throws ArgumentError gradient(x -> 3.0, [1.0, 2.0])
@test_throws ArgumentError withgradient(() -> NDArray(1.0))

# Second order.
second = gradient(x -> sum(gradient(x -> sum(x .^ 3), x)), [1.0, 2.0])
@test Array(second) ≈ [6, 12]
hessian_vector = gradient(x -> sum(gradient(x -> sum(exp.(x) .* x), x) .* NDArray([1.0, 0.5])), [0.3, 0.7])
@test Array(hessian_vector) ≈ [1.0, 0.5] .* exp.([0.3, 0.7]) .* (2 .+ [0.3, 0.7])

# Scopes belong to the task and are given back whatever happens.
@test !is_recording() && !is_training()
record() do
    @test is_recording() && is_training()
    pause(() -> @test !is_recording() && !is_training())
    pause(() -> @test(is_training()); train=true)
    @test is_recording() && is_training()
    record(() -> @test(is_recording() && !is_training()); train=false)
    @test is_recording() && is_training()
    @test !fetch(@async is_recording())
    @test_throws ErrorException pause(() -> error("inside"))
    @test is_recording() && is_training()
end
@test_throws ErrorException record(() -> error("inside"))
@test !is_recording() && !is_training()
pause(() -> @test(is_training() && !is_recording()); train=true)

x = attach_grad!(NDArray([3.0]))
backward!(record(() -> sum(x .* pause(() -> x .^ 2))))
@test grad(x)[] == 9                                  # what is paused is constant

# Training mode reaches the operators.
ones_in = ones(NDArray{Float32}, 1000)
@test Array(Ops.dropout(ones_in; p=0.5)) == ones(1000)
@test any(Array(record(() -> Ops.dropout(ones_in; p=0.5))) .== 0)

# Assignments are part of the computation.
assigned = gradient([2.0, 3.0]) do x
    y = zero(x)
    y .= x .* x
    sum(y)
end
@test Array(assigned) == [4, 6]

# A write into a part would lose them, so it is refused.
@test occursin("cat", message_of(() -> gradient(x -> (y = 2x; y[1:1] .= 5; sum(y)), [1.0, 2.0]), ArgumentError))
@test occursin("cat", message_of(() -> gradient(x -> (y = 2x; y[1:1] = [5.0]; sum(y)), [1.0, 2.0]), ArgumentError))
@test Array(gradient(x -> (y = pause(() -> (z = zero(x); z[1:1] .= 5; z)); sum(x .* y)), [1.0, 2.0])) == [5, 0]

# Tasks record side by side.
results = map(fetch, [@async(begin
    x = NDArray([Float64(k)])
    value, g = withgradient(x -> (yield(); y = x .^ 2; yield(); sum(y)), x)
    g[]
end) for k in 1:8])
@test results == 2 .* (1:8)
