# SPDX-License-Identifier: Apache-2.0
# Losses: means over the batch. Each can also be the head of a graph, for `train!`: see `loss_head`.

"""
    logitcrossentropy(scores, labels)

Cross entropy of `softmax(scores)`, whose first dimension counts classes. `labels` are class numbers from 1, or columns of
[`onehotbatch`](@ref).
"""
function logitcrossentropy(scores::NDArray, labels)
    classes = size(scores, 1)
    logs = logsoftmax(scores)
    if ndims(labels) == ndims(scores)
        size(labels) == size(scores) || throw(DimensionMismatch(
            "logitcrossentropy: scores have dimensions $(size(scores)), labels $(size(labels))"))
        return -sum(logs .* eltype(scores).(Cermet.as_ndarray(labels))) / (length(labels) / classes)
    end
    numbers = class_numbers(labels, classes)
    length(numbers) * classes == length(scores) || throw(DimensionMismatch(
        "logitcrossentropy: $(length(numbers)) labels for scores of dimensions $(size(scores))"))
    picked = Cermet.invoke_operator("pick", (logs, NDArray(eltype(scores).(numbers .- 1))), (axis=-1,))
    return -mean(picked)
end

"    mse(predictions, targets): mean of squared differences."
mse(predictions::NDArray, targets) = mean(abs2, predictions .- same_form("mse", predictions, targets))

"    mae(predictions, targets): mean of absolute differences."
mae(predictions::NDArray, targets) = mean(abs, predictions .- same_form("mae", predictions, targets))

function same_form(name, predictions, targets)
    length(targets) == length(predictions) || throw(DimensionMismatch(
        "$name: predictions have dimensions $(size(predictions)), targets $(size(targets))"))
    return reshape(convert(NDArray{eltype(predictions)}, targets), size(predictions))
end

"""
    accuracy(model, data; batchsize=256)

Part of the observations whose class `model` finds. `data` is `(x, y)` or a [`DataLoader`](@ref); labels are class numbers
from 1 or columns of [`onehotbatch`](@ref).
"""
function accuracy(model, (x, y)::Tuple; batchsize::Integer=256)
    scores = predict(model, x; batchsize=batchsize)
    return mean(onecold(scores) .== class_numbers(y, size(scores, 1)))
end
function accuracy(model, loader)
    right = total = 0
    for (x, y) in loader
        scores = model(x)
        right += sum(onecold(scores) .== class_numbers(y, size(scores, 1)))
        total += size(scores, 2)
    end
    return right / total
end

# --- As the head of a graph

# How `train!` trains a loss inside the engine: the node on top, the metric that is the loss, and labels as the engine
# wants them. `nothing` for a function it does not know: then gradients are recorded call by call.
struct LossHead
    build::Any
    metric::String
    labels::Any
    classifies::Bool
end

loss_head(loss) = nothing
loss_head(::typeof(logitcrossentropy)) = LossHead(
    (scores, label) -> Ops.softmax_output(scores, label; normalization=:batch, name="softmax"), "cross_entropy",
    (y, classes) -> NDArray(Float32.(class_numbers(y, classes) .- 1)), true)
loss_head(::typeof(mse)) = LossHead(
    (scores, label) -> Ops.linear_regression_output(scores, label; name="regression"), "mse",
    (y, classes) -> convert(NDArray{Float32}, y), false)
loss_head(::typeof(mae)) = LossHead(
    (scores, label) -> Ops.mae_regression_output(scores, label; name="regression"), "mae",
    (y, classes) -> convert(NDArray{Float32}, y), false)
