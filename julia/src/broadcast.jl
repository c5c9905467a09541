# SPDX-License-Identifier: Apache-2.0
# Dots: `@. y = a * x + b` arrives here as one tree, and each of its calls becomes an operator of the engine, which has none
# that does several in one. A function that is in none of the tables is traced: see traced.jl.

using Base.Broadcast: Broadcasted, BroadcastStyle, AbstractArrayStyle

const UNARY = IdDict{Any,Operator}(
    abs => "abs", exp => "exp", expm1 => "expm1", log => "log", log1p => "log1p", log2 => "log2", log10 => "log10",
    sqrt => "sqrt", cbrt => "cbrt", abs2 => "square", sign => "sign", (-) => "negative", inv => "reciprocal",
    floor => "floor", ceil => "ceil", trunc => "trunc", sin => "sin", cos => "cos", tan => "tan",
    asin => "arcsin", acos => "arccos", atan => "arctan", sinh => "sinh", cosh => "cosh", tanh => "tanh",
    asinh => "arcsinh", acosh => "arccosh", atanh => "arctanh", deg2rad => "radians", rad2deg => "degrees")

# (two arrays, array and number, number and array)
const BINARY = IdDict{Any,NTuple{3,Operator}}(
    (+) => ("add", "add_scalar", "add_scalar"),
    (-) => ("subtract", "subtract_scalar", "rsubtract_scalar"),
    (*) => ("multiply", "multiply_scalar", "multiply_scalar"),
    (/) => ("divide", "divide_scalar", "rdivide_scalar"),
    (^) => ("power", "power_scalar", "rpower_scalar"),
    mod => ("mod", "mod_scalar", "rmod_scalar"),
    max => ("maximum", "maximum_scalar", "maximum_scalar"),
    min => ("minimum", "minimum_scalar", "minimum_scalar"),
    hypot => ("hypot", "hypot_scalar", "hypot_scalar"))

const COMPARISON = IdDict{Any,NTuple{3,Operator}}(
    (==) => ("equal", "equal_scalar", "equal_scalar"),
    (!=) => ("not_equal", "not_equal_scalar", "not_equal_scalar"),
    (>) => ("greater", "greater_scalar", "lesser_scalar"),
    (>=) => ("greater_equal", "greater_equal_scalar", "lesser_equal_scalar"),
    (<) => ("lesser", "lesser_scalar", "greater_scalar"),
    (<=) => ("lesser_equal", "lesser_equal_scalar", "greater_equal_scalar"))

const LOGICAL = IdDict{Any,Operator}((&) => "logical_and", (|) => "logical_or", xor => "logical_xor")

# Of integers these give floating point numbers, as on the host.
const FLOATING = Set{Any}([exp, expm1, log, log1p, log2, log10, sqrt, cbrt, inv, sin, cos, tan, asin, acos, atan, sinh,
                           cosh, tanh, asinh, acosh, atanh, deg2rad, rad2deg, /, hypot])

struct NDArrayStyle{N} <: AbstractArrayStyle{N} end
NDArrayStyle{M}(::Val{N}) where {M,N} = NDArrayStyle{N}()
Base.BroadcastStyle(::Type{<:NDArray{T,N}}) where {T,N} = NDArrayStyle{N}()

struct SymbolStyle <: BroadcastStyle end
Base.BroadcastStyle(::Type{SymbolicNode}) = SymbolStyle()
Base.BroadcastStyle(style::SymbolStyle, ::Broadcast.DefaultArrayStyle) = style
Base.BroadcastStyle(style::SymbolStyle, ::NDArrayStyle) = style
Base.broadcastable(node::SymbolicNode) = node
Broadcast.instantiate(tree::Broadcasted{SymbolStyle}) = tree

const EngineStyle = Union{NDArrayStyle,SymbolStyle}

Base.copy(tree::Broadcasted{<:EngineStyle}) = evaluate(tree, unset)

function Base.copyto!(destination::NDArray, tree::Broadcasted{<:NDArrayStyle})
    return assign!(destination, evaluate(tree, destination))
end
Base.copyto!(destination::NDArray, tree::Broadcasted{Nothing}) =
    assign!(destination, evaluate(tree, destination))
Base.copyto!(destination::Array, tree::Broadcasted{<:NDArrayStyle}) =
    destination .= Array(copy(tree))

assign!(destination::NDArray, value::Real) = fill!(destination, value)
function assign!(destination::NDArray, value::AbstractArray)
    value === destination && return destination
    size(value) == size(destination) && return copyto!(destination, value)
    return copyto!(destination, invoke_operator("broadcast_to", (pad_dims(as_ndarray(value), ndims(destination)),),
                                                (shape=engine_dims(size(destination)),)))
