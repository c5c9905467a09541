# SPDX-License-Identifier: Apache-2.0
# Element types and devices of the engine, as Julia types and values.

"""
    BFloat16

The upper half of a `Float32`: its exponent with 8 bits of precision. A storage type; arithmetic on the host goes through
`Float32`.
"""
primitive type BFloat16 <: AbstractFloat 16 end

function BFloat16(x::Float32)
    isnan(x) && return reinterpret(BFloat16, 0x7fc0)
    bits = reinterpret(UInt32, x)
    bits += 0x7fff + ((bits >> 16) & 0x1)          # to nearest, ties to even
    return reinterpret(BFloat16, (bits >> 16) % UInt16)
end
BFloat16(x::Real) = BFloat16(Float32(x))
Base.Float32(x::BFloat16) = reinterpret(Float32, UInt32(reinterpret(UInt16, x)) << 16)
Base.Float64(x::BFloat16) = Float64(Float32(x))
Base.Float16(x::BFloat16) = Float16(Float32(x))
Base.promote_rule(::Type{BFloat16}, ::Type{T}) where {T<:Integer} = BFloat16
Base.promote_rule(::Type{BFloat16}, ::Type{Bool}) = BFloat16
Base.promote_rule(::Type{BFloat16}, ::Type{Float16}) = Float32
Base.promote_rule(::Type{BFloat16}, ::Type{Float32}) = Float32
Base.promote_rule(::Type{BFloat16}, ::Type{Float64}) = Float64
Base.zero(::Type{BFloat16}) = reinterpret(BFloat16, 0x0000)
Base.one(::Type{BFloat16}) = BFloat16(1.0f0)
Base.show(io::IO, x::BFloat16) =
    get(io, :typeinfo, Any) == BFloat16 ? show(IOContext(io, :typeinfo => Float32), Float32(x)) :
    print(io, "BFloat16(", Float32(x), ")")
for op in (:+, :-, :*, :/)
    @eval Base.$op(a::BFloat16, b::BFloat16) = BFloat16($op(Float32(a), Float32(b)))
end
for op in (:<, :<=, :(==))
    @eval Base.$op(a::BFloat16, b::BFloat16) = $op(Float32(a), Float32(b))
end
Base.:-(a::BFloat16) = BFloat16(-Float32(a))
Base.isnan(a::BFloat16) = isnan(Float32(a))
Base.isfinite(a::BFloat16) = isfinite(Float32(a))

# The one table of element types.
const DTYPES = [Float32 => CERMET_FLOAT32, Float64 => CERMET_FLOAT64, Float16 => CERMET_FLOAT16, UInt8 => CERMET_UINT8,
                Int32 => CERMET_INT32, Int8 => CERMET_INT8, Int64 => CERMET_INT64, Bool => CERMET_BOOL,
                BFloat16 => CERMET_BFLOAT16]
const DTYPE_CODES = IdDict{Any,Int32}(DTYPES)
const DTYPE_TYPES = Dict(code => T for (T, code) in DTYPES)

function dtype_code(T::Type)
    code = get(DTYPE_CODES, T, nothing)
    code === nothing || return code
    throw(ArgumentError("element type $T is not one of the engine's: " * join(first.(DTYPES), ", ")))
end

function dtype_type(code)
    T = get(DTYPE_TYPES, code, nothing)
    T === nothing && throw(CermetError(:unsupported, "", "", "", "the library has an element type (number $code) that this package does not know"))
    return T
end

dtype_name(T::Type) = cermet_dtype_name(dtype_code(T))

function dtype_from_name(name)
    return dtype_type(cermet_dtype_from_name(name))
end

"Where an array lives; made by [`cpu`](@ref) and [`gpu`](@ref)."
struct Device
    code::Int32
    id::Int32
end

"The computer's own memory and processors."
cpu() = Device(CERMET_CPU, 0)

"Accelerator number `id`, counted from 0 as the driver does."
gpu(id::Integer=0) = Device(CERMET_CUDA, id)

Base.show(io::IO, d::Device) = print(io, d.code == CERMET_CPU ? "cpu()" : "gpu($(d.id))")
device_label(d::Device) = d.code == CERMET_CPU ? "cpu" : string(cermet_device_name(d.code), ":", d.id)
