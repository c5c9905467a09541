# SPDX-License-Identifier: Apache-2.0
# A graph made ready to run on given shapes, forward and backward, with all memory planned beforehand.

"""
    Executor

A graph with arrays behind its variables; made by [`bind`](@ref). `exe[:data]` is the array of an argument or state,
[`gradients`](@ref) and [`outputs`](@ref) give the others. One task at a time.
"""
struct Executor
    handle::Handle{:executor}
    symbol::SymbolicNode
    differentiated::Vector{String}
end

Base.cconvert(::Type{Ptr{Cvoid}}, exe::Executor) = exe.handle

# cermet_executor_options
struct ExecutorOptions
    struct_size::Csize_t
    memory_budget::Int64
    recompute::Float64
end

function ExecutorOptions(memory, recompute)
    memory === nothing || memory >= 0 || throw(ArgumentError("memory: got $memory; want at least 0 bytes"))
    recompute === nothing || recompute >= 0 || throw(ArgumentError("recompute: got $recompute; want at least 0"))
    time = recompute === nothing ? 0.0 : iszero(recompute) ? -1.0 : Float64(recompute)
    return ExecutorOptions(sizeof(ExecutorOptions), memory === nothing ? 0 : max(1, floor(Int64, memory)), time)
end

Base.cconvert(::Type{Ptr{Cvoid}}, options::Ref{ExecutorOptions}) = options
Base.unsafe_convert(::Type{Ptr{Cvoid}}, options::Ref{ExecutorOptions}) =
    Ptr{Cvoid}(Base.unsafe_convert(Ptr{ExecutorOptions}, options))

"""
    bind(node, on=cpu(); wrt=nothing, grad_req=:write, memory=nothing, recompute=nothing, data=(28, 28, 1, 64), ...)

Makes a graph ready to run. Keywords give the dimensions of enough variables to infer the rest. Gradients are computed for
the variables in `wrt`; by default all but those given as keywords and labels. Parameters that layers hold are used as they
are, not copied; the contents of arrays are the engine's, so classes in labels count from 0.

`memory` is the most bytes of intermediate values and arrays together, as [`planned_bytes`](@ref) gives them. What the
gradients need may be computed once more instead of kept, with the same results, the cheapest first; where nothing keeps
to the limit, the error says how many bytes would do. `recompute` is the most time for that, as a part of a step's (0.3
for 30 %, 0 for none). [`memory_plan`](@ref) shows what came out.

    exe = bind(net; data=(28, 28, 1, 64))
    exe[:data] .= images
    forward!(exe; train=true)
    backward!(exe)
    gradients(exe)[:dense1_weight]
"""
function Base.bind(node::SymbolicNode, on::Device=cpu(); wrt=nothing, grad_req::Symbol=:write, memory=nothing,
                   recompute=nothing, known...)
    names = wrt === nothing ? trained_arguments(node, keys(known)) : collect(String, string.(wrt))
    options = Ref(ExecutorOptions(memory, recompute))
    handle = cermet_executor_create_with(node, make_specs(known), names, length(names), grad_request(grad_req), on.code,
                                         on.id, options)
    exe = Executor(handle, node, names)
    states = auxiliary_states(node)
    for (name, array) in node.bound
        cermet_executor_set_array(handle, name in states ? CERMET_AUXILIARY : CERMET_ARGUMENT, name, array)
    end
    return exe
end

# What is neither data nor a label: those are named at the call, or end in "label" as loss outputs name them.
trained_arguments(node, given) =
    [name for name in arguments(node) if !(Symbol(name) in given) && !endswith(name, "label")]

arguments(exe::Executor) = arguments(exe.symbol)
auxiliary_states(exe::Executor) = auxiliary_states(exe.symbol)

role_of(exe, name) = name in arguments(exe) ? CERMET_ARGUMENT :
    name in auxiliary_states(exe) ? CERMET_AUXILIARY : throw(KeyError(name))

executor_array(exe, role, name) = wrap_shared(cermet_executor_array(exe, role, name))

Base.getindex(exe::Executor, name::Union{Symbol,AbstractString}) =
    executor_array(exe, role_of(exe, string(name)), string(name))

"Uses an array of the same dimensions and element type in place of the executor's own from now on."
function Base.setindex!(exe::Executor, array::NDArray, name::Union{Symbol,AbstractString})
    cermet_executor_set_array(exe, role_of(exe, string(name)), string(name), array)
    return exe
end

"The gradient arrays of an executor by the names of their arguments."
gradients(exe::Executor) = NamedArrays(copy(exe.differentiated),
    NDArray[executor_array(exe, CERMET_GRADIENT, name) for name in exe.differentiated])

"The outputs of the last forward pass; the next one overwrites them, so `copy` what must stay."
outputs(exe::Executor) = [wrap_shared(cermet_executor_output(exe, i)) for i in 0:length(exe.symbol)-1]

"""
    forward!(exe; train=false, rng, data=x, ...)

Runs a graph forward, after copying the arrays given by keyword into its arguments, and returns its outputs. With `train`,
operators behave as in training and what `backward!` needs is kept.
"""
function forward!(exe::Executor; train::Bool=false, rng=unset, inputs...)
    for (name, value) in inputs
        array = exe[name]
        size(array) == size(value) || throw(DimensionMismatch(
            "forward!: $name has dimensions $(size(array)), the array given $(size(value))"))
        copyto!(array, value)
    end
    cermet_executor_forward(exe, train, rng === unset ? C_NULL : rng)
    return outputs(exe)
end

"""
    backward!(exe, head_grads=[])

Fills the gradients after a `forward!(exe; train=true)`. One head gradient an output, or none for ones; loss outputs ignore
theirs.
"""
function backward!(exe::Executor, head_grads=())
    heads = NDArray[as_ndarray(head) for head in head_grads]
    GC.@preserve heads cermet_executor_backward(exe, isempty(heads) ? C_NULL : pointers(heads), length(heads))
    return
end

"""
    reshape(exe; data=(28, 28, 1, 32), ...)

An executor for other dimensions that shares the arrays whose dimensions stay.
"""
Base.reshape(exe::Executor; known...) =
    Executor(cermet_executor_reshape(exe, make_specs(known)), exe.symbol, exe.differentiated)

"Bytes of the planned memory: `arena` (intermediate values and outputs) and `arrays` (arguments, gradients, states)."
function planned_bytes(exe::Executor)
    arena, arrays = cermet_executor_planned_bytes(exe)
    return (arena=arena, arrays=arrays)
end

"""
    report(exe)

What the compiler made of a graph, as text: what it left out, fused, folded or laid out in blocks, and what it refused and
why.
"""
report(exe::Executor) = take_text(cermet_executor_report(exe))
