# SPDX-License-Identifier: Apache-2.0
# A graph with its parameters: loaded, saved, and called like a function.

"""
    Model

A graph with values for its parameters. A model is a function: `model(x)` gives the predictions for a batch, whose last
dimension counts observations. Any number of tasks may call it.

    Model(net)                    # from a graph whose layers hold their parameters
    load_model("LeNet", 10)       # from files
    model(data=x, mask=m)         # several inputs, by name
"""
struct Model
    handle::Handle{:model}
    sessions::Dict{Vector{String},Handle{:session}}
    lock::ReentrantLock             # a session serves one caller at a time
end

Model(handle::Handle{:model}) = Model(handle, Dict{Vector{String},Handle{:session}}(), ReentrantLock())

function Model(node::SymbolicNode)
    model = Model(cermet_model_create(node))
    for (name, array) in node.bound
        cermet_model_set_parameter(model, name, array)
    end
    return model
end

Base.cconvert(::Type{Ptr{Cvoid}}, model::Model) = model.handle

"""
    load_model(path, epoch=0)

Reads a model: one file if `path` ends in `.safetensors`, else `PATH-symbol.json` and `PATH-0010.params` (for epoch 10) as
MXNet writes them.
"""
load_model(path::AbstractString, epoch::Integer=0) = Model(cermet_model_load(path, epoch))

"""
    save(path, model; epoch=0)

Writes a model in the form that [`load_model`](@ref) reads. Each file is replaced only when the new one is whole.
"""
save(path::AbstractString, model::Model; epoch::Integer=0) = cermet_model_save(model, path, epoch)

"The model as bytes (safetensors form), and back."
to_bytes(model::Model) = take_bytes(cermet_model_to_bytes(model))
from_bytes(bytes::Vector{UInt8}) = Model(cermet_model_from_bytes(bytes, length(bytes)))

"A model with parameters of its own."
Base.copy(model::Model) = Model(cermet_model_copy(model))

symbol(model::Model) = SymbolicNode(cermet_model_symbol(model))

"Names of what must be given to predict."
inputs(model::Model) = string_list(cermet_model_inputs(model))

"The parameters and states of a model: the arrays themselves, not copies."
function parameters(model::Model)
    names = string_list(cermet_model_parameters(model))
    return NamedArrays(names, NDArray[wrap_shared(cermet_model_parameter(model, n)) for n in names])
end

function set_parameter!(model::Model, name, array)
    cermet_model_set_parameter(model, string(name), as_ndarray(array))
    return model
end

"""
    Cermet.initialize!(model, initializer=:default; rng, data=(28, 28, 1, 64), ...)

Gives every parameter without a value one. Keywords give the dimensions of the inputs; `initializer` is one of the engine's
by name, with its attributes: `(:xavier, (magnitude=2,))`.
"""
function initialize!(model::Model, initializer=nothing; rng=unset, known...)
    name, values = initializer isa Tuple ? initializer : (initializer, NamedTuple())
    definition = name === nothing ? C_NULL : cermet_def_find(CERMET_KIND_INITIALIZER, string(name))
    attrs = definition == C_NULL ? nothing : make_attrs(definition, values)
    cermet_model_initialize(model, make_specs(known), definition, attrs === nothing ? C_NULL : attrs,
                            rng === unset ? C_NULL : rng)
    return model
end

"""
    metadata(model, key)

A text kept with the model (class labels, input layout ...), or `nothing`. `Cermet.set_metadata!(model, key => text)` sets
it.
"""
function metadata(model::Model, key)
    try
        return cermet_model_metadata(model, string(key))
    catch problem
        problem isa CermetError && problem.status == :not_found || rethrow()
        return nothing
    end
end
set_metadata!(model::Model, (key, value)::Pair) = cermet_model_set_metadata(model, string(key), string(value))

# --- Prediction

function (model::Model)(x::AbstractArray)
    names = inputs(model)
    length(names) == 1 || throw(ArgumentError(
        "this model has the inputs $(join(names, ", ")): call it as model($(join(names, "=..., "))=...)"))
    return run_session(model, names, (x,))
end

function (model::Model)(; named...)
    isempty(named) && throw(ArgumentError("a model is called with its inputs: $(join(inputs(model), ", "))"))
    return run_session(model, String[string(name) for name in keys(named)], Tuple(values(named)))
end

function run_session(model, names, arrays)
    T = parameter_type(model)
    specs = make_specs(name => (size(array), T) for (name, array) in zip(names, arrays))
    lock(model.lock)
    try
        session = get(model.sessions, names, nothing)
        if session === nothing
            session = model.sessions[names] = cermet_session_create(model, specs)
        else
            cermet_session_reshape(session, specs)
        end
        for (name, array) in zip(names, arrays)
            copyto!(wrap_shared(cermet_session_input(session, name)), array)
        end
        cermet_session_run(session)
        # The session's own memory is overwritten by the next call.
        results = [copy(wrap_shared(cermet_session_output(session, i))) for i in 0:length(symbol(model))-1]
        return length(results) == 1 ? results[1] : Tuple(results)
    finally
        unlock(model.lock)
    end
end

# Inputs are converted to the element type of the first parameter of floating point.
function parameter_type(model)
    for array in values(parameters(model))
        eltype(array) <: AbstractFloat && return eltype(array)
    end
    return Float32
end

"""
    predict(model, x; batchsize=256)
    predict(f, model, x; batchsize=256)

Predictions for all observations in `x` (the last dimension counts them), computed in batches: one `Array` of all. With a
function, calls `f(predictions, first_observation)` for each batch instead. `model` may be a [`Model`](@ref) or layers.
"""
function predict(model, x::AbstractArray; batchsize::Integer=256)
    parts = Array[]
    predict((part, first) -> push!(parts, Array(part)), model, x; batchsize=batchsize)
    isempty(parts) && throw(ArgumentError("predict: no observations in an array of dimensions $(size(x))"))
    return cat(parts...; dims=ndims(parts[1]))
end

function predict(f, model, x::AbstractArray; batchsize::Integer=256)
    batchsize >= 1 || throw(ArgumentError("batchsize must be at least 1: got $batchsize"))
    n = size(x, ndims(x))
    for first in 1:batchsize:n
        batch = last_dim(x, first:min(first + batchsize - 1, n))
        f(model(as_ndarray(batch)), first)
    end
end

# The observations at `range`.
last_dim(x::AbstractArray, range) = view(x, ntuple(_ -> :, ndims(x) - 1)..., range)
