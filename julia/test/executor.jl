# SPDX-License-Identifier: Apache-2.0
node = Ops.fully_connected(Variable(:data); num_hidden=2, name="fc")
exe = bind(node; data=(3, 5))
@test exe isa Executor && arguments(exe) == ["data", "fc_weight", "fc_bias"]
@test size(exe[:data]) == (3, 5) && size(exe["fc_weight"]) == (3, 2)
W, B, X = rand(Float32, 3, 2), rand(Float32, 2), rand(Float32, 3, 5)
exe[:fc_weight] .= W
exe[:fc_bias] = NDArray(B)
result = forward!(exe; train=true, data=X)[1]
@test Array(result) ≈ W' * X .+ B
head = rand(Float32, 2, 5)
backward!(exe, [head])
@test keys(gradients(exe)) == ["fc_weight", "fc_bias"]
@test Array(gradients(exe)[:fc_weight]) ≈ X * head' && Array(gradients(exe)[:fc_bias]) ≈ vec(sum(head; dims=2))
forward!(exe; train=true)
backward!(exe)
@test Array(gradients(exe)[:fc_bias]) ≈ [5, 5]
@test_throws ArgumentError backward!(exe)                          # each backward has a forward of its own

with_data = bind(node; data=(3, 5), wrt=(:data,), grad_req=:add)
with_data[:fc_weight] .= W
for _ in 1:2
    forward!(with_data; train=true, data=X)
    backward!(with_data)
end
@test Array(gradients(with_data)[:data]) ≈ 2 * W * ones(2, 5)

other = reshape(exe; data=(3, 1))
@test Array(forward!(other; data=X[:, 1:1])[1]) ≈ (W' * X .+ B)[:, 1:1]          # parameters are shared
@test startswith(Cermet.report(exe), "program for training: ")
bytes = Cermet.planned_bytes(exe)
@test bytes.arena > 0 && bytes.arrays > 0

@test_throws KeyError exe[:weight]
@test_throws KeyError exe[:weight] = NDArray(W)
@test_throws DimensionMismatch exe[:fc_bias] = NDArray(W)
@test_throws DimensionMismatch forward!(exe; data=X')
@test_throws DimensionMismatch bind(node; data=(3, 5), fc_weight=(7, 7))
@test_throws Exception backward!(bind(node; data=(3, 5)))
@test_throws ArgumentError bind(node; grad_req=:maybe, data=(3, 5))

# The layers that compute also build graphs, with the arrays they hold.
model = Chain(Dense(3 => 4, relu), Dense(4 => 2))
built = bind(model(Variable(:data)); data=(3, 5))
@test arguments(built) == ["data", "dense1_weight", "dense1_bias", "dense2_weight", "dense2_bias"]
@test Array(forward!(built; data=X)[1]) ≈ Array(model(X))
fill!(model[2].bias, 1)
@test Array(forward!(built; data=X)[1]) ≈ Array(model(X))
