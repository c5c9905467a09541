# SPDX-License-Identifier: Apache-2.0
# The training loop, for layers and for graphs. Losses that the engine knows run as one call a batch; any other function
# is recorded and differentiated call by call. The loop is the same.

"""
    train!(model, loader; loss=logitcrossentropy, opt=Adam(), epochs=1, valid=nothing, callbacks=[], progress=true,
           precision=Float32, memory=nothing, recompute=nothing)

Trains the layers of `model` in place and returns a [`History`](@ref).

- `loader`: batches `(x, y)`, usually a [`DataLoader`](@ref)
- `loss(predictions, y)`: [`logitcrossentropy`](@ref), [`mse`](@ref), [`mae`](@ref), or any function of arrays
- `opt`: a rule such as `Adam(1e-3)`, or an optimizer from [`setup`](@ref)
- `valid`: `(x, y)` or a loader; adds `valid_loss` and `valid_accuracy`
- `callbacks`: functions called after each epoch with `(epoch, figures, model)`; one that returns `:stop` ends the training
- `precision`: `Float32`, or `Cermet.BFloat16` or `Float16` for mixed precision ([`mixed_precision`](@ref)), with a loss that
  the engine knows. Parameters stay `Float32`. `Float16` gets a loss scale unless `opt` is an optimizer that has one
- `memory`, `recompute`: most bytes that a step may take (the optimizer's own not counted), and the time that may be paid
  for it, as in [`bind`](@ref); for losses that the engine knows
- `progress`: log records with the key `progress`, and a bar on a terminal

Ctrl-C between two batches raises Julia's `InterruptException`; what was learnt so far stays in `model`.
"""
function train!(model, loader; loss=logitcrossentropy, opt=Adam(), epochs::Integer=1, valid=nothing, callbacks=(), progress::Bool=true,
                precision::Type=Float32, memory=nothing, recompute=nothing)
    epochs >= 0 || throw(ArgumentError("epochs must not be negative: got $epochs"))
    loader isa Tuple{AbstractArray,AbstractArray} && throw(ArgumentError(
        "train!: wanted batches, such as `DataLoader((x, y); batchsize=32, shuffle=true)`; got the arrays themselves"))
    optimizer = opt isa Rule ? setup(opt, model) : opt
    head = loss_head(loss)
    precision in (Float32, Float16, Cermet.BFloat16) || throw(ArgumentError(
        "train!: precision: got $precision; want Float32, Float16 or Cermet.BFloat16"))
    precision == Float32 || head !== nothing || throw(ArgumentError(
        "train!: precision: $precision needs a loss that the engine knows: logitcrossentropy, mse or mae"))
    precision == Float16 && loss_scale(optimizer).scale == 0 && loss_scale!(optimizer)
    limits = Cermet.ExecutorOptions(memory, recompute)
    head === nothing && (memory !== nothing || recompute !== nothing) &&
        throw(ArgumentError("train!: memory and recompute are for losses that the engine knows; got $loss"))
    stepper = head === nothing ? RecordedStepper(model, loss, optimizer) :
        CompiledStepper(model, head, optimizer, precision, limits)
    return run_epochs(stepper, model, loader, epochs, valid, callbacks, progress)
end

function run_epochs(stepper, model, loader, epochs, valid, callbacks, progress)
    history = History()
    for epoch in 1:epochs
        started = time()
        figures = run_pass(step!, stepper, loader, progress ? "epoch $epoch" : nothing)
        if valid !== nothing
            found = run_pass(evaluate!, stepper, valid_batches(valid), nothing)
            figures = merge(figures, NamedTuple{Symbol.(:valid_, keys(found))}(values(found)))
        end
        figures = merge(figures, (seconds=time() - started,))
        push!(history, figures)
        warn_not_finite(history[:loss])
        progress && @info "epoch $epoch" figures...
        stop = false
        for callback in callbacks
            stop |= callback(epoch, figures, model) === :stop
        end
        stop && break
    end
    return history
end

# Once, when it begins.
function warn_not_finite(losses)
    isfinite(losses[end]) || any(!isfinite, losses[1:end-1]) || @warn "train!: the loss is $(losses[end]) after epoch " *
        "$(length(losses)). Is there a NaN in the data, or is the learning rate too high?"
    return
end

valid_batches((x, y)::Tuple) = DataLoader((x, y); batchsize=min(256, max(numobs(x), 1)))
valid_batches(loader) = loader

# One pass over the data; the figures it gave.
function run_pass(act!, stepper, loader, title)
    reset!(stepper)
    count = length(loader)
    for (i, batch) in enumerate(loader)
        length(batch) == 2 || throw(ArgumentError("train!: wanted batches (x, y); got one of $(length(batch)) parts"))
        x, y = batch
        act!(stepper, x, y)
        title === nothing || report(title, i, count)
    end
    return figures(stepper)
end