end

# Trailing dimensions of 1, so that both have as many.
pad_dims(x::NDArray, n) = ndims(x) >= n ? x : reshape(x, (size(x)..., ntuple(_ -> 1, n - ndims(x))...))

# The value of a tree; `out` is where the last operator may write if its result has that form.
evaluate(leaf, out) = leaf
evaluate(leaf::Ref, out) = leaf[]
evaluate(tree::Broadcasted, out) = Broadcast.materialize(tree)
function evaluate(tree::Broadcasted{<:Union{EngineStyle,Nothing}}, out)
    arguments = map(argument -> evaluate(argument, unset), tree.args)
    result = elementwise(tree.f, arguments, fitting(out, arguments))
    foreach(discard, tree.args, arguments)
    return result
end

# Two arrays of one type need none of the above.
const PairOf{A} = Broadcasted{<:NDArrayStyle,<:Any,<:Any,Tuple{A,A}}
function evaluate(tree::PairOf{A}, out::Unset) where {T<:AbstractFloat,N,A<:NDArray{T,N}}
    operators = get(BINARY, tree.f, nothing)
    return operators === nothing ? elementwise(tree.f, tree.args) : invoke_pair(operators[1], tree.args...)
end

# Values inside a tree are given back at once; the collector would keep them until it runs.
discard(part, value) = nothing
discard(part::Broadcasted, value::NDArray) = is_new_array(part.f) && (uncount_bytes(sizeof(value)); close(value); nothing)

# Functions whose result is never one of their arguments.
is_new_array(f) = f === Base.literal_pow || haskey(UNARY, f) || haskey(BINARY, f)

# `out` when an operator on `arguments` gives exactly its dimensions and element type.
fitting(::Unset, arguments) = unset
function fitting(out::NDArray{T}, arguments) where {T}
    arrays = filter(a -> a isa AbstractArray, collect(Any, arguments))
    same_type = all(a -> eltype(a) === T, arrays) && T <: AbstractFloat
    return same_type && any(a -> size(a) == size(out), arrays) &&
        all(a -> ndims(a) <= ndims(out), arrays) ? out : unset
end

"One function of a broadcast, on arrays, nodes and numbers."
function elementwise(@nospecialize(f), @nospecialize(arguments::Tuple), out=unset)
    all(a -> a isa Number, arguments) && return f(arguments...)
    f === identity && return only(arguments)
    f isa Type && return convert_elements(f, only(arguments))
    f === Base.literal_pow && return elementwise((^), (arguments[2], exponent_of(arguments[3])), out)
    f === (^) && arguments[2] == 2 && return elementwise(abs2, arguments[1:1], out)
    if length(arguments) == 1
        f === (!) && return as_bool(invoke_operator("logical_not", arguments))
        haskey(UNARY, f) && return invoke_operator(UNARY[f], (to_float(f, arguments[1]),); out=out)
    elseif length(arguments) == 2
        haskey(BINARY, f) && return binary(BINARY[f], promote_operands(f, arguments...)..., out)
        haskey(COMPARISON, f) && return as_bool(binary(COMPARISON[f], promote_operands(f, arguments...)..., unset))
        haskey(LOGICAL, f) && return as_bool(invoke_operator(LOGICAL[f], Tuple(as_operand.(arguments))))
    elseif f === (+) || f === (*) || f === max || f === min
        return elementwise(f, (elementwise(f, arguments[1:end-1]), arguments[end]), out)
    elseif f === ifelse
        return choose(arguments...)
    elseif f === clamp && all(a -> a isa Number, arguments[2:3])
        return invoke_operator("clip", arguments[1:1], (a_min=Float64(arguments[2]), a_max=Float64(arguments[3])); out=out)
    elseif f === muladd || f === fma
        return elementwise((+), (elementwise((*), arguments[1:2]), arguments[3]), out)
    end
    return trace(f, arguments)
end

exponent_of(::Val{p}) where {p} = p

function binary(names, a, b, out)
    b isa Number && return invoke_operator(names[2], (a,), (scalar=scalar(b),); out=out)
    a isa Number && return invoke_operator(names[3], (b,), (scalar=scalar(a),); out=out)
    return invoke_operator(names[1], same_rank(a, b); out=out)
end

same_rank(a, b) = (a, b)
function same_rank(a::NDArray, b::NDArray)
    n = max(ndims(a), ndims(b))
    return pad_dims(a, n), pad_dims(b, n)
end

as_operand(x::Union{NDArray,SymbolicNode,Number}) = x
as_operand(x) = as_ndarray(x)

