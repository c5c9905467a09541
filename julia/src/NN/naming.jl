# SPDX-License-Identifier: Apache-2.0
# Names of layers in a graph: "dense1", "dense2" ... in the order in which the layers are met, anew for each graph.

struct Names
    of_layer::IdDict{Any,String}
    counts::Dict{String,Int}
    variables::IdDict{Any,SymbolicNode}     # of parameters, by handle: a layer used twice shares its variables
end
Names() = Names(IdDict{Any,String}(), Dict{String,Int}(), IdDict{Any,SymbolicNode}())

"""
    naming(f)

Calls `f()` with one numbering of layers for everything it composes. Needed only when several layers are put together by
hand on symbols; a `Chain`, or any layer that holds others, does so by itself.
"""
function naming(f)
    storage = task_local_storage()
    haskey(storage, :cermet_names) && return f()
    storage[:cermet_names] = Names()
    try
        return f()
    finally
        delete!(storage, :cermet_names)
    end
end

current_names() = get(Names, task_local_storage(), :cermet_names)

layer_kind(layer) = lowercase(string(nameof(typeof(layer))))

function layer_name(names::Names, layer)
    return get!(names.of_layer, layer) do
        kind = layer_kind(layer)
        names.counts[kind] = get(names.counts, kind, 0) + 1
        string(kind, names.counts[kind])
    end
end

"""
    Cermet.NN.operands(layer, x, fields...)

What a layer passes to an operator beside `x`: its arrays themselves, or, when `x` is a symbol, variables that stand for
them. Write a layer's call with it, and the layer both computes and builds graphs.
"""
operands(layer, x, fields::Symbol...) = map(field -> getfield(layer, field), fields)

function operands(layer, x::SymbolicNode, fields::Symbol...)
    return map(field -> shared_variable(layer, field, getfield(layer, field)), fields)
end

# One variable for each array of a graph.
shared_variable(layer, field, ::Nothing) = nothing
function shared_variable(layer, field, array)
    names = current_names()
    return get!(() -> Variable(string(layer_name(names, layer), "_", field), array), names.variables, array.handle)
end

"The keyword that names a layer's node in a graph; none for arrays, and none for a layer's second use."
node_name(layer, x) = NamedTuple()
function node_name(layer, x::SymbolicNode)
    names = current_names()
    haskey(names.of_layer, layer) && return NamedTuple()
    return (name=layer_name(names, layer),)
end
