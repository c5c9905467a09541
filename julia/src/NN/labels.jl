# SPDX-License-Identifier: Apache-2.0
# Classes as words, as numbers from 1, and as columns of truth values.

"""
    onehotbatch(labels, classes)

A matrix with one column for each label, `true` in the row of its class.
"""
function onehotbatch(labels, classes)
    classes = collect(classes)
    result = falses(length(classes), length(labels))
    for (column, label) in enumerate(labels)
        row = findfirst(isequal(label), classes)
        row === nothing && throw(ArgumentError(
            "onehotbatch: $(repr(label)) is none of the classes $classes" * (label == 0 ? "; classes are counted from 1" : "")))
        result[row, column] = true
    end
    return result
end

"""
    onecold(scores, classes=1:size(scores, 1))

The class with the highest score in each column.
"""
function onecold(scores::AbstractMatrix, classes=1:size(scores, 1))
    classes = collect(classes)
    length(classes) == size(scores, 1) || throw(DimensionMismatch(
        "onecold: $(length(classes)) classes for scores of dimensions $(size(scores))"))
    return [classes[argmax(column)] for column in eachcol(Array(scores))]
end
onecold(scores::AbstractVector, classes=1:length(scores)) = collect(classes)[argmax(Array(scores))]

# Labels in any form as class numbers from 1.
class_numbers(labels::AbstractVector{<:Real}, classes::Integer) = check_classes(Int.(Array(labels)), classes)
class_numbers(labels::AbstractMatrix, classes::Integer) = size(labels, 1) == classes ? onecold(labels) :
    throw(DimensionMismatch("labels of dimensions $(size(labels)) for $classes classes; want one column of $classes for each observation"))

class_numbers(labels, classes::Integer) = throw(ArgumentError(
    "labels must be class numbers from 1 to $classes; got a $(summary(labels)). For classes with names use `onehotbatch(labels, names)`"))

function check_classes(numbers, classes)
    wrong = findfirst(n -> !(1 <= n <= classes), numbers)
    wrong === nothing || throw(ArgumentError("label number $wrong is $(numbers[wrong]); want a class from 1 to $classes" *
        (numbers[wrong] == 0 ? " (classes are counted from 1: add 1, or use `onehotbatch(y, 0:$(classes - 1))`)" : "")))
    return numbers
end
