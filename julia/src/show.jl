# SPDX-License-Identifier: Apache-2.0
# How things look in the REPL and in notebooks: plain text for everything, tables in HTML for graphs and models.

# --- Arrays: printed from a copy on the host, with the device in the first line

type_text(::NDArray{T,N}) where {T,N} = "NDArray{$T,$N}"

Base.summary(io::IO, x::NDArray) = print(io, Base.dims2string(size(x)), " ", type_text(x), " on ", device_label(device(x)))

function Base.show(io::IO, ::MIME"text/plain", x::NDArray)
    isopen(x.handle) || return print(io, "closed ", type_text(x))
    summary(io, x)
    isempty(x) && return
    print(io, ":\n")
    Base.print_array(IOContext(io, :typeinfo => eltype(x), :compact => get(io, :compact, true)), Array(x))
end

Base.show(io::IO, x::NDArray) = isopen(x.handle) ?
    (print(io, "NDArray("); show(io, Array(x)); print(io, ")")) : print(io, "closed ", type_text(x))

# --- Tables

escape_html(value) = replace(replace(replace(string(value), "&" => "&amp;"), "<" => "&lt;"), ">" => "&gt;")

function html_table(io, head, rows)
    print(io, "<table><thead><tr>")
    foreach(cell -> print(io, "<th>", escape_html(cell), "</th>"), head)
    print(io, "</tr></thead><tbody>")
    for row in rows
        print(io, "<tr>")
        foreach(cell -> print(io, "<td>", escape_html(cell), "</td>"), row)
        print(io, "</tr>")
    end
    print(io, "</tbody></table>")
end

function text_table(io, head, rows)
    rows = [string.(row) for row in rows]
    widths = [maximum(length(row[c]) for row in [[collect(string.(head))]; rows]) for c in eachindex(head)]
    for row in [[collect(string.(head))]; rows]
        print(io, "\n  ", rstrip(join(rpad.(row, widths), "  ")))
    end
end

grouped(n::Integer) = replace(string(n), r"(?<=[0-9])(?=(?:[0-9]{3})+$)" => ",")

# --- Graphs and models

Base.show(io::IO, node::SymbolicNode) = print(io, "SymbolicNode(", join(outputs(node), ", "), ")")

const NODE_COLUMNS = ("node", "operator", "attributes", "inputs")

# Rows of the operators of a graph; its variables show as inputs.
function node_rows(node)
    nodes = parse_json(take_text(cermet_symbol_describe(node, C_NULL)))
    names = Dict(n["id"] => n["name"] for n in nodes)
    return [[n["name"], n["op"], join(("$key=$value" for (key, value) in sort!(collect(n["attrs"]))), ", "),
             join((names[input["node"]] for input in n["inputs"]), ", ")] for n in nodes if n["op"] !== nothing]
end

function Base.show(io::IO, ::MIME"text/plain", node::SymbolicNode)
    print(io, "SymbolicNode with outputs ", join(outputs(node), ", "))
    text_table(io, NODE_COLUMNS, node_rows(node))
end
Base.show(io::IO, ::MIME"text/html", node::SymbolicNode) = html_table(io, NODE_COLUMNS, node_rows(node))

Base.show(io::IO, exe::Executor) = print(io, "Executor(", join(outputs(exe.symbol), ", "), ")")
Base.show(io::IO, model::Model) = print(io, "Model(", join(inputs(model), ", "), " -> ", join(outputs(symbol(model)), ", "), ")")

const PARAMETER_COLUMNS = ("parameter", "dimensions", "elements")

function parameter_rows(arrays)
    rows = Any[Any[name, size(array), grouped(length(array))] for (name, array) in arrays]
    return push!(rows, Any["total", "", grouped(mapreduce(length, +, values(arrays); init=0))])
end

function Base.show(io::IO, ::MIME"text/plain", model::Model)
    show(io, model)
    text_table(io, PARAMETER_COLUMNS, parameter_rows(parameters(model)))
end
function Base.show(io::IO, ::MIME"text/html", model::Model)
    print(io, "<p>", escape_html(sprint(show, model)), "</p>")
    html_table(io, PARAMETER_COLUMNS, parameter_rows(parameters(model)))
end
