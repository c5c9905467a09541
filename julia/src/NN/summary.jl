# SPDX-License-Identifier: Apache-2.0
# A model as a table of layers.

Base.show(io::IO, chain::Chain) = (print(io, "Chain("); join(io, chain.layers, ", "); print(io, ")"))

const LAYER_COLUMNS = ("layer", "parameters")

function layer_rows(chain)
    rows = Any[Any[sprint(print, layer), Cermet.grouped(count_parameters(layer))] for layer in chain.layers]
    return push!(rows, Any["total", Cermet.grouped(count_parameters(chain))])
end

count_parameters(layer) = mapreduce(length, +, values(parameters(layer)); init=0)

function Base.show(io::IO, ::MIME"text/plain", chain::Chain)
    print(io, "Chain of ", length(chain), " layers")
    Cermet.text_table(io, LAYER_COLUMNS, layer_rows(chain))
end
Base.show(io::IO, ::MIME"text/html", chain::Chain) = Cermet.html_table(io, LAYER_COLUMNS, layer_rows(chain))
