# SPDX-License-Identifier: Apache-2.0
# How a C function is called, and the one type that owns what C hands out. generated/capi.jl is written in these words.

# Addresses of the C functions in the order of NAMES; filled by open_library, never at precompile time.
const POINTERS = fill(C_NULL, 256)

# Expands to the ccall of function number `index`; `around` wraps the bare call, whose arguments are converted by then.
function call_expression(index, returned, types, values, around)
    types, values = types.args, values.args
    kept = [gensym(:kept) for _ in values]
    bare = [gensym(:bare) for _ in values]
    converted = [:($k = Base.cconvert($t, $v)) for (k, t, v) in zip(kept, types, esc.(values))]
    unwrapped = [:($b = Base.unsafe_convert($t, $k)) for (b, t, k) in zip(bare, types, kept)]
    call = :(ccall(@inbounds(POINTERS[$index]), $returned, ($(types...),), $(bare...)))
    return quote
        $(converted...)
        GC.@preserve $(kept...) begin
            $(unwrapped...)
            $(around(call))
        end
    end
end

# A function that never waits: finalizers and error getters.
macro direct(index, returned, types, values)
    return call_expression(index, returned, types, values, identity)
end

# A function that returns a status. It may wait or compute for long, so other threads may collect garbage meanwhile.
macro checked(index, returned, types, values)
    gc_safe(call) = quote
        state = ccall(:jl_gc_safe_enter, Int8, ())
        status = $call
        ccall(:jl_gc_safe_leave, Cvoid, (Int8,), state)
        check(status)
    end
    return call_expression(index, returned, types, values, gc_safe)
end

text(string::Cstring) = string == C_NULL ? "" : unsafe_string(string)

"""
Owner of one reference to an object of the engine; `K` is its noun, as in `Handle{:ndarray}`. The reference is given back
by `close`, or by the garbage collector.
"""
mutable struct Handle{K}
    pointer::Ptr{Cvoid}

    function Handle{K}(pointer::Ptr{Cvoid}) where {K}
        handle = new{K}(pointer)
        return finalizer(release, handle)
    end
end

# Runs in finalizers: it may not wait, throw or switch tasks, and touches no error slot.
function release(handle::Handle{K}) where {K}
    pointer, handle.pointer = handle.pointer, C_NULL
    pointer == C_NULL ||
        ccall(@inbounds(POINTERS[release_index(Handle{K})]), Cvoid, (Ptr{Cvoid},), pointer)
    return nothing
end

Base.close(handle::Handle) = release(handle)
Base.isopen(handle::Handle) = handle.pointer != C_NULL

Base.cconvert(::Type{Ptr{Cvoid}}, handle::Handle) = handle
function Base.unsafe_convert(::Type{Ptr{Cvoid}}, handle::Handle{K}) where {K}
    handle.pointer == C_NULL && throw(ArgumentError("this $K was closed"))
    return handle.pointer
end

Base.show(io::IO, handle::Handle{K}) where {K} = print(io, "Handle{:", K, "}", isopen(handle) ? "" : " (closed)")

# Bare addresses for a C array of handles; keep `handles` alive during the call.
pointers(handles) = Ptr{Cvoid}[Base.unsafe_convert(Ptr{Cvoid}, h) for h in handles]

# An owned list of strings, read and closed.
function string_list(strings::Handle{:strings})
    list = [cermet_strings_get(strings, i - 1) for i in 1:cermet_strings_size(strings)]
    close(strings)
    return list
end

# An owned text, read and closed.
function take_text(bytes::Handle{:bytes})
    result = cermet_bytes_text(bytes)
    close(bytes)
    return result
end

# Owned bytes, copied and closed.
function take_bytes(bytes::Handle{:bytes})
    data, nbytes = cermet_bytes_data(bytes)
    result = Vector{UInt8}(undef, nbytes)
    GC.@preserve bytes result unsafe_copyto!(pointer(result), Ptr{UInt8}(data), nbytes)
    close(bytes)
    return result
end
