# SPDX-License-Identifier: Apache-2.0
# The generated functions, one a definition, in modules of their own: many share a name with a function of Base.

"""
    Cermet.Ops

All operators of the engine by their names, for arrays and symbols alike: `Ops.fully_connected(x, w, b; num_hidden=10)`.

Everything follows Julia: dimensions reversed; axes, positions and classes from 1, in attributes and in arrays. Only what a
graph computes on is the engine's own, with positions and classes from 0, since a saved graph means the same in every
language. `out=x` writes the result into `x`, `name="fc1"` names the node of a graph, `rng=` gives random operators a stream
of their own.
"""
baremodule Ops
import Base
import Base: Int
import ..Cermet: apply, unset, Definition, Attribute
Base.include(Ops, "generated/ops.jl")
end

"""
    Cermet.Layers

All layers of the engine by their names, for composing graphs: `Layers.dense(x; units=10)`. Parameters become variables of
the graph. For layers that hold their parameters, see `Cermet.NN`.
"""
baremodule Layers
import Base
import Base: Int
import ..Cermet: apply, unset, Definition, Attribute
Base.include(Layers, "generated/layers.jl")
end
