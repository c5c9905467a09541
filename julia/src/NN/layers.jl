# SPDX-License-Identifier: Apache-2.0
# The layers. To write one's own: a struct with arrays (or layers) in its fields that one can call.

abstract type Layer end

# Data of another element type than the parameters', such as Julia's Float64, are converted.
like_parameters(array, x) = x
like_parameters(array, x::AbstractArray{<:Real}) = convert(NDArray{eltype(array)}, x)
like_parameters(array, x::NDArray) = Cermet.convert_elements(eltype(array), x)

activate(::typeof(identity), y) = y
activate(f, y) = f.(y)

# Parameters as the engine makes them for an operator whose other inputs are left out: `build` composes it on symbols.
function initial_arrays(build, dims; init=nothing)
    model = Model(build(Variable(:data)))
    return parameters(Cermet.initialize!(model, init; data=dims))
end

# --- Dense

"""
    Dense(in => out, activation=identity; bias=true, init=nothing)

`activation.(weight * x .+ bias)` along the first dimension. `init` is an initializer of the engine by name, with its
attributes: `:orthogonal`, `(:xavier, (magnitude=2,))`.
"""
mutable struct Dense <: Layer
    weight::NDArray
    bias::Union{NDArray,Nothing}
    activation::Any
end

function Dense((in, out)::Pair, activation=identity; bias::Bool=true, init=nothing)
    arrays = initial_arrays((in, 1); init=init) do x
        Ops.fully_connected(x; num_hidden=out, no_bias=!bias, flatten=false, name="layer")
    end
    return Dense(arrays["layer_weight"], get(arrays, "layer_bias", nothing), activation)
end

function (layer::Dense)(x)
    name = node_name(layer, x)
    weight, bias = operands(layer, x, :weight, :bias)
    y = Ops.fully_connected(like_parameters(layer.weight, x), weight, bias; num_hidden=size(layer.weight, 2), no_bias=bias === nothing, flatten=false, name...)
    return activate(layer.activation, y)
end

Base.show(io::IO, l::Dense) = print(io, "Dense(", size(l.weight, 1), " => ", size(l.weight, 2), activation_text(l), ")")
activation_text(layer) = layer.activation === identity ? "" : ", $(layer.activation)"

# --- Convolution

"""
    Conv(kernel, in => out, activation=identity; stride=1, pad=0, dilation=1, groups=1, bias=true, init=nothing)

Convolution over the leading dimensions of (width, height, channels, batch); `kernel` has one number for each of them, and
`stride`, `pad`, `dilation` one for all or one each.
"""
mutable struct Conv <: Layer
    weight::NDArray
    bias::Union{NDArray,Nothing}
    activation::Any
    options::NamedTuple
end

function Conv(kernel::Dims, (in, out)::Pair, activation=identity; stride=1, pad=0, dilation=1, groups::Integer=1, bias::Bool=true, init=nothing)
    options = (kernel=kernel, stride=each(stride, kernel), pad=each(pad, kernel), dilate=each(dilation, kernel),
               num_filter=out, num_group=groups, no_bias=!bias)
    extent = @. (kernel - 1) * options.dilate + 1
    arrays = initial_arrays(x -> Ops.convolution(x; options..., name="layer"), (extent..., in, 1); init=init)
    return Conv(arrays["layer_weight"], get(arrays, "layer_bias", nothing), activation, options)
end

each(n::Integer, kernel) = map(_ -> Int(n), kernel)
each(values, kernel) = length(values) == length(kernel) ? Tuple(Int.(values)) :
    throw(ArgumentError("wanted one number, or one for each of the $(length(kernel)) dimensions of the kernel; got $values"))

function (layer::Conv)(x)
    name = node_name(layer, x)
    y = Ops.convolution(like_parameters(layer.weight, x), operands(layer, x, :weight, :bias)...; layer.options..., name...)
    return activate(layer.activation, y)
end

Base.show(io::IO, l::Conv) = print(io, "Conv(", l.options.kernel, ", ",
    size(l.weight, ndims(l.weight) - 1) * l.options.num_group, " => ", l.options.num_filter, activation_text(l), ")")

# --- Pooling

"Pooling over windows or, with a kernel of `nothing`, over everything but channels and batch."
struct Pool <: Layer
    kind::Symbol
    kernel::Union{Dims,Nothing}
    stride::Union{Dims,Nothing}
    pad::Union{Dims,Nothing}
end

