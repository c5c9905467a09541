# SPDX-License-Identifier: Apache-2.0
# Any layer of the engine's registry as a struct that holds its parameters. The engine says of which operators a layer is
# made; they are called one by one, on arrays or on symbols, so gradients and graphs come by themselves.

# One operator of a layer. Where an input comes from: 0 is the layer's own input, -k its array number k, k > 0 step k.
struct Step
    suffix::String                  # of the node's name: "layer" + suffix
    definition::Cermet.Definition
    attributes::Vector{Pair{String,String}}
    inputs::Vector{Tuple{Int,Int}}  # (from where, number of its output)
end

"""
    Cermet.NN.layer(name, dims; attributes...)

A layer of the engine by its name, such as `Cermet.NN.layer(:group_norm, (8, 8, 4, 1); num_groups=2)`. `dims` are the dimensions of a
batch, of which the parameters' follow. Names and attributes are those of `Cermet.Layers` (`?Cermet.Layers.group_norm`).
"""
function layer(name::Symbol, dims::Dims; init=nothing, attributes...)
    isdefined(Layers, name) || throw(ArgumentError("layer: there is no layer $name; see names(Cermet.Layers; all=true)"))
    node = getfield(Layers, name)(Variable(:data); name="layer", attributes...)
    model = Cermet.initialize!(Model(node), init; data=dims)
    states = chop_name.(auxiliary_states(node))
    arrays = NamedArrays(chop_name.(keys(parameters(model))), values(parameters(model)))
    return EngineLayer(name, (; attributes...), arrays, states, read_steps(node, keys(arrays)))
end

struct EngineLayer <: Layer
    name::Symbol
    attributes::NamedTuple
    arrays::NamedArrays             # parameters and states
    states::Vector{String}
    steps::Vector{Step}
end

chop_name(name) = replace(name, r"^layer_?" => "")

function read_steps(node, names)
    steps, places = Step[], Dict{Int,Int}()
    for part in Cermet.parse_json(Cermet.take_text(Cermet.cermet_symbol_describe(node, C_NULL)))
        if part["op"] === nothing
            places[part["id"]] = part["name"] == "data" ? 0 : -findfirst(==(chop_name(part["name"])), names)
            continue
        end
        inputs = [(places[input["node"]], Int(input["output"]) + 1) for input in part["inputs"]]
        definition = getfield(Ops, Symbol("_", part["op"], "_definition"))
        push!(steps, Step(part["name"][6:end], definition, collect(part["attrs"]), inputs))
        places[part["id"]] = length(steps)
    end
    return steps
end

trainable(l::EngineLayer) =
    (; (Symbol(name) => array for (name, array) in l.arrays if !(name in l.states))...)

function (l::EngineLayer)(x)
    name = node_name(l, x)
    arrays = engine_operands(l, x)
    results = Any[]
    for step in l.steps
        inputs = map(step.inputs) do (from, output)
            from < 0 ? arrays[-from] : from == 0 ? x : results[from] isa Tuple ? results[from][output] : results[from]
        end
        node = isempty(name) ? Cermet.unset : string(name.name, step.suffix)
        push!(results, Cermet.apply_text(step.definition, step.attributes, Tuple(inputs), node))
    end
    return last(results)
end

engine_operands(l, x) = l.arrays.arrays
engine_operands(l, x::SymbolicNode) = [shared_variable(l, name, array) for (name, array) in l.arrays]

layer_kind(l::EngineLayer) = replace(string(l.name), "_" => "")

function Base.show(io::IO, l::EngineLayer)
    settings = join(("$key=$value" for (key, value) in pairs(l.attributes)), ", ")
    print(io, l.name, "(", settings, ")")
end

# Whether a graph takes the input `name` for positions, which the engine counts from 0.
function takes_positions(node, name)
    parts = Cermet.parse_json(Cermet.take_text(Cermet.cermet_symbol_describe(node, C_NULL)))
    input = only(part["id"] for part in parts if part["name"] == name)
    return any(parts) do part
        part["op"] !== nothing && any(enumerate(part["inputs"])) do (k, source)
            source["node"] == input && k in getfield(Ops, Symbol("_", part["op"], "_definition")).index_inputs
        end
    end
end

# --- Short forms of those that take part in many models

"    Embedding(n => d; init=nothing): a learned vector of length `d` for each of `n` positions, counted from 1."
Embedding((n, d)::Pair; init=nothing) = layer(:embedding, (1,); init=init, input_dim=n, output_dim=d)

"    GroupNorm(channels, groups; epsilon=1e-5): normalises groups of channels (the last dimension but one) of each observation."
GroupNorm(channels::Integer, groups::Integer; epsilon::Real=1e-5) =
    layer(:group_norm, (1, channels, 1); num_groups=groups, epsilon=epsilon)

"    PReLU(channels): a rectifier whose slope below zero is learned."
PReLU(channels::Integer) = layer(:prelu, (channels, 1))

"""
    ConvTranspose(kernel, in => out; stride=1, pad=0, output_padding=0, dilation=1, groups=1, bias=true, init=nothing)

Transposed convolution: `Conv` run backwards, for images that grow.
"""
function ConvTranspose(kernel::Dims, (in, out)::Pair; stride=1, pad=0, output_padding=0, dilation=1, groups::Integer=1,
                       bias::Bool=true, init=nothing)
    1 <= length(kernel) <= 3 || throw(ArgumentError("ConvTranspose: wanted a kernel of 1 to 3 dimensions; got $kernel"))
    return layer(Symbol(:conv, length(kernel), :d_transpose), (kernel..., in, 1); init=init, channels=out,
                 kernel_size=kernel, strides=each(stride, kernel), padding=each(pad, kernel),
                 output_padding=each(output_padding, kernel), dilation=each(dilation, kernel), groups=groups, use_bias=bias)
end
