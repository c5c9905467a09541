# SPDX-License-Identifier: Apache-2.0
# Running an operator: on arrays at once, on symbols by growing a graph. Every operator function ends here.

# Called by the generated functions: `values` are attributes in Julia's conventions, in the definition's order.
function apply(definition::Definition, @nospecialize(inputs::Tuple), @nospecialize(values::Tuple), name, out, rng)
    inputs = without_left_out(inputs)
    attrs = make_attrs(definition, values)
    pointer = definition_pointer(definition)
    any(input -> input isa SymbolicNode, inputs) && return compose(pointer, attrs, name, inputs)
    definition.kind == CERMET_KIND_OPERATOR || throw(ArgumentError(
        "$(definition.name): a layer composes symbols; got $(join(typeof.(inputs), ", "))"))
    name === unset || throw(ArgumentError("$(definition.name): only nodes of a graph have a name"))
    isempty(definition.index_inputs) || (inputs = zero_based(definition, inputs))
    results = invoke(pointer, attrs, inputs, out, rng)
    attrs === nothing || close(attrs)
    isempty(definition.index_outputs) && return results
    return one_based(definition, results, out !== unset || !is_recording())
end

# Positions and classes count from 1 in arrays here, and from 0 in the engine. (Graphs are the engine's: not translated.)
function zero_based(definition, @nospecialize(inputs::Tuple))
    return ntuple(length(inputs)) do k
        input = inputs[k]
        k in definition.index_inputs && input !== nothing || return input
        input isa NDArray || !any(value -> value < 1, input) || throw(ArgumentError(
            "$(definition.name): input $k holds positions or classes, which are counted from 1: got $(minimum(input))"))
        elementwise(-, (as_ndarray(input), 1))
    end
end

function one_based(definition, results, in_place)
    shifted(k, x) = k in definition.index_outputs ? elementwise(+, (x, 1), in_place ? x : unset) : x
    results isa Tuple || return shifted(1, results)
    return Tuple(shifted(k, x) for (k, x) in enumerate(results))
end

# Inputs left out at the end do not count.
function without_left_out(@nospecialize(inputs::Tuple))
    used = something(findlast(input -> input !== nothing, inputs), 0)
    return used == length(inputs) ? inputs : inputs[1:used]
end

# For this package's own use: attributes are the engine's.
function invoke_operator(name::Union{String,Operator}, @nospecialize(inputs::Tuple), @nospecialize(values::NamedTuple=NamedTuple());
                         out=unset, rng=unset)
    pointer = operator_pointer(name)
    attrs = make_attrs(pointer, values)
    any(input -> input isa SymbolicNode, inputs) && return compose(pointer, attrs, unset, inputs)
    results = invoke(pointer, attrs, inputs, out, rng)
    attrs === nothing || close(attrs)
    return results
end

# An operator whose attributes are texts in the engine's conventions, as a graph holds them.
function apply_text(definition::Definition, attributes, @nospecialize(inputs::Tuple), name)
    pointer = definition_pointer(definition)
    attrs = isempty(attributes) ? nothing : cermet_attrs_create(pointer)
    for (key, value) in attributes
        cermet_attrs_set_text(attrs, key, value)
    end
    any(input -> input isa SymbolicNode, inputs) && return compose(pointer, attrs, name, inputs)
    isempty(definition.index_inputs) || (inputs = zero_based(definition, inputs))
    results = invoke(pointer, attrs, inputs, unset, unset)
    attrs === nothing || close(attrs)
    return results
end

# The same for the commonest call: two arrays of one type, no attributes, a new array of that type.
function invoke_pair(operator::Operator, a::A, b::A) where {A<:NDArray}
    recorder = current_recorder()::Union{Recorder,Nothing}
    pointer = operator_pointer(operator)
    results = Ptr{Cvoid}[C_NULL]
    GC.@preserve a b begin
        addresses = Ptr{Cvoid}[Base.unsafe_convert(Ptr{Cvoid}, a), Base.unsafe_convert(Ptr{Cvoid}, b)]
        with_memory(() -> cermet_op_invoke(pointer, C_NULL, addresses, 2, recorder === nothing ? C_NULL : recorder, C_NULL, results, 1))
    end
    handle = Handle{:ndarray}(results[1])
    array = A(handle, size(a) == size(b) ? size(a) : read_dims(handle, Val(ndims(a))),
              recorder !== nothing && recorder.recording ? recorder : nothing)
    count_bytes(sizeof(array))
    return array
end

function invoke(pointer::Ptr{Cvoid}, attrs, @nospecialize(inputs::Tuple), out, rng)
    arrays = Any[input === nothing ? nothing : as_ndarray(input) for input in inputs]
    addresses = Ptr{Cvoid}[a === nothing ? C_NULL : Base.unsafe_convert(Ptr{Cvoid}, a) for a in arrays]
    attributes = attrs === nothing ? C_NULL : attrs
    recorder = current_recorder()
    results = out === unset ?
        fill(C_NULL, cermet_op_num_outputs(pointer, attributes, length(addresses))) :
        pointers(out isa Tuple ? out : (out,))
    call() = cermet_op_invoke(pointer, attributes, addresses, length(addresses),
                              recorder === nothing ? C_NULL : recorder, rng === unset ? C_NULL : rng,
                              results, length(results))
    GC.@preserve arrays out with_memory(call)
    out === unset || return out
    kept = recorder !== nothing && recorder.recording ? recorder : nothing
    length(results) == 1 && return wrap(Handle{:ndarray}(results[1]), kept)
    handles = Handle{:ndarray}.(results)
    return Tuple(wrap(h, kept) for h in handles)
end
