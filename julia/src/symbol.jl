# SPDX-License-Identifier: Apache-2.0
# Graphs: variables, nodes made by applying operators to them, and what they say about themselves.

"""
    SymbolicNode

Outputs of a graph that has not run yet. Made by [`Variable`](@ref); every operator, layer and broadcast that takes arrays
takes nodes too and then grows the graph.

    x = Variable(:data)
    y = Cermet.Ops.fully_connected(x; num_hidden=10, name="fc1")
    arguments(y)            # ["data", "fc1_weight", "fc1_bias"]
"""
struct SymbolicNode
    handle::Handle{:symbol}
    bound::Dict{String,NDArray}     # arrays that layers have put behind variables
end

SymbolicNode(handle::Handle{:symbol}) = SymbolicNode(handle, Dict{String,NDArray}())

Base.cconvert(::Type{Ptr{Cvoid}}, node::SymbolicNode) = node.handle
Base.unsafe_convert(::Type{Ptr{Cvoid}}, node::SymbolicNode) = Base.unsafe_convert(Ptr{Cvoid}, node.handle)

"""
    Variable(name)

An input, parameter or state of a graph, to be given an array later.
"""
Variable(name) = SymbolicNode(cermet_symbol_variable(string(name)))

# A variable whose array is known: the parameter of a layer.
Variable(name, array::NDArray) = SymbolicNode(cermet_symbol_variable(name), Dict{String,NDArray}(name => array))

# Grows a graph by one operator or layer; the engine names the node when `name` is unset.
function compose(definition::Ptr{Cvoid}, attrs, name, @nospecialize(inputs::Tuple))
    for input in inputs
        input === nothing || input isa SymbolicNode || throw(ArgumentError(
            "arrays and symbols do not mix in one call: put `Variable(name)` in place of the $(summary(input))"))
    end
    symbols = Ptr{Cvoid}[s === nothing ? C_NULL : Base.unsafe_convert(Ptr{Cvoid}, s) for s in inputs]
    handle = GC.@preserve inputs cermet_symbol_apply(definition, attrs === nothing ? C_NULL : attrs,
        name === unset ? "" : string(name), symbols, length(symbols))
    attrs === nothing || close(attrs)
    return SymbolicNode(handle, merge_bound(inputs))
end

function merge_bound(nodes)
    merged = Dict{String,NDArray}()
    for node in nodes, (name, array) in (node === nothing ? () : node.bound)
        known = get!(merged, name, array)
        known.handle === array.handle || throw(ArgumentError(
            "two parameters are called $name: compose the whole graph in one layer, or inside `Cermet.NN.naming() do`"))
    end
    return merged
end

"""
    group(nodes...)

One symbol with the outputs of all.
"""
function group(nodes::SymbolicNode...)
    handle = GC.@preserve nodes cermet_symbol_group(pointers(nodes), length(nodes))
    return SymbolicNode(handle, merge_bound(nodes))
end

Base.length(node::SymbolicNode) = Int(cermet_symbol_num_outputs(node))
Base.firstindex(::SymbolicNode) = 1
Base.lastindex(node::SymbolicNode) = length(node)
Base.iterate(node::SymbolicNode, i=1) = i > length(node) ? nothing : (node[i], i + 1)

"Output number `i` of a symbol, or the one called `name`."
function Base.getindex(node::SymbolicNode, i::Integer)
    1 <= i <= length(node) || throw(BoundsError(node, i))
    return SymbolicNode(cermet_symbol_output(node, i - 1), node.bound)
end
function Base.getindex(node::SymbolicNode, name::Union{AbstractString,Symbol})
    i = findfirst(==(string(name)), outputs(node))
    i === nothing && throw(KeyError(name))
    return node[i]
end

"All outputs of all nodes that the symbol depends on: pick one by name to cut a graph."
internals(node::SymbolicNode) = SymbolicNode(cermet_symbol_internals(node), node.bound)

"Name of the node of the first output."
nodename(node::SymbolicNode) = cermet_symbol_name(node)

