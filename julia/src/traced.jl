# SPDX-License-Identifier: Apache-2.0
# Functions of one's own in broadcasts and `map`: `(v -> v^2 + 1).(x)` calls the function once, on numbers that stand for
# all elements, and each operation on them runs as an operator of the engine. A method on `Traced` makes a function known.

"All elements of an array (or node of a graph) as if they were one number; a constant stands for itself."
struct Traced <: Real
    elements::Any
end

# The value of `f` for every element.
function trace(@nospecialize(f), @nospecialize(arguments::Tuple))
    result = try
        f(map(a -> a isa Number ? a : Traced(as_operand(a)), arguments)...)
    catch problem
        problem isa Union{MethodError,TypeError} || rethrow()
        throw(ArgumentError("broadcast: `$f` cannot run on the engine, as it branches on a value or calls what has no operator " *
                            "there: $(first(split(sprint(showerror, problem), '\n'))). Use max, clamp or `(v > 0) * v`, or " *
                            "`Array(x)` to compute on the host"))
    end
    value = result isa Traced ? result.elements : result
    value isa Real || value isa Union{NDArray,SymbolicNode} ||
        throw(ArgumentError("broadcast: `$f` gives a $(typeof(value)); wanted a number"))
    return filled(first(a for a in arguments if !(a isa Number)), value)
end

on_elements(f, arguments...) = Traced(elementwise(f, map(x -> x isa Traced ? x.elements : x, arguments)))

# Numbers beside a Traced become one, by Julia's own promotion. (Methods for a Traced and any other number, and one of `!`,
# would throw away much of Julia's compiled code, and with it half a second of every session's first gradient.)
Base.promote_rule(::Type{Traced}, ::Type{T}) where {T<:Real} = Traced
Traced(x::Traced) = x

for f in keys(UNARY)
    @eval (::$(typeof(f)))(x::Traced) = on_elements($f, x)
end
for f in [collect.(keys.([BINARY, COMPARISON, LOGICAL]))...;]
    @eval (::$(typeof(f)))(a::Traced, b::Traced) = on_elements($f, a, b)
end
Base.:^(a::Traced, b::Integer) = on_elements(^, a, b)
Base.clamp(x::Traced, low::Real, high::Real) = on_elements(clamp, x, low, high)
Base.isnan(x::Traced) = x != x
Base.isinf(x::Traced) = abs(x) == Inf
Base.isfinite(x::Traced) = abs(x) < Inf
Base.show(io::IO, x::Traced) = print(io, "Traced(", x.elements isa Number ? x.elements : summary(x.elements), ")")

Base.map(f, x::NDArray) = f.(x)
function Base.map(f, x::NDArray, y::NDArray)
    size(x) == size(y) || throw(DimensionMismatch("map: dimensions $(size(x)) and $(size(y)) differ"))
    return f.(x, y)
end
