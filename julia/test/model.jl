# SPDX-License-Identifier: Apache-2.0
net = Chain(Dense(4 => 5, relu), Dense(5 => 3), softmax)
model = Model(net)
X = rand(Float32, 4, 10)
expected = Array(net(X))
@test Cermet.inputs(model) == ["data"]
@test Array(model(X)) ≈ expected && Array(model(NDArray(X))) ≈ expected && Array(model(data=X)) ≈ expected
@test Array(model(Float64.(X))) ≈ expected                       # inputs take the parameters' element type
@test Array(model(X[:, 1:3])) ≈ expected[:, 1:3] && Array(model(X)) ≈ expected
first_result = model(X)
model(X .* 2)
@test Array(first_result) ≈ expected                              # results are the caller's own
@test keys(parameters(model)) == ["dense1_weight", "dense1_bias", "dense2_weight", "dense2_bias"]
@test size(parameters(model)[:dense1_weight]) == (4, 5)

@test predict(model, X; batchsize=3) ≈ expected && predict(net, X; batchsize=4) ≈ expected
starts = Int[]
predict((part, first) -> push!(starts, first), model, X; batchsize=4)
@test starts == [1, 5, 9]
@test_throws ArgumentError predict(model, X; batchsize=0)
@test_throws ArgumentError predict(model, zeros(Float32, 4, 0))

# Files and bytes.
mktempdir() do folder
    for path in (joinpath(folder, "net.safetensors"), joinpath(folder, "net"))
        save(path, model; epoch=3)
        loaded = load_model(path, 3)
        @test Array(loaded(X)) == Array(model(X))
    end
    @test isfile(joinpath(folder, "net-symbol.json")) && isfile(joinpath(folder, "net-0003.params"))
    save(joinpath(folder, "direct.safetensors"), net)
    @test Array(load_model(joinpath(folder, "direct.safetensors"))(X)) == Array(model(X))
    @test_throws Base.IOError load_model(joinpath(folder, "none"))
    @test_throws Base.IOError load_model(joinpath(folder, "net"), 7)
    write(joinpath(folder, "broken.safetensors"), "no model at all")
    @test_throws CermetError load_model(joinpath(folder, "broken.safetensors"))
    @test_throws Exception save(joinpath(folder, "no", "such", "folder.safetensors"), model)

    # The example program of the documentation.
    save(joinpath(folder, "in.npz"), Dict("data" => X))
    program = joinpath(package(), "examples", "predict.jl")
    command = `$(Base.julia_cmd()) --startup-file=no --project=$(package()) $program`
    output = read(`$command $(joinpath(folder, "net.safetensors")) $(joinpath(folder, "in.npz"))`, String)
    rows = [parse.(Float64, split(line, ',')) for line in split(strip(output), '\n')]
    @test hcat(rows...) ≈ expected
    run(`$command $(joinpath(folder, "net:3")) $(joinpath(folder, "in.npz")) $(joinpath(folder, "out.npz"))`)
    @test Array(load(joinpath(folder, "out.npz"))[:output]) ≈ expected
    @test !success(pipeline(`$command`; stderr=devnull))
end
@test Array(Cermet.from_bytes(Cermet.to_bytes(model))(X)) == Array(model(X))
@test_throws CermetError Cermet.from_bytes(UInt8[1, 2, 3])

own = copy(model)
fill!(parameters(own)[:dense2_bias], 5)
@test Array(model(X)) ≈ expected && !(Array(own(X)) ≈ expected .+ 1)
Cermet.set_parameter!(own, :dense2_bias, zeros(Float32, 3))
@test Array(own(X)) ≈ expected

@test metadata(model, "classes") === nothing
Cermet.set_metadata!(model, "classes" => "a,b,c")
@test metadata(model, "classes") == "a,b,c"
@test metadata(Cermet.from_bytes(Cermet.to_bytes(model)), "classes") == "a,b,c"

# Parameters from the engine's initializers.
fresh = Model(Layers.dense(Variable(:data); units=3, name="d"))
Cermet.seed!(3)
Cermet.initialize!(fresh, (:xavier, (magnitude=2,)); data=(4, 1))
@test size(parameters(fresh)[:d_weight]) == (4, 3) && all(Array(parameters(fresh)[:d_bias]) .== 0)
@test_throws CermetError Cermet.initialize!(fresh, :no_such_initializer; data=(4, 1))

# Wrong calls.
@test_throws ArgumentError model()
@test_throws DimensionMismatch model(rand(Float32, 7, 2))
@test_throws Exception model(image=X)
two = Model(Variable(:a) + Variable(:b))
@test_throws ArgumentError two(X)
@test Array(two(a=X, b=X)) == 2X
a = Variable(:a)
several = Model(group(a .* 2, a .+ 1))
@test_throws ArgumentError Model(Variable(:a) .+ Variable(:a))         # two variables of one name
@test map(Array, several(X)) == (2X, X .+ 1)

# One model, many tasks.
results = map(fetch, [Threads.@spawn(Array(model(X .* k))) for k in 1:8])
@test all(results[k] ≈ Array(net(X .* k)) for k in 1:8)

# A network of the old MXNet.
folder = joinpath(shared(), "data", "mxnet-lenet")
if isdir(folder)
    lenet = load_model(joinpath(folder, "LeNet"), 10)
    scores = lenet(zeros(Float32, 28, 28, 1, 2))
    @test size(scores) == (10, 2) && all(sum(Array(scores); dims=1) .≈ 1)
else
    skipped("no LeNet of MXNet in $folder")
end