# A record for front ends that draw bars (level -1 with a `progress` key), and a bar of our own on a terminal.
function report(title, done, count)
    @logmsg LogLevel(-1) title progress = done == count ? "done" : done / count _id = :cermet_training
    isinteractive() && stderr isa Base.TTY || return
    filled = round(Int, 30 * done / count)
    print(stderr, "\r", title, " [", "="^filled, " "^(30 - filled), "] ", done, "/", count, done == count ? "\r\e[K" : "")
end

# --- The engine does the whole step

mutable struct CompiledStepper
    model::Any
    head::LossHead
    optimizer::Optimizer
    precision::Type
    limits::Cermet.ExecutorOptions
    trainer::Any                    # made from the first batch, whose shapes it needs
    classes::Int                    # first dimension of the predictions
    positions::Bool                 # whether the data are positions, as for an Embedding
    loss::Metric
    accuracy::Union{Metric,Nothing}
end

CompiledStepper(model, head, optimizer, precision, limits) =
    CompiledStepper(model, head, optimizer, precision, limits, nothing, 0, false, Metric(head.metric),
                    head.classifies ? Metric(:accuracy) : nothing)

function with_trainer(call, stepper, x, y)
    x = convert(NDArray{Float32}, x)
    stepper.trainer === nothing && return with_trainer(call, make_trainer!(stepper, x, y), x, y)
    label = stepper.head.labels(y, stepper.classes)
    stepper.positions && (x = positions_from_zero(x))
    GC.@preserve x label call(stepper.trainer, Cermet.pointers((x, label)), 2)
    return
end

function make_trainer!(stepper, x, y)
    naming() do
        scores = stepper.model(Variable(:data))
        stepper.classes = last(infer_shape(scores; data=size(x)).outputs[1])[1]
        label = stepper.head.labels(y, stepper.classes)
        stepper.positions = takes_positions(scores, "data")
        graph = stepper.head.build(scores, Variable(:label))
        model = Model(stepper.precision == Float32 ? graph : mixed_precision(graph, stepper.precision))
        specs = Cermet.make_specs(["data" => x, "label" => label])
        stepper.trainer = Cermet.cermet_trainer_create_with(model, specs, stepper.optimizer, Ref(stepper.limits))
    end
    for metric in (stepper.loss, stepper.accuracy)
        metric === nothing || Cermet.cermet_trainer_add_metric(stepper.trainer, metric, 1, 0)
    end
    return stepper
end

function positions_from_zero(x)
    minimum(x)[] >= 1 || throw(ArgumentError("train!: positions are counted from 1: got $(minimum(x)[])"))
    return x .- 1
end

step!(s::CompiledStepper, x, y) = with_trainer((t, arrays, n) -> Cermet.cermet_trainer_step(t, arrays, n, C_NULL), s, x, y)
evaluate!(s::CompiledStepper, x, y) = with_trainer(Cermet.cermet_trainer_evaluate, s, x, y)

function reset!(stepper::CompiledStepper)
    empty!(stepper.loss)
    stepper.accuracy === nothing || empty!(stepper.accuracy)
end

figures(s::CompiledStepper) = s.accuracy === nothing ? (loss=s.loss[],) : (loss=s.loss[], accuracy=s.accuracy[])

# --- Each step is recorded

mutable struct RecordedStepper
    model::Any
    loss::Any
    optimizer::Optimizer
    total::Float64
    count::Int
end

RecordedStepper(model, loss, optimizer) = RecordedStepper(model, loss, optimizer, 0.0, 0)

function step!(stepper::RecordedStepper, x, y)
    value, gradients = withgradient(model -> stepper.loss(model(x), y), stepper.model)
    update!(stepper.optimizer, stepper.model, gradients)
    count_loss!(stepper, value, x)
end

evaluate!(stepper::RecordedStepper, x, y) = count_loss!(stepper, stepper.loss(stepper.model(x), y), x)

function count_loss!(stepper, value, x)
    stepper.total += value[] * numobs(x)
    stepper.count += numobs(x)
    return
end

reset!(stepper::RecordedStepper) = (stepper.total, stepper.count) = (0.0, 0)
figures(stepper::RecordedStepper) = (loss=stepper.total / stepper.count,)

# --- Callbacks

"""
    early_stopping(; monitor=:valid_loss, patience=3)

A callback that ends the training when `monitor` has not fallen for `patience` epochs.
"""
function early_stopping(; monitor::Symbol=:valid_loss, patience::Integer=3)
    best, waited = Inf, 0
    return function (epoch, figures, model)
        haskey(figures, monitor) || throw(ArgumentError(
            "early_stopping: there is no $monitor; want one of $(join(keys(figures), ", "))"))
        waited = figures[monitor] < best ? 0 : waited + 1
        best = min(best, figures[monitor])
        return waited >= patience ? :stop : nothing
    end
end

"""
    checkpoint(path)

A callback that saves the model after each epoch: `PATH-symbol.json` and `PATH-0003.params` (epoch 3).
"""
checkpoint(path::AbstractString) = (epoch, figures, model) -> (save(path, model; epoch=epoch); nothing)
