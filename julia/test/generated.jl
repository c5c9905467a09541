# SPDX-License-Identifier: Apache-2.0
# The generated functions: kinds of attributes are translated, and every example in their help is true.

attribute(kind) = Cermet.Attribute("a", kind)
translate(kind, value) = Cermet.translate(attribute(kind), value)
@test translate(:plain, (1, 2)) == (1, 2) && translate(:axis, nothing) === nothing
@test translate(:axis, 1) == -1 && translate(:axes, (1, 3)) == [-3, -1] && translate(:axes, 2) == [-2]
@test translate(:shape, (4, 3, 2)) == [2, 3, 4] && translate(:window, (5, 3)) == [3, 5] && translate(:shape, 7) == [7]
@test translate(:index, 1) == 0 && translate(:index, (1, 10)) == (0, 9)
for order in ((1, 2, 3), (3, 1, 2), (2, 3, 1))
    host_array = rand(2, 3, 4)
    @test Array(Cermet.invoke_operator("transpose", (NDArray(host_array),), (axes=translate(:permutation, order),))) ==
          permutedims(host_array, order)
end
@test_throws ArgumentError translate(:axis, 0)
@test_throws ArgumentError translate(:axis, -1)
@test_throws ArgumentError translate(:index, 0)
@test_throws ArgumentError translate(:shape, 1.5)
@test_throws ArgumentError translate(:axes, (1, 0))

x = NDArray(reshape(Float32.(1:12), 4, 3))
@test Array(Ops.softmax(x; axis=2)) ≈ exp.(Array(x)) ./ sum(exp.(Array(x)); dims=2)
@test Ops.cast(x; dtype=Float64) isa NDArray{Float64,2}
@test size(Ops.expand_dims(x; axis=1)) == (1, 4, 3) && size(Ops.expand_dims(x; axis=3)) == (4, 3, 1)
@test Array(Ops.concat(x, x; dim=2)) == [Array(x) Array(x)]
@test Array(Ops.take(NDArray([10.0, 20, 30]), NDArray([3, 1]))) == [30, 10]
@test Array(Ops.take(NDArray([10.0, 20, 30]), [2])) == [20]
@test Array(Ops.argmax(x; axis=1)) == [4, 4, 4]
@test occursin("counted from 1", message_of(() -> Ops.take(x, [0, 1]), ArgumentError))
out = similar(x)
@test Ops.exp(x; out=out) === out && Array(out) ≈ exp.(Array(x))
@test_throws MethodError Ops.exp(x; no_such_keyword=1)
@test_throws UndefKeywordError Ops.fully_connected(x)
@test_throws ArgumentError Ops.exp(x; name="only for graphs")
@test_throws ArgumentError Layers.dense(x; units=2)
@test_throws ArgumentError Ops.cast(x; dtype=:no_such_type)
@test_throws ArgumentError Ops.softmax(x; axis=[])

# Examples in the help: a call, then its results as comments.
function examples(help)
    found = match(r"```julia\n(.*?)```"s, help)
    found === nothing && return nothing
    lines = split(strip(found[1]), '\n')
    return lines[1], [line[3:end] for line in lines[2:end]]
end

sandbox = Module()
Core.eval(sandbox, :(using Cermet))
run_example(text) = Core.eval(sandbox, Meta.parse(text))
close_enough(a::Array, b::Array) = size(a) == size(b) && all(isapprox.(a, b; rtol=1e-4, atol=1e-5, nans=true))

function documented(m)
    [name for name in names(m; all=true) if isdefined(m, name) && getfield(m, name) isa Function &&
     parentmodule(getfield(m, name)) === m && !startswith(string(name), r"[#_]")]
end

tried = Ref(0)
@testset "$name" for name in documented(Ops)
    help = string(Base.Docs.doc(Base.Docs.Binding(Ops, name)))
    @test !isempty(strip(help))
    example = examples(help)
    if example !== nothing && !occursin("random_", string(name))
        tried[] += 1
        results = run_example(example[1])
        results isa Tuple || (results = (results,))
        @test all(close_enough(Array(got), run_example(wanted)) for (got, wanted) in zip(results, example[2]))
    end
end
@test tried[] > 40

# The committed files are what the emitter writes.
python = Sys.which("python3")
emitter = joinpath(repository(), "bindings", "emit", "julia.py")
if python === nothing || !isfile(joinpath(repository(), "bindings", "ops.json"))
    skipped("no python3, or no bindings/ops.json here")
else
    @test success(`$python $emitter --check`)
end