"    MaxPool(window; stride=window, pad=0)"
MaxPool(window::Dims; stride=window, pad=0) = Pool(:max, window, each(stride, window), each(pad, window))
"    MeanPool(window; stride=window, pad=0)"
MeanPool(window::Dims; stride=window, pad=0) = Pool(:avg, window, each(stride, window), each(pad, window))
"    GlobalMaxPool()"
GlobalMaxPool() = Pool(:max, nothing, nothing, nothing)
"    GlobalMeanPool()"
GlobalMeanPool() = Pool(:avg, nothing, nothing, nothing)

(layer::Pool)(x) = layer.kernel === nothing ?
    Ops.pooling(x; pool_type=layer.kind, global_pool=true, node_name(layer, x)...) :
    Ops.pooling(x; pool_type=layer.kind, kernel=layer.kernel, stride=layer.stride, pad=layer.pad, node_name(layer, x)...)

function Base.show(io::IO, l::Pool)
    name = l.kind === :max ? "MaxPool" : "MeanPool"
    l.kernel === nothing ? print(io, "Global", name, "()") : print(io, name, "(", l.kernel, ")")
end

# --- Normalisation

"""
    BatchNorm(channels; momentum=0.9, epsilon=1e-5)

Normalises each channel (the last dimension but one) over the batch; outside training by moving averages.
"""
mutable struct BatchNorm <: Layer
    gamma::NDArray
    beta::NDArray
    moving_mean::NDArray
    moving_var::NDArray
    momentum::Float64
    epsilon::Float64
end

BatchNorm(channels::Integer; momentum::Real=0.9, epsilon::Real=1e-5) = BatchNorm(
    ones(NDArray{Float32}, channels), zeros(NDArray{Float32}, channels),
    zeros(NDArray{Float32}, channels), ones(NDArray{Float32}, channels), momentum, epsilon)

trainable(layer::BatchNorm) = (gamma=layer.gamma, beta=layer.beta)

function (layer::BatchNorm)(x)
    name = node_name(layer, x)
    arrays = operands(layer, x, :gamma, :beta, :moving_mean, :moving_var)
    return Ops.batch_norm(like_parameters(layer.gamma, x), arrays...; momentum=layer.momentum, eps=layer.epsilon, fix_gamma=false, name...)
end

Base.show(io::IO, l::BatchNorm) = print(io, "BatchNorm(", length(l.gamma), ")")

"""
    LayerNorm(features; epsilon=1e-5)

Normalises the first dimension of each observation.
"""
mutable struct LayerNorm <: Layer
    gamma::NDArray
    beta::NDArray
    epsilon::Float64
end

LayerNorm(features::Integer; epsilon::Real=1e-5) =
    LayerNorm(ones(NDArray{Float32}, features), zeros(NDArray{Float32}, features), epsilon)

function (layer::LayerNorm)(x)
    name = node_name(layer, x)
    return Ops.layer_norm(like_parameters(layer.gamma, x), operands(layer, x, :gamma, :beta)...; axis=1, eps=layer.epsilon, name...)
end

Base.show(io::IO, l::LayerNorm) = print(io, "LayerNorm(", length(l.gamma), ")")

# --- Dropout

"    Dropout(p): sets a part `p` of the values to zero while training, and scales the others up."
struct Dropout <: Layer
    p::Float64
end

(layer::Dropout)(x) = Ops.dropout(x; p=layer.p, node_name(layer, x)...)

# --- Chain

"""
    Chain(layers...)

Calls one layer after the other. Any function may stand among them. `chain[2]`, `chain[1:3]` and `length` work.
"""
struct Chain <: Layer
    layers::Vector{Any}
    Chain(layers...) = new(collect(Any, layers))
end

(chain::Chain)(x) = foldl((value, layer) -> layer(value), chain.layers; init=x)
(chain::Chain)(x::SymbolicNode) = naming(() -> foldl((value, layer) -> layer(value), chain.layers; init=x))
(chain::Chain)(x::AbstractArray) = foldl((value, layer) -> layer(value), chain.layers; init=Cermet.as_ndarray(x))

Base.length(chain::Chain) = length(chain.layers)
Base.getindex(chain::Chain, i::Integer) = chain.layers[i]
Base.getindex(chain::Chain, range) = Chain(chain.layers[range]...)
Base.iterate(chain::Chain, state...) = iterate(chain.layers, state...)

"""
    Cermet.Model(layer, data=:data)

The graph that a layer builds, with the layer's own arrays as its parameters: to save it, or to predict from many tasks.
"""
Cermet.Model(layer::Layer, data=:data) = Model(naming(() -> layer(Variable(data))))

"""
    save(path, layer; epoch=0)

Saves the layer's graph and parameters, in the form that [`load_model`](@ref) and all other languages read.
"""
Cermet.save(path::AbstractString, layer::Layer; epoch::Integer=0) = save(path, Model(layer); epoch=epoch)
