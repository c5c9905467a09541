# SPDX-License-Identifier: Apache-2.0
# What lies in an executor's memory from when to when: as a table, and drawn.

"One value of a [`MemoryPlan`](@ref): what makes it, and the steps between which it holds its bytes, counted from 1."
struct PlannedValue
    operator::String
    node::String
    pass::Symbol  # :forward, :backward, or :recomputed for what the backward pass computes once more
    name::String
    bytes::Int
    offset::Int
    steps::UnitRange{Int}
end

"""
    MemoryPlan

The planned memory of an executor, made by [`memory_plan`](@ref): `plan.values` are its values, `plan.live[step]` the
bytes in use at a step, `plan.arrays` the bytes of arguments, gradients and states.
"""
struct MemoryPlan
    values::Vector{PlannedValue}
    live::Vector{Int}
    arrays::Int
end

"""
    Cermet.memory_plan(exe)

What lies in the memory of an executor from when to when, known before anything is allocated. Prints the peak and the
operators that hold it; notebooks draw the bytes in use at each step.

    plan = Cermet.memory_plan(exe)
    maximum(plan.live)
    filter(value -> value.bytes > 1e6, plan.values)
"""
function memory_plan(exe::Executor)
    lines = split(take_text(cermet_executor_memory(exe)), '\n'; keepempty=false)
    values = map(lines[2:end]) do line
        cells = split(line, '\t')
        bytes, offset, first, last = parse.(Int, cells[5:8])
        PlannedValue(cells[1], cells[2], Symbol(cells[3]), cells[4], bytes, offset, first+1:last+1)
    end
    live = zeros(Int, reduce(max, (last(value.steps) for value in values); init=0) + 1)
    for value in values
        live[first(value.steps)] += value.bytes
        live[last(value.steps)+1] -= value.bytes
    end
    return MemoryPlan(values, cumsum(live)[1:end-1], planned_bytes(exe).arrays)
end

"The operators that hold the bytes of the peak, with their bytes, the largest first."
function at_peak(plan::MemoryPlan)
    bytes = Dict{String,Int}()
    isempty(plan.live) && return collect(bytes)
    for value in plan.values
        argmax(plan.live) in value.steps && (bytes[value.operator] = get(bytes, value.operator, 0) + value.bytes)
    end
    return sort!(collect(bytes); by=pair -> (-pair.second, pair.first))
end

mebibytes(bytes) = string(round(bytes / 2^20; sigdigits=4), " MiB")

function Base.show(io::IO, ::MIME"text/plain", plan::MemoryPlan)
    println(io, "MemoryPlan: ", length(plan.values), " values, ", length(plan.live), " steps")
    isempty(plan.live) || println(io, "peak: ", mebibytes(maximum(plan.live)), " at step ", argmax(plan.live))
    print(io, "arguments, gradients and states: ", mebibytes(plan.arrays))
    for (operator, bytes) in Iterators.take(at_peak(plan), 10)
        print(io, "\n  ", rpad(operator, 32), lpad(mebibytes(bytes), 12))
    end
end

# The bytes in use at each step as a filled curve, the beginning of the backward pass dashed, the peak marked.
function Base.show(io::IO, ::MIME"image/svg+xml", plan::MemoryPlan)
    width, height, margin = 640, 240, 30
    steps, top = max(1, length(plan.live)), max(1, reduce(max, plan.live; init=0))
    x(step) = round(margin + (width - 2 * margin) * step / steps; digits=2)
    y(bytes) = round(height - margin - (height - 2 * margin) * bytes / top; digits=2)
    println(io, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 $width $height\" font-family=\"sans-serif\" font-size=\"11\">")
    print(io, "<path fill=\"#9ecae1\" stroke=\"#3182bd\" d=\"M$(x(0)) $(y(0))")
    for (step, bytes) in enumerate(plan.live)
        print(io, " L$(x(step - 1)) $(y(bytes)) L$(x(step)) $(y(bytes))")
    end
    println(io, " L$(x(steps)) $(y(0)) Z\"/>")
    backward = [first(value.steps) for value in plan.values if value.pass in (:backward, :recomputed)]
    if !isempty(backward)
        at = x(minimum(backward) - 1)
        println(io, "<path stroke=\"#666\" stroke-dasharray=\"3\" d=\"M$at $margin V$(height - margin)\"/>")
    end
    if !isempty(plan.live)
        peak = argmax(plan.live)
        side = peak > steps / 2 ? "end" : "start"
        println(io, "<circle cx=\"$(x(peak - 0.5))\" cy=\"$(y(top))\" r=\"4\" fill=\"#de2d26\"/>")
        println(io, "<text x=\"$(x(peak - 0.5))\" y=\"$(margin - 10)\" text-anchor=\"$side\">$(mebibytes(top)) at step $peak</text>")
    end
    println(io, "<text x=\"$(width / 2)\" y=\"$(height - 8)\" text-anchor=\"middle\">step</text>")
    print(io, "</svg>")
end