# Operands of one element type. A number takes the array's, except that fractions turn integers into Float64.
promote_operands(f, a, b) = (as_operand(a), as_operand(b))
promote_operands(f, a::SymbolicNode, b::AbstractArray) = symbol_with_array(b)
promote_operands(f, a::AbstractArray, b::SymbolicNode) = symbol_with_array(a)
promote_operands(f, a::AbstractArray, b::AbstractArray) = promote_arrays(f, as_ndarray(a), as_ndarray(b))
promote_operands(f, a::AbstractArray, b::Number) = (promote_to_number(f, as_ndarray(a), b), b)
promote_operands(f, a::Number, b::AbstractArray) = (a, promote_to_number(f, as_ndarray(b), a))

symbol_with_array(a) = throw(ArgumentError("arrays and symbols do not mix: put `Variable(name)` in place of the $(summary(a))"))

function promote_arrays(f, a::NDArray, b::NDArray)
    T = promote_type(eltype(a), eltype(b))
    T = arithmetic_type(f, T)
    return convert_elements(T, a), convert_elements(T, b)
end

function promote_to_number(f, x::NDArray{T}, number) where {T}
    wanted = T <: AbstractFloat ? T : promote_type(T, number isa AbstractFloat ? Float64 : typeof(number))
    return convert_elements(arithmetic_type(f, wanted), x)
end

arithmetic_type(f, T) = T <: AbstractFloat ? T : f in FLOATING ? Float64 : T === Bool && haskey(BINARY, f) ? Int64 : T
to_float(f, x) = x
to_float(f, x::NDArray{T}) where {T} = convert_elements(arithmetic_type(f, T), x)

convert_elements(::Type{T}, x::NDArray{T}) where {T} = x
convert_elements(::Type{T}, x::NDArray) where {T} = invoke_operator("cast", (x,), (dtype=dtype_name(T),))
convert_elements(::Type{T}, x::SymbolicNode) where {T} = invoke_operator("cast", (x,), (dtype=dtype_name(T),))

as_bool(x::NDArray) = convert_elements(Bool, x)
as_bool(x::SymbolicNode) = x

function choose(condition, a, b)
    like = a isa Number ? b : a
    like isa Number && throw(ArgumentError("ifelse.(x, $a, $b): one of the values must be an array"))
    a, b = promote_operands(ifelse, filled(like, a), filled(like, b))
    return invoke_operator("where", (as_operand(condition), a, b))
end

# A number in every place of an array or node like `like`.
filled(like, value) = as_operand(value)
filled(like, value::Number) = elementwise((+), (invoke_operator("zeros_like", (as_operand(like),)), value))

# --- The undotted forms that Julia has for arrays

for op in (:+, :-)
    @eval Base.$op(a::NDArray, b::NDArray) = same_size($op, a, b)
    @eval Base.$op(a::NDArray, b::Array) = same_size($op, a, as_ndarray(b))
    @eval Base.$op(a::Array, b::NDArray) = same_size($op, as_ndarray(a), b)
    @eval Base.$op(a::SymbolicNode, b::SymbolicNode) = elementwise($op, (a, b))
    @eval Base.$op(a::SymbolicNode, b::Number) = elementwise($op, (a, b))
    @eval Base.$op(a::Number, b::SymbolicNode) = elementwise($op, (a, b))
end
# Arrays without dimensions, such as sums, are numbers to all intents.
for op in (:+, :-)
    @eval Base.$op(a::NDArray{<:Any,0}, b::Number) = elementwise($op, (a, b))
    @eval Base.$op(a::Number, b::NDArray{<:Any,0}) = elementwise($op, (a, b))
end
Base.:/(a::Number, b::NDArray{<:Any,0}) = elementwise(/, (a, b))
Base.:-(a::NDArray) = elementwise((-), (a,))
Base.:-(a::SymbolicNode) = elementwise((-), (a,))
for T in (:NDArray, :SymbolicNode)
    @eval Base.:*(a::$T, b::Number) = elementwise((*), (a, b))
    @eval Base.:*(a::Number, b::$T) = elementwise((*), (a, b))
    @eval Base.:/(a::$T, b::Number) = elementwise((/), (a, b))
end

function same_size(op, a::A, b::A) where {T<:AbstractFloat,A<:NDArray{T}}
    size(a) == size(b) || refuse_sizes(op, a, b)
    return invoke_pair(BINARY[op][1], a, b)
end
function same_size(op, a, b)
    size(a) == size(b) || refuse_sizes(op, a, b)
    return elementwise(op, (a, b))
end
@noinline refuse_sizes(op, a, b) =
    throw(DimensionMismatch("$op: dimensions $(size(a)) and $(size(b)) differ; use .$op to broadcast"))
