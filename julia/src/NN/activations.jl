# SPDX-License-Identifier: Apache-2.0
# Activations: plain functions of numbers, which broadcasting knows as operators.

import ..Cermet: UNARY

"max(x, 0)"
relu(x::Real) = max(x, zero(x))
"1 / (1 + exp(-x))"
sigmoid(x::Real) = 1 / (1 + exp(-x))
"x / (1 + |x|)"
softsign(x::Real) = x / (1 + abs(x))

const ACTIVATIONS = (relu => "relu", sigmoid => "sigmoid", softsign => "softsign")

function __init__()
    for (f, operator) in ACTIVATIONS
        UNARY[f] = operator
    end
end

"Exponentials along `dims` that sum to 1."
softmax(x; dims::Integer=1) = Ops.softmax(x; axis=dims)

"The logarithm of `softmax`, without its rounding errors."
logsoftmax(x; dims::Integer=1) = Ops.log_softmax(x; axis=dims)

"Everything but the last dimension (the batch) as one."
flatten(x) = Ops.flatten(x)
