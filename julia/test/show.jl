# SPDX-License-Identifier: Apache-2.0
plain(x) = repr("text/plain", x)
html(x) = repr("text/html", x)
limited(x) = sprint(io -> show(IOContext(io, :limit => true, :displaysize => (20, 80)), MIME("text/plain"), x))

"Whether tags open and close in order and nothing is left unescaped."
function well_formed(text)
    open_tags = String[]
    for found in eachmatch(r"<(/?)([a-zA-Z]+)[^<>]*?(/?)>", text)
        closing, name, empty = found.captures
        isempty(empty) || continue
        isempty(closing) ? push!(open_tags, name) : (isempty(open_tags) || pop!(open_tags) != name) && return false
    end
    rest = replace(text, r"<[^<>]*>" => "")
    return isempty(open_tags) && !occursin(r"[<>]|&(?!amp;|lt;|gt;)", rest)
end

x = NDArray(Float32[1 2; 3 4])
@test occursin("2×2 NDArray{Float32,2} on cpu:", plain(x))
@test occursin("3.0  4.0", plain(x)) && repr(x) == "NDArray($(repr(Array(x))))"
@test occursin("0-dimensional NDArray", plain(NDArray(1.5))) && occursin("1.5", plain(NDArray(1.5)))
@test occursin("0×2", plain(NDArray(zeros(0, 2))))
@test length(plain(zeros(NDArray{Float32}, 1000, 1000))) > 0
@test count(==('\n'), limited(zeros(NDArray{Float32}, 1000, 2))) < 25
closed = NDArray([1.0])
close(closed)
@test occursin("closed", plain(closed)) && occursin("closed", repr(closed))

list = gradient(p -> sum(p.a), (a=NDArray([1.0]),))
@test occursin("a  1-element", plain(list))

net = Chain(Dense(4 => 3, relu), Dense(3 => 2))
@test repr(net) == "Chain(Dense(4 => 3, relu), Dense(3 => 2))"
@test occursin(r"Dense\(4 => 3, relu\) +15", plain(net)) && occursin(r"total +23", plain(net))
@test well_formed(html(net)) && occursin("Dense(4 =&gt; 3, relu)", html(net))
@test repr(Conv((3, 3), 2 => 4, relu)) == "Conv((3, 3), 2 => 4, relu)"
@test repr(MaxPool((2, 2))) == "MaxPool((2, 2))" && repr(GlobalMeanPool()) == "GlobalMeanPool()"
@test repr(BatchNorm(3)) == "BatchNorm(3)" && repr(LayerNorm(3)) == "LayerNorm(3)"

model = Model(net)
@test occursin("dense1_weight  (4, 3)", plain(model)) && well_formed(html(model))
node = Ops.fully_connected(Variable("a<b"); num_hidden=2, name="fc")
@test occursin("fully_connected", plain(node)) && occursin("a<b", plain(node))
@test well_formed(html(node)) && occursin("a&lt;b", html(node))
@test repr(node) == "SymbolicNode(fc_output)"
@test occursin("Executor", repr(bind(node; wrt=(), NamedTuple{(Symbol("a<b"),)}(((3, 2),))...)))

history = NN.History()
@test well_formed(html(history)) && occursin("0 epochs", plain(history))
for (loss, valid) in ((1.0, 1.2), (0.5, NaN), (0.25, 0.8))
    push!(history, (loss=loss, accuracy=1 - loss / 2, valid_loss=valid))
end
@test occursin(r"3 +0.25 +0.875 +0.8", plain(history))
svg = repr("image/svg+xml", history)
@test startswith(svg, "<svg") && well_formed(svg) && Base.count("<polyline", svg) == 3 && !occursin("NaN", svg)
@test well_formed(html(history)) && occursin("<table>", html(history))
@test repr(DataLoader(zeros(2, 10); batchsize=3, shuffle=true)) == "DataLoader(10 observations in 4 batches of 3, shuffled)"
@test repr(SGD(0.1)) == "Rule(:sgd; learning_rate=0.1)"
@test startswith(sprint(show, x.handle), "Handle{:ndarray}")
