# SPDX-License-Identifier: Apache-2.0
# Each rule finds the minimum of a bowl.
for rule in (SGD(0.1), SGD(0.05; momentum=0.9), NAG(0.05), Adam(0.1), AdamW(0.1; wd=0), RMSProp(0.05), AdaGrad(0.5))
    place, state = NDArray(Float32[3, -2]), setup(rule)
    for _ in 1:300
        update!(state, place, gradient(w -> sum(abs2, w .- 1), place))
    end
    @test Array(place) ≈ [1, 1] atol = 0.1
end

w = NDArray(Float32[1, 1])
optimizer = setup(SGD(0.5))
update!(optimizer, w, NDArray(Float32[1, 2]))
@test Array(w) ≈ [0.5, 0]
@test NN.learning_rate(optimizer) ≈ 0.5
learning_rate!(optimizer, 0.25)
update!(optimizer, w, NDArray(Float32[1, 0]))
@test Array(w) ≈ [0.25, 0]

decaying = setup(SGD(1.0); schedule=Schedule(:factor; step=1, factor=0.5))
rates = map(1:3) do _
    rate = learning_rate(decaying)
    update!(decaying, w, NDArray(Float32[0, 0]))
    rate
end
@test rates[1] > rates[2] > rates[3]

# States go on where they stopped.
function steps(optimizer, w, count)
    foreach(_ -> update!(optimizer, w, gradient(w -> sum(abs2, w), w)), 1:count)
    return Array(w)
end
whole = steps(setup(Adam(0.1)), NDArray(Float32[3]), 10)
half = setup(Adam(0.1))
middle = steps(half, NDArray(Float32[3]), 5)
resumed = NN.restore!(setup(Adam(0.1)), NN.to_bytes(half))
@test steps(resumed, NDArray(middle), 5) ≈ whole
@test_throws CermetError NN.restore!(setup(Adam(0.1)), UInt8[1, 2])

model = Chain(Dense(2 => 1))
@test_throws ArgumentError update!(setup(SGD()), model, gradient(p -> sum(p.other), (other=NDArray([1.0]),)))
@test_throws CermetError setup(Rule(:no_such_rule))
@test_throws CermetError setup(SGD(0.1; no_such_setting=1))
@test_throws ArgumentError setup(SGD(0.1; momentum=-3))
@test_throws DimensionMismatch update!(setup(SGD()), NDArray([1.0]), NDArray([1.0, 2.0]))

metric = NN.Metric(:accuracy)
@test isnan(metric[])
push!(metric, ([0.0f0, 1.0f0], Float32[0.9 0.6; 0.1 0.4]))
@test metric[] == 0.5
@test isnan(empty!(metric)[])
