# SPDX-License-Identifier: Apache-2.0
x = Variable(:data)
fc = Ops.fully_connected(x; num_hidden=3, name="fc1")
net = Ops.softmax_output(Ops.activation(fc; act_type=:relu), name="softmax")
@test arguments(net) == ["data", "fc1_weight", "fc1_bias", "softmax_label"]
@test outputs(net) == ["softmax_output"] && auxiliary_states(net) == [] && Cermet.nodename(fc) == "fc1"

shapes = infer_shape(net; data=(4, 8))
@test shapes.arguments == ["data" => (4, 8), "fc1_weight" => (4, 3), "fc1_bias" => (3,), "softmax_label" => (8,)]
@test shapes.outputs == ["softmax_output" => (3, 8)]
@test infer_shape(net; data=zeros(Float32, 4, 8)) == shapes
@test_throws DimensionMismatch infer_shape(net)
@test_throws ArgumentError infer_shape(net; data="wide")
text = message_of(() -> infer_shape(fc; data=(4, 8), fc1_weight=(5, 3)), DimensionMismatch)
@test occursin("fc1", text) && occursin("(5, 3)", text)

# Several outputs.
pair = group(fc, net)
@test length(pair) == 2 && outputs(pair) == ["fc1_output", "softmax_output"]
@test outputs(pair[2]) == ["softmax_output"] && outputs(pair["fc1_output"]) == ["fc1_output"]
@test [only(outputs(part)) for part in pair] == outputs(pair)
@test "fc1_output" in outputs(Cermet.internals(net))
@test_throws BoundsError pair[3]
@test_throws KeyError pair["fc2_output"]

# The same broadcasts and products as on arrays.
function evaluate(node; inputs...)
    exe = bind(node; wrt=(), inputs...)
    Array(forward!(exe; inputs...)[1])
end
a, b = Variable(:a), Variable(:b)
A, B = rand(Float32, 3, 4), rand(Float32, 3, 4)
@test evaluate(@.(a^2 + 3a * b - 1); a=A, b=B) ≈ @.(A^2 + 3A * B - 1)
@test evaluate(a + b - 2a / 4; a=A, b=B) ≈ A + B - 2A / 4
@test evaluate(relu.(a .- 0.5); a=A) ≈ max.(A .- 0.5f0, 0) && evaluate(-a; a=A) == -A
@test evaluate(a * b; a=A, b=B') ≈ A * B'
@test evaluate(sum(abs2, a; dims=1); a=A) ≈ sum(abs2, A; dims=1)
@test evaluate(ifelse.(a .> b, a, b); a=A, b=B) ≈ max.(A, B)
@test_throws ArgumentError a .+ NDArray(A)
@test_throws ArgumentError Ops.add(a, NDArray(A))

# JSON, attributes, gradients as graphs.
again = Cermet.from_json(Cermet.to_json(net))
@test arguments(again) == arguments(net) && Cermet.to_json(again) == Cermet.to_json(net)
@test_throws CermetError Cermet.from_json("{\"nodes\": 3}")
Cermet.set_attribute!(fc, "__lr_mult__" => 0.5)
@test Cermet.attribute(fc, "__lr_mult__") == "0.5"
@test_throws CermetError Cermet.attribute(fc, "__wd_mult__")
g = gradient(sum(a .^ 3), :a)
@test evaluate(g; a=A) ≈ 3A .^ 2
@test_throws CermetError gradient(sum(a .^ 3), :z)

layer = Layers.dense(x; units=5, name="d")
@test arguments(layer) == ["data", "d_weight", "d_bias"]

# Mixed precision keeps names.
half = mixed_precision(Cermet.Ops.fully_connected(Variable(:data); num_hidden=3, name="fc"), Cermet.BFloat16)
@test arguments(half) == ["data", "fc_weight", "fc_bias"] && outputs(half) == ["fc_output"]
@test_throws ArgumentError mixed_precision(half, Int32)
