# SPDX-License-Identifier: Apache-2.0
X = rand(MersenneTwister(1), Float32, 4, 6)
layer = Dense(4 => 3, relu)
@test Array(layer(NDArray(X))) ≈ max.(Array(layer.weight)' * X .+ Array(layer.bias), 0)
@test size(Dense(4 => 3; bias=false)(NDArray(X))) == (3, 6) && Dense(4 => 3; bias=false).bias === nothing
@test size(layer(NDArray(rand(Float32, 4, 5, 6)))) == (3, 5, 6)
Cermet.seed!(1)
one = Array(Dense(4 => 3).weight)
Cermet.seed!(1)
@test Array(Dense(4 => 3).weight) == one && any(one .!= 0)
orthogonal = Array(Dense(4 => 4; init=:orthogonal).weight)
@test isapprox(orthogonal' * orthogonal, orthogonal[:, 1]' * orthogonal[:, 1] * I(4); atol=1e-4)
@test keys(parameters(layer)) == ["weight", "bias"]

# Convolution against its definition.
images = rand(MersenneTwister(2), Float32, 6, 5, 2, 3)
conv = Conv((3, 2), 2 => 4; stride=(2, 1), pad=(1, 0))
y = Array(conv(NDArray(images)))
kernel, bias = Array(conv.weight), Array(conv.bias)
padded = zeros(Float32, 8, 5, 2, 3)
padded[2:7, :, :, :] = images
expected = [sum(padded[2i-1:2i+1, j:j+1, :, n] .* kernel[:, :, :, c]) + bias[c] for i in 1:3, j in 1:4, c in 1:4, n in 1:3]
@test size(kernel) == (3, 2, 2, 4) && y ≈ expected
@test size(Conv((3,), 2 => 4)(NDArray(rand(Float32, 9, 2, 3)))) == (7, 4, 3)
@test size(Conv((2, 2, 2), 1 => 2)(NDArray(rand(Float32, 4, 4, 4, 1, 1)))) == (3, 3, 3, 2, 1)
@test size(Conv((3, 3), 4 => 6; groups=2, dilation=2)(NDArray(rand(Float32, 9, 9, 4, 1)))) == (5, 5, 6, 1)
@test_throws ArgumentError Conv((3, 3), 1 => 2; stride=(1, 2, 3))

@test Array(MaxPool((2, 2))(NDArray(images))) ≈ [maximum(images[2i-1:2i, 2j-1:2j, c, n]) for i in 1:3, j in 1:2, c in 1:2, n in 1:3]
@test Array(MeanPool((2, 2); stride=1)(NDArray(images)))[1, 1, 1, 1] ≈ mean(images[1:2, 1:2, 1, 1])
@test Array(GlobalMeanPool()(NDArray(images))) ≈ mean(images; dims=(1, 2))
@test Array(GlobalMaxPool()(NDArray(images))) ≈ maximum(images; dims=(1, 2))
@test Array(flatten(NDArray(images))) == reshape(images, :, 3)

norm_layer = BatchNorm(2)
@test keys(parameters(norm_layer)) == ["gamma", "beta"]
trained = Array(record(() -> norm_layer(NDArray(images))))
@test abs(mean(trained[:, :, 1, :])) < 1e-4 && abs(std(trained[:, :, 1, :]; corrected=false) - 1) < 1e-2
@test Array(norm_layer.moving_mean) ≈ 0.1 .* vec(mean(images; dims=(1, 2, 4))) rtol = 1e-3
@test Array(BatchNorm(2)(NDArray(images))) ≈ images rtol = 1e-3
centred = Array(LayerNorm(4)(NDArray(X)))
@test all(abs.(mean(centred; dims=1)) .< 1e-4)
@test Array(Dropout(0.5)(NDArray(X))) == X
@test count(Array(record(() -> Dropout(0.5)(ones(NDArray{Float32}, 1000)))) .== 0) in 400:600

# Chains, one's own layers, and the same on symbols.
struct Residual
    block
end
(r::Residual)(x) = relu.(r.block(x) .+ x)

cnn = Chain(Conv((3, 3), 2 => 4, relu; pad=1), BatchNorm(4), Residual(Conv((3, 3), 4 => 4; pad=1)), MaxPool((2, 2)),
            flatten, Dropout(0.3), Dense(24 => 3), softmax)
@test length(cnn) == 8 && cnn[1] isa Conv && length(cnn[1:2]) == 2 && length(collect(cnn)) == 8
@test size(cnn(images)) == (3, 3)
@test "layers.3.block.weight" in keys(parameters(cnn)) && !("layers.2.moving_mean" in keys(parameters(cnn)))
model = Model(cnn)
@test Array(model(images)) ≈ Array(cnn(images)) rtol = 1e-4
@test "conv2_weight" in keys(parameters(model)) && "batchnorm1_moving_mean" in keys(parameters(model))

shared_layer = Dense(3 => 3, relu)
twice = Chain(shared_layer, shared_layer)
@test length(parameters(twice)) == 2
@test Array(Model(twice)(rand(Float32, 3, 2))) isa Matrix
x = rand(Float32, 3, 2)
@test Array(Model(twice)(x)) ≈ Array(twice(x))

# By hand: alone each layer would be the first of its name.
clash = () -> Dense(3 => 3)(Dense(3 => 3)(Variable(:x)))
@test occursin("naming", message_of(clash, ArgumentError))
@test length(arguments(naming(clash))) == 5

# Gradients of a whole model, against finite differences of one weight.
small = Chain(Dense(2 => 3, tanh), Dense(3 => 1))
points = rand(Float32, 2, 5)
loss, g = withgradient(m -> sum(abs2, m(points)), small)
@test keys(g) == keys(parameters(small))
allowscalar() do
    weight = small[1].weight
    before = weight[1, 2]
    up, down = map((1f-2, -1f-2)) do change
        weight[1, 2] = before + change
        sum(abs2, small(points))[]
    end
    weight[1, 2] = before
    @test (up - down) / 2f-2 ≈ g["layers.1.weight"][1, 2] rtol = 1e-2
end

# Any layer of the registry, computing and building graphs, with the same numbers.
volume = rand(MersenneTwister(3), Float32, 6, 5, 4, 2)
for l in (GroupNorm(4, 2), PReLU(4), ConvTranspose((3, 3), 4 => 2; stride=2), Cermet.NN.layer(:swish, (1,)), Cermet.NN.layer(:gelu, (1,)),
          Cermet.NN.layer(:conv2d, (6, 5, 4, 1); channels=3, kernel_size=(3, 3), activation=:relu), Cermet.NN.layer(:batch_norm, (6, 5, 4, 1)),
          Cermet.NN.layer(:max_pool2d, (6, 5, 4, 1)))
    @test Array(Model(Chain(l))(volume)) ≈ Array(l(volume))
end
@test size(ConvTranspose((3, 3), 4 => 2; stride=2)(volume)) == (13, 11, 2, 2)
@test keys(parameters(Cermet.NN.layer(:batch_norm, (6, 5, 4, 1)))) == ["gamma", "beta"]
both = Chain(GroupNorm(4, 2), GroupNorm(4, 4))
@test "groupnorm2_gamma" in keys(parameters(Model(both))) && "layers.2.gamma" in keys(parameters(both))
shared_layer = PReLU(4)
@test keys(parameters(Model(Chain(shared_layer, shared_layer)))) == ["prelu1_gamma"]
@test occursin("no layer nonsense", message_of(() -> Cermet.NN.layer(:nonsense, (1,)), ArgumentError))
@test occursin("nonsense", message_of(() -> Cermet.NN.layer(:gelu, (1,); nonsense=1), MethodError))

# Embedding: positions from 1, also while training; in a saved graph they are the engine's.
embedding = Embedding(5 => 3)
table = Array(parameters(embedding)["weight"])
@test Array(embedding([1 5; 2 2])) == reshape(table[:, [1, 2, 5, 2]], 3, 2, 2)
@test Array(gradient(e -> sum(e([1, 1, 2])), embedding)["weight"]) == [2 1 0 0 0; 2 1 0 0 0; 2 1 0 0 0]
@test occursin("from 1", message_of(() -> embedding([0, 1]), ArgumentError))
@test Array(Model(Chain(embedding))(Float32[0, 4])) == table[:, [1, 5]]
words = repeat([1 1 2 2; 1 2 1 2], 1, 25)
same_word = [a == b ? 1 : 2 for (a, b) in eachcol(words)]
reader = Chain(Embedding(2 => 8), flatten, Dense(16 => 8, tanh), Dense(8 => 2))
train!(reader, DataLoader((words, same_word); batchsize=10); opt=Adam(0.02), epochs=20, progress=false)
@test accuracy(reader, (words, same_word)) == 1
@test_throws ArgumentError train!(reader, DataLoader((words .- 1, same_word); batchsize=10); progress=false)

# Data in Julia's own element types.
for l in (Dense(4 => 3), LayerNorm(4))
    @test Array(l(Float64.(X))) ≈ Array(l(X)) && eltype(l(NDArray(Float64.(X)))) == Float32
end
@test size(Chain(Dense(4 => 3))(rand(1:9, 4, 2))) == (3, 2) && size(conv(Float64.(images))) == size(y)
@test eltype(BatchNorm(2)(Float64.(images))) == Float32