"Names of the variables a graph computes from: data, labels and parameters."
arguments(node::SymbolicNode) = string_list(cermet_symbol_arguments(node))

"Names of the variables that a forward pass changes, such as the moving averages of batch normalisation."
auxiliary_states(node::SymbolicNode) = string_list(cermet_symbol_auxiliary_states(node))

"Names of the outputs of a graph, or the output arrays of an executor."
outputs(node::SymbolicNode) = string_list(cermet_symbol_outputs(node))

"""
    Cermet.attribute(node, key)
    Cermet.set_attribute!(node, key => value)

A text kept with the node of the first output; keys begin and end with two underscores (`"__lr_mult__"`).
"""
attribute(node::SymbolicNode, key) = cermet_symbol_attribute(node, key)
function set_attribute!(node::SymbolicNode, (key, value)::Pair)
    cermet_symbol_set_attribute(node, key, string(value))
    return node
end

"The graph in MXNet's JSON; [`Cermet.from_json`](@ref) reads it back."
to_json(node::SymbolicNode) = take_text(cermet_symbol_to_json(node))
from_json(json::AbstractString) = SymbolicNode(cermet_symbol_from_json(json, sizeof(json)))

"""
    gradient(node, names...)

A graph of the gradients of the sum of the node's outputs, one output for each named argument.
"""
function gradient(node::SymbolicNode, names::Union{AbstractString,Symbol}...)
    list = collect(String, string.(names))
    return SymbolicNode(cermet_symbol_gradient(node, list, length(list)), node.bound)
end

"""
    mixed_precision(node, T)

The same graph, in which products of matrices, convolutions, attention and recurrent layers compute in `T`, which is
[`BFloat16`](@ref Cermet.BFloat16) or `Float16`; losses, softmax, exponentials and sums in `Float32`; and the rest in the
widest type of their inputs. Parameters and outputs stay `Float32`. It saves memory; on processors without 16-bit arithmetic
it costs time. Training in `Float16` needs a loss scale ([`loss_scale!`](@ref Cermet.NN.loss_scale!)).
"""
mixed_precision(node::SymbolicNode, T::Type) =
    SymbolicNode(cermet_symbol_mixed_precision(node, dtype_code(T)), node.bound)

# --- Shapes

# Pairs name => dims, name => (dims, eltype) or name => array, as the engine wants them.
function make_specs(known)
    specs = cermet_specs_create()
    for (name, value) in known
        dims, T = spec(value)
        cermet_specs_set(specs, string(name), engine_dims(dims), length(dims), dtype_code(T))
    end
    return specs
end

spec(dims::Dims) = dims, Float32
spec(dims::Tuple{Vararg{Integer}}) = Int.(dims), Float32
spec(n::Integer) = (Int(n),), Float32
spec((dims, T)::Tuple{Tuple,Type}) = Int.(dims), T
spec(array::AbstractArray) = size(array), eltype(array)
spec(other) = throw(ArgumentError("wanted dimensions such as (28, 28, 1, 64), ((28, 28, 1, 64), Float64) or an array; got $(repr(other))"))

function read_specs(specs)
    result = Pair{String,Tuple}[]
    for i in 0:cermet_specs_size(specs)-1
        address, ndim = cermet_specs_shape(specs, i)
        dims = GC.@preserve specs ntuple(k -> Int(unsafe_load(address, ndim - k + 1)), Int(ndim))
        push!(result, cermet_specs_name(specs, i) => dims)
    end
    return result
end

"""
    infer_shape(node; data=(28, 28, 1, 64), ...)

Dimensions of everything in a graph, from those of some variables: a named tuple of `arguments`, `outputs` and
`auxiliary_states`, each a list of `name => dims`.
"""
function infer_shape(node::SymbolicNode; known...)
    found = cermet_symbol_infer(node, make_specs(known))
    return (arguments=read_specs(found[1]), outputs=read_specs(found[2]), auxiliary_states=read_specs(found[3]))
end
