# SPDX-License-Identifier: Apache-2.0
model = Model(Chain(Dense(4 => 16, relu), Dense(16 => 3), softmax))
X = rand(Float32, 4, 50)
expected = Array(model(X))
for calibration in (:none, :naive, :entropy), type in (:auto, :int8)
    integers = Cermet.quantize(model, X; calibration, type, batchsize=20)
    @test maximum(abs.(Array(integers(X)) .- expected)) < 0.02
    @test eltype(parameters(integers)[:dense1_weight_quantize]) == Int8
end
mktempdir() do folder
    integers = Cermet.quantize(model, X)
    save(joinpath(folder, "int8.safetensors"), integers)
    @test Array(load_model(joinpath(folder, "int8.safetensors"))(X)) == Array(integers(X))
end
kept = Cermet.quantize(model, X; exclude=["dense2"])
@test "dense2_weight" in keys(parameters(kept)) && !("dense1_weight" in keys(parameters(kept)))

@test_throws ArgumentError Cermet.quantize(model, X; calibration=:best)
@test_throws ArgumentError Cermet.quantize(model, X; type=:int4)
@test_throws ArgumentError Cermet.quantize(model, X; batchsize=0)
@test_throws ArgumentError Cermet.quantize(model, X[:, 1:0])
@test_throws Exception Cermet.quantize(model, X; exclude=["no such layer"])
@test_throws ArgumentError Cermet.quantize(model, -X; calibration=:naive, type=:uint8)
@test_throws ArgumentError Cermet.quantize(model, X .* Inf32; calibration=:naive)
@test_throws ArgumentError Cermet.quantize(model, X; calibration=:none, type=:uint8)
