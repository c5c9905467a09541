# SPDX-License-Identifier: Apache-2.0
# Update rules: chosen by name, kept by the engine, applied to all arrays of a model in one step.

"""
    Rule(name; attributes...)

An optimizer of the engine with its settings. [`SGD`](@ref), [`Adam`](@ref) ... are short forms.
"""
struct Rule
    name::String
    values::NamedTuple
    Rule(name; values...) = new(string(name), (; values...))
end

"    SGD(rate=0.01; momentum=0, wd=0, ...): gradient descent, with momentum if wanted."
SGD(rate::Real=0.01; options...) = Rule(:sgd; learning_rate=Float64(rate), options...)
"    NAG(rate=0.01; momentum=0.9, ...): Nesterov's accelerated gradient."
NAG(rate::Real=0.01; momentum::Real=0.9, options...) = Rule(:nag; learning_rate=Float64(rate), momentum=momentum, options...)
"    Adam(rate=0.001; beta1=0.9, beta2=0.999, epsilon=1e-8, ...)"
Adam(rate::Real=0.001; options...) = Rule(:adam; learning_rate=Float64(rate), options...)
"    AdamW(rate=0.001; wd=0.01, ...): Adam with weight decay of its own."
AdamW(rate::Real=0.001; wd::Real=0.01, options...) = Rule(:adamw; learning_rate=Float64(rate), wd=wd, options...)
"    RMSProp(rate=0.001; ...)"
RMSProp(rate::Real=0.001; options...) = Rule(:rmsprop; learning_rate=Float64(rate), options...)
"    AdaGrad(rate=0.01; ...)"
AdaGrad(rate::Real=0.01; options...) = Rule(:adagrad; learning_rate=Float64(rate), options...)

Base.show(io::IO, rule::Rule) = print(io, "Rule(:", rule.name, join(("; $k=$v" for (k, v) in pairs(rule.values)), ""), ")")

"""
    Schedule(name; attributes...)

The learning rate as a function of the number of updates: `Schedule(:factor; step=1000, factor=0.5)`,
`Schedule(:cosine; ...)`. For [`setup`](@ref).
"""
struct Schedule
    name::String
    values::NamedTuple
    Schedule(name; values...) = new(string(name), (; values...))
end

"An update rule at work: its states, its count of updates, its learning rate."
struct Optimizer
    handle::Handle{:optimizer}
    rule::Rule
end

Base.cconvert(::Type{Ptr{Cvoid}}, optimizer::Optimizer) = optimizer.handle

# The definition of a thing with a name and values, and its attributes.
function definition_of(kind, thing)
    definition = Cermet.cermet_def_find(kind, thing.name)
    return definition, something(Cermet.make_attrs(definition, thing.values), Some(C_NULL))
end

"""
    setup(rule, model=nothing; schedule=nothing)

An optimizer ready for [`update!`](@ref). Its states belong to arrays by their names, so one optimizer serves one model.
"""
function setup(rule::Rule, model=nothing; schedule::Union{Schedule,Nothing}=nothing)
    optimizer = Optimizer(Cermet.cermet_optimizer_create(definition_of(Cermet.CERMET_KIND_OPTIMIZER, rule)...), rule)
    schedule === nothing ||
        Cermet.cermet_optimizer_set_schedule(optimizer, definition_of(Cermet.CERMET_KIND_SCHEDULE, schedule)...)
    return optimizer
end

"""
    update!(optimizer, model, gradients)

One step: changes the parameters of `model` in place by the gradients that [`withgradient`](@ref) gave for it. For a single
array, `update!(optimizer, w, g)`.
"""
function update!(optimizer::Optimizer, model, gradients::NamedArrays)
    weights = parameters(model)
    names = filter(name -> haskey(weights, name), keys(gradients))
    length(names) == length(gradients) || throw(ArgumentError(
        "update!: the gradients $(join(setdiff(keys(gradients), names), ", ")) belong to no parameter of this model"))
    return update!(optimizer, names, [weights[name] for name in names], values(gradients))
end
update!(optimizer::Optimizer, weight::NDArray, gradient::NDArray) = update!(optimizer, ["weight"], [weight], [gradient])

function update!(optimizer::Optimizer, names::Vector{String}, weights, gradients)
    GC.@preserve weights gradients Cermet.cermet_optimizer_update(optimizer, names, Cermet.pointers(weights),
        Cermet.pointers(gradients), length(names))
    return
end

"The learning rate of the next update."
learning_rate(optimizer::Optimizer) = Cermet.cermet_optimizer_learning_rate(optimizer)
learning_rate!(optimizer::Optimizer, value::Real) = Cermet.cermet_optimizer_set_learning_rate(optimizer, value)

"""
    loss_scale!(optimizer, scale=65536; growth_interval=2000)
    loss_scale(optimizer) -> (scale, skipped)

Loss scaling, for gradients of `Float16`, which round to zero where they are small. [`train!`](@ref) multiplies its gradients
by the scale where losses begin them; updates divide by it, and are left out where gradients are not all finite. The scale
is halved with each update that is left out and doubled after `growth_interval` good ones (0 lets it stay); a `scale` of 0
takes it away.
"""
function loss_scale!(optimizer::Optimizer, scale::Real=65536; growth_interval::Integer=2000)
    Cermet.cermet_optimizer_set_loss_scale(optimizer, scale, growth_interval)
    return optimizer
end
loss_scale(optimizer::Optimizer) =
    (scale=Cermet.cermet_optimizer_loss_scale(optimizer), skipped=Cermet.cermet_optimizer_skipped_updates(optimizer))

"All states of an optimizer as bytes, and back: to go on training later."
to_bytes(optimizer::Optimizer) = Cermet.take_bytes(Cermet.cermet_optimizer_to_bytes(optimizer))
restore!(optimizer::Optimizer, bytes::Vector{UInt8}) =
    (Cermet.cermet_optimizer_restore(optimizer, bytes, length(bytes)); optimizer)

"""
    Cermet.NN.Metric(name; attributes...)

A figure of the engine that accumulates over batches: `push!(metric, (labels, predictions))`, `metric[]`, `empty!(metric)`.
Labels are the engine's: classes count from 0.
"""
struct Metric
    handle::Handle{:metric}
    name::String
end

function Metric(name; values...)
    definition, attrs = definition_of(Cermet.CERMET_KIND_METRIC, (name=string(name), values=(; values...)))
    return Metric(Cermet.cermet_metric_create(definition, attrs), string(name))
end

Base.cconvert(::Type{Ptr{Cvoid}}, metric::Metric) = metric.handle
Base.getindex(metric::Metric) = Cermet.cermet_metric_value(metric)
Base.empty!(metric::Metric) = (Cermet.cermet_metric_reset(metric); metric)
function Base.push!(metric::Metric, (labels, predictions)::Tuple)
    Cermet.cermet_metric_update(metric, Cermet.as_ndarray(labels), Cermet.as_ndarray(predictions))
    return metric
end
