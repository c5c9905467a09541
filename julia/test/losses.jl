# SPDX-License-Identifier: Apache-2.0
scores = randn(MersenneTwister(1), Float32, 3, 5)
labels = [1, 3, 2, 2, 1]
probabilities = exp.(scores) ./ sum(exp.(scores); dims=1)
expected = -mean(log(probabilities[labels[k], k]) for k in 1:5)
s = NDArray(scores)
@test logitcrossentropy(s, labels)[] ≈ expected
@test logitcrossentropy(s, NDArray(labels))[] ≈ expected
@test logitcrossentropy(s, onehotbatch(labels, 1:3))[] ≈ expected
@test logitcrossentropy(s, NDArray(Float32.(onehotbatch(labels, 1:3))))[] ≈ expected
g = Array(gradient(s -> logitcrossentropy(s, labels), s))
@test g ≈ (probabilities .- onehotbatch(labels, 1:3)) ./ 5
@test Array(gradient(s -> logitcrossentropy(s, onehotbatch(labels, 1:3)), s)) ≈ g
@test mse(s, scores .+ 2)[] ≈ 4 && mae(s, scores .- 2)[] ≈ 2
@test_throws DimensionMismatch logitcrossentropy(s, [1, 2])
@test_throws DimensionMismatch logitcrossentropy(s, trues(2, 5))
@test_throws ArgumentError logitcrossentropy(s, [0, 1, 2, 2, 1])
@test_throws DimensionMismatch mse(s, [1.0])

perfect(x) = NDArray(Float32.(onehotbatch(Int.(vec(Array(x))), 1:3)))
@test accuracy(perfect, (reshape(Float32.(labels), 1, :), labels)) == 1
@test accuracy(perfect, (reshape(Float32.(labels), 1, :), [1, 3, 2, 2, 3])) == 0.8
@test accuracy(perfect, DataLoader((reshape(Float32.(labels), 1, :), labels); batchsize=2)) == 1
