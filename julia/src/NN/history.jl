# SPDX-License-Identifier: Apache-2.0
# What a training run was like, epoch by epoch: a table in the REPL, a table and curves in notebooks.

"""
    History

Figures of a training run: `history[:loss]` is one number an epoch. `names(history)` lists what there is.
"""
struct History
    columns::Vector{Pair{Symbol,Vector{Float64}}}
end
History() = History(Pair{Symbol,Vector{Float64}}[])

Base.names(history::History) = first.(history.columns)
Base.length(history::History) = isempty(history.columns) ? 0 : length(last(history.columns[1]))
Base.keys(history::History) = names(history)

function Base.getindex(history::History, name::Symbol)
    i = findfirst(==(name), names(history))
    i === nothing && throw(KeyError(name))
    return last(history.columns[i])
end

function Base.push!(history::History, figures::NamedTuple)
    for (name, value) in pairs(figures)
        name in names(history) || push!(history.columns, name => Float64[])
        push!(history[name], value)
    end
    return history
end

history_rows(history) = [Any[epoch; [short(column[epoch]) for (_, column) in history.columns]] for epoch in 1:length(history)]
history_head(history) = ["epoch"; string.(names(history))]
short(value) = @sprintf("%.4g", value)

Base.show(io::IO, history::History) = print(io, "History of ", length(history), " epochs")

function Base.show(io::IO, ::MIME"text/plain", history::History)
    show(io, history)
    length(history) > 0 && Cermet.text_table(io, history_head(history), history_rows(history))
end

function Base.show(io::IO, mime::MIME"text/html", history::History)
    show(io, MIME("image/svg+xml"), history)
    Cermet.html_table(io, history_head(history), history_rows(history))
end

# --- Curves. Figures of one family ("loss", "valid_loss") share a panel.

const PANEL = (width=320, height=200, left=46, right=10, top=24, bottom=28)
const CURVE_COLOURS = ("#1f6fb4", "#d95f02")

function Base.show(io::IO, ::MIME"image/svg+xml", history::History)
    panels = [family for family in ("loss", "accuracy") if any(name -> endswith(string(name), family), names(history))]
    width = PANEL.width * max(length(panels), 1)
    print(io, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"$width\" height=\"$(PANEL.height)\" ",
          "font-family=\"sans-serif\" font-size=\"11\">")
    for (i, family) in enumerate(panels)
        print(io, "<g transform=\"translate($(PANEL.width * (i - 1)),0)\">")
        draw_panel(io, family, [column for column in history.columns if endswith(string(first(column)), family)])
        print(io, "</g>")
    end
    print(io, "</svg>")
end

function draw_panel(io, title, curves)
    values = filter(isfinite, reduce(vcat, last.(curves)))
    low, high = isempty(values) ? (0.0, 1.0) : extrema(values)
    high == low && ((low, high) = (low - 0.5, high + 0.5))
    epochs = length(last(curves[1]))
    x(epoch) = PANEL.left + (epochs == 1 ? 0.5 : (epoch - 1) / (epochs - 1)) * (PANEL.width - PANEL.left - PANEL.right)
    y(value) = PANEL.top + (high - value) / (high - low) * (PANEL.height - PANEL.top - PANEL.bottom)
    bottom = PANEL.height - PANEL.bottom
    print(io, "<text x=\"$(PANEL.left)\" y=\"14\" font-weight=\"bold\">$title</text>")
    print(io, "<path d=\"M$(PANEL.left) $(PANEL.top) V$bottom H$(PANEL.width - PANEL.right)\" fill=\"none\" stroke=\"#888\"/>")
    for value in (low, high)
        print(io, "<text x=\"$(PANEL.left - 4)\" y=\"$(y(value) + 4)\" text-anchor=\"end\">$(short(value))</text>")
    end
    print(io, "<text x=\"$(x(1))\" y=\"$(bottom + 16)\" text-anchor=\"middle\">1</text>")
    epochs > 1 && print(io, "<text x=\"$(x(epochs))\" y=\"$(bottom + 16)\" text-anchor=\"middle\">$epochs</text>")
    for (i, (name, column)) in enumerate(curves)
        colour = CURVE_COLOURS[mod1(i, length(CURVE_COLOURS))]
        points = join((@sprintf("%.1f,%.1f", x(epoch), y(v)) for (epoch, v) in enumerate(column) if isfinite(v)), " ")
        print(io, "<polyline points=\"$points\" fill=\"none\" stroke=\"$colour\" stroke-width=\"1.5\"/>")
        print(io, "<text x=\"$(PANEL.width - PANEL.right)\" y=\"$(14 + 12 * (i - 1))\" text-anchor=\"end\" fill=\"$colour\">$name</text>")
    end
end
