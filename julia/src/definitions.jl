# SPDX-License-Identifier: Apache-2.0
# Definitions of the engine (operators, layers, optimizers ...) and their attributes. The generated files describe each
# definition in these types; here attribute values are turned from Julia's conventions into the engine's.

"One attribute: its name in the engine, and the kind that says how a value is translated (see `translate`)."
struct Attribute
    name::String
    kind::Symbol
end

mutable struct Definition
    kind::Int32
    name::String
    index_inputs::Vector{Int}           # inputs and outputs whose values are positions or classes
    index_outputs::Vector{Int}
    attributes::Vector{Attribute}
    pointer::Ptr{Cvoid}                 # looked up at first use

    Definition(kind, name, index_inputs, index_outputs, attributes...) =
        new(kind, name, index_inputs, index_outputs, collect(Attribute, attributes), C_NULL)
end

function definition_pointer(definition::Definition)
    definition.pointer == C_NULL && (definition.pointer = cermet_def_find(definition.kind, definition.name))
    return definition.pointer
end

const OPERATOR_POINTERS = Dict{String,Ptr{Cvoid}}()
const OPERATOR_LOCK = ReentrantLock()

# For operators that this package itself is made of.
function operator_pointer(name::String)
    lock(OPERATOR_LOCK)
    try
        return get!(() -> cermet_def_find(CERMET_KIND_OPERATOR, name), OPERATOR_POINTERS, name)
    finally
        unlock(OPERATOR_LOCK)
    end
end

# An operator that a table names, found at its first use.
mutable struct Operator
    name::String
    pointer::Ptr{Cvoid}
    Operator(name) = new(name, C_NULL)
end
Base.convert(::Type{Operator}, name::String) = Operator(name)

function operator_pointer(operator::Operator)
    operator.pointer == C_NULL && (operator.pointer = operator_pointer(operator.name))
    return operator.pointer
end

# The value of a keyword that was not given: the engine's default then holds.
struct Unset end
const unset = Unset()

# Attributes in Julia's conventions -> an attrs handle; `nothing` when all have their defaults.
function make_attrs(definition::Definition, @nospecialize(values::Tuple))
    attrs = nothing
    for (attribute, value) in zip(definition.attributes, values)
        value === unset && continue
        attrs === nothing && (attrs = cermet_attrs_create(definition_pointer(definition)))
        set_attribute(attrs, attribute.name, translate(attribute, value))
    end
    return attrs
end

# Attributes in the engine's own conventions.
function make_attrs(definition::Ptr{Cvoid}, @nospecialize(values::NamedTuple))
    isempty(values) && return nothing
    attrs = cermet_attrs_create(definition)
    for name in keys(values)
        set_attribute(attrs, String(name), values[name])
    end
    return attrs
end

set_attribute(attrs, name, value::Nothing) = cermet_attrs_set_none(attrs, name)
set_attribute(attrs, name, value::Bool) = cermet_attrs_set_bool(attrs, name, value)
set_attribute(attrs, name, value::Integer) = cermet_attrs_set_int(attrs, name, value)
set_attribute(attrs, name, value::Real) = cermet_attrs_set_float(attrs, name, value)
set_attribute(attrs, name, value::Union{AbstractString,Symbol}) = cermet_attrs_set_string(attrs, name, string(value))
set_attribute(attrs, name, value::Type) = cermet_attrs_set_string(attrs, name, dtype_name(value))
set_attribute(attrs, name, value::Union{Tuple,AbstractVector}) = set_list(attrs, name, collect(value))
set_attribute(attrs, name, value) =
    throw(ArgumentError("$name: a value of type $(typeof(value)) is no attribute"))

set_list(attrs, name, values::Vector{<:Integer}) =
    cermet_attrs_set_ints(attrs, name, Vector{Int64}(values), length(values))
set_list(attrs, name, values::Vector{<:Real}) =
    cermet_attrs_set_floats(attrs, name, Vector{Float64}(values), length(values))
set_list(attrs, name, values::Vector) =
    isempty(values) ? cermet_attrs_set_ints(attrs, name, Int64[], 0) :
    throw(ArgumentError("$name: wanted numbers, got $values"))

"""
    translate(attribute, value)

An attribute's value in the engine's conventions. Dimension `d` of Julia is the engine's axis `-d`, whatever the rank.
"""
function translate(attribute::Attribute, value)
    kind = attribute.kind
    (kind === :plain || value === nothing) && return value
    kind === :axis && return value isa Integer ? axis(attribute, value) : axes_list(attribute, value)
    kind === :axes && return axes_list(attribute, value)
    kind === :index && return map(v -> index(attribute, v), value)
    value isa Union{Integer,Tuple,AbstractVector} ||
        throw(ArgumentError("$(attribute.name): wanted integers, got $(repr(value))"))
    list = reverse(collect(Int64, value isa Integer ? (value,) : value))
    return kind === :permutation ? length(list) .- list : list
end

axes_list(attribute, value::Integer) = axes_list(attribute, (value,))
axes_list(attribute, values) = Int64[axis(attribute, v) for v in reverse(collect(values))]

function axis(attribute, value)
    value isa Integer && value >= 1 ||
        throw(ArgumentError("$(attribute.name): dimensions are counted from 1: got $(repr(value))"))
    return -Int64(value)
end

function index(attribute, value)
    value isa Integer && value >= 1 ||
        throw(ArgumentError("$(attribute.name): indices and classes are counted from 1: got $(repr(value))"))
    return Int64(value) - 1
end
