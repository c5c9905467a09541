# SPDX-License-Identifier: Apache-2.0
# Arrays with names, in a fixed order: the parameters of a model, their gradients, the content of a file.

"A dictionary from names to arrays that keeps its order; a Symbol finds the same entry as a String."
struct NamedArrays <: AbstractDict{String,NDArray}
    names::Vector{String}
    arrays::Vector{NDArray}
end
NamedArrays() = NamedArrays(String[], NDArray[])

Base.length(list::NamedArrays) = length(list.names)
Base.iterate(list::NamedArrays, i=1) = i > length(list) ? nothing : (list.names[i] => list.arrays[i], i + 1)
Base.keys(list::NamedArrays) = list.names
Base.values(list::NamedArrays) = list.arrays

function Base.get(list::NamedArrays, name, default)
    i = findfirst(==(string(name)), list.names)
    return i === nothing ? default : list.arrays[i]
end
Base.haskey(list::NamedArrays, name) = get(list, name, nothing) !== nothing
function Base.getindex(list::NamedArrays, name)
    array = get(list, name, nothing)
    array === nothing && throw(KeyError(name))
    return array
end
function Base.push!(list::NamedArrays, (name, array)::Pair)
    push!(list.names, name)
    push!(list.arrays, array)
    return list
end

Base.summary(io::IO, list::NamedArrays) = print(io, "NamedArrays with ", length(list), " entries")
function Base.show(io::IO, ::MIME"text/plain", list::NamedArrays)
    summary(io, list)
    width = isempty(list) ? 0 : maximum(length.(list.names))
    for (name, array) in list
        print(io, "\n  ", rpad(name, width), "  ", summary(array))
    end
end

"""
    parameters(model)

The trainable arrays of a model by name, in a fixed order. For a struct these are the arrays in its fields, in the fields
of those, in tuples, vectors and dictionaries, named by their place: `"layers.1.weight"`. A struct that also holds arrays
which are not to be trained names those that are: `Cermet.trainable(m::MyLayer) = (weight=m.weight,)`.
"""
function parameters(model)
    found = NamedArrays()
    collect_arrays!(found, "", model, trainable)
    return found
end

"The parts of `x` that hold trainable arrays; by default all its fields."
trainable(x) = parts(x)

parts(x::Union{Tuple,NamedTuple,AbstractDict}) = x
parts(x::AbstractVector) = eltype(x) <: Number ? () : x
parts(::Union{Function,Type,Module,AbstractString,Symbol,Number,Handle}) = ()
parts(x) = NamedTuple{fieldnames(typeof(x))}(ntuple(i -> getfield(x, i), nfields(x)))

# An array used in two places is one parameter, under its first name.
function collect_arrays!(found, path, x, parts_of)
    if x isa NDArray
        any(array -> array.handle === x.handle, values(found)) || push!(found, path => x)
        return
    end
    for (name, part) in pairs(parts_of(x))
        collect_arrays!(found, isempty(path) ? string(name) : string(path, ".", name), part, parts_of)
    end
end
