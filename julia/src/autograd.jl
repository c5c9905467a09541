# SPDX-License-Identifier: Apache-2.0
# Gradients: attached to arrays as in a training loop, or of a function as a value.

"""
    attach_grad!(x; grad_req=:write)

Gives `x` a gradient that [`backward!`](@ref) fills: `:write` overwrites it, `:add` adds to it, `:null` takes it away.
"""
function attach_grad!(x::NDArray; grad_req::Symbol=:write)
    cermet_ndarray_attach_grad(x, grad_request(grad_req))
    return x
end

const GRAD_REQUESTS = (null=CERMET_GRAD_NULL, write=CERMET_GRAD_WRITE, add=CERMET_GRAD_ADD)

grad_request(name) = haskey(GRAD_REQUESTS, name) ? GRAD_REQUESTS[name] :
    throw(ArgumentError("grad_req: got $(repr(name)); want one of $(join(keys(GRAD_REQUESTS), ", "))"))

"""
    grad(x)

The gradient attached to `x`: an array that shares its memory.
"""
grad(x::NDArray) = wrap_shared(cermet_ndarray_grad(x))

"""
    backward!(y, head_grad=nothing; retain_graph=false)

Fills the gradients attached to the arrays from which `y` was computed inside [`record`](@ref). `y` may be a tuple of
arrays; `head_grad` weighs its elements (`nothing`: ones).
"""
backward!(y::NDArray, head_grad=nothing; retain_graph::Bool=false) =
    backward!((y,), (head_grad,); retain_graph=retain_graph)

function backward!(heads::Tuple{NDArray,Vararg{NDArray}}, head_grads::Tuple=map(_ -> nothing, heads); retain_graph::Bool=false)
    length(heads) == length(head_grads) || throw(DimensionMismatch(
        "backward!: $(length(heads)) arrays and $(length(head_grads)) head gradients"))
    recorder = heads[1].recorder
    recorder === nothing &&
        throw(ArgumentError("backward!: the array was not computed inside `record() do ... end`"))
    weights = head_weights(heads, head_grads)
    GC.@preserve heads weights cermet_recorder_backward(recorder, pointers(heads), length(heads), weight_pointers(weights), retain_graph)
    return
end

head_weights(heads, head_grads) = map(heads, head_grads) do head, weight
    weight === nothing ? nothing : convert(NDArray{eltype(head)}, weight)
end

weight_pointers(weights) =
    Ptr{Cvoid}[w === nothing ? C_NULL : Base.unsafe_convert(Ptr{Cvoid}, w) for w in weights]

"""
    withgradient(f, args...; train=true) -> value, gradient

Calls `f(args...)`, whose value must be one number in an array (such as `sum(...)`), and computes the gradient with respect
to each argument: arrays, or structs, tuples and dictionaries that hold arrays (see [`Cermet.NN.parameters`](@ref)). With
one argument the gradient comes alone, with several as a tuple. Calls may be nested for gradients of gradients.

    loss, g = withgradient(w -> sum(abs2, w * x), w)
"""
function withgradient(f, args...; train::Bool=true)
    isempty(args) && throw(ArgumentError("withgradient: wanted arguments to differentiate by"))
    args = map(as_differentiable, args)
    outer = current_recorder()
    nested = outer !== nothing && outer.recording
    recorder = nested ? outer : Recorder(train)
    return with_recorder(recorder) do
        value = f(args...)
        head = value isa Tuple ? first(value) : value
        head isa NDArray && length(head) == 1 ||
            throw(ArgumentError("withgradient: the function must return one number in an NDArray; got $(summary(head))"))
        grads = gradients_of(recorder, head, args, nested)
        nested || cermet_recorder_clear(recorder)
        value, length(args) == 1 ? grads[1] : grads
    end
end

"""
    gradient(f, args...)

The gradient of [`withgradient`](@ref) alone.
"""
gradient(f, args...; train::Bool=true) = withgradient(f, args...; train=train)[2]

as_differentiable(x::AbstractArray{<:Real}) = as_ndarray(x)
as_differentiable(x) = x

function gradients_of(recorder, head, args, create_graph)
    variables = NDArray[]
    foreach(arg -> append!(variables, values(parameters(arg))), args)
    results = fill(C_NULL, length(variables))
    GC.@preserve head variables cermet_recorder_gradient(recorder, pointers((head,)), 1, C_NULL, pointers(variables),
        length(variables), create_graph, results)
    kept = create_graph ? recorder : nothing
    grads = [wrap(h, kept) for h in Handle{:ndarray}.(results)]
    return map(arg -> like_argument(arg, grads), args)
end

# The next gradients of the list, in the form of the argument they belong to.
like_argument(::NDArray, grads) = popfirst!(grads)
function like_argument(arg, grads)
    names = keys(parameters(arg))
    return NamedArrays(copy(names), splice!(grads, 1:length(names)))
end
