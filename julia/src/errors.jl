# SPDX-License-Identifier: Apache-2.0
# A status of the engine becomes an exception: one of Base's where Base has a type for it, else CermetError.

"""
    CermetError

A failure of the engine that no exception type of Base describes.

Fields: `status` (`:unsupported`, `:limit`, `:corrupt`, `:not_found`, `:device`, `:internal` ...), `op` (operator or
function at fault), `argument`, `node` (of a graph), `msg`. The last three may be empty.
"""
struct CermetError <: Exception
    status::Symbol
    op::String
    argument::String
    node::String
    msg::String
end

Base.showerror(io::IO, e::CermetError) = print(io, "CermetError (", e.status, "): ", e.msg)

check(status::Int32) = status == CERMET_OK ? nothing : throw_last_error()

@noinline function throw_last_error()
    throw(take_error())
end

# The exception for the last failure on this thread, whose slot is emptied.
function take_error()
    handle = Handle{:error}(cermet_error_take())
    error = handle.pointer
    status = cermet_error_status(error)
    shapes = [error_shape(error, i) for i in 0:cermet_error_num_shapes(error)-1]
    message = fill_shapes(cermet_error_template(error), cermet_error_message(error), shapes)
    op, argument, node = cermet_error_op(error), cermet_error_argument(error), cermet_error_node(error)
    close(handle)
    return make_exception(status, op, argument, node, message)
end

function error_shape(error, index)
    dims, ndim = cermet_error_shape(error, index)
    return ntuple(i -> Int(unsafe_load(dims, ndim - i + 1)), Int(ndim))
end

# The engine's text with shapes in Julia's order. User text in it may hold braces, so only whole markers are replaced.
function fill_shapes(template, message, shapes)
    isempty(shapes) && return message
    return replace(template, r"\{\d+\}" => marker -> begin
        index = parse(Int, marker[2:end-1]) + 1
        index <= length(shapes) ? string(shapes[index]) : marker
    end)
end

function make_exception(status, op, argument, node, message)
    status == CERMET_SHAPE && return DimensionMismatch(message)
    status == CERMET_OUT_OF_MEMORY && return OutOfMemoryError()
    status == CERMET_IO && return Base.IOError(message, 0)
    status in (CERMET_INVALID_ARGUMENT, CERMET_DTYPE) && return ArgumentError(message)
    return CermetError(Symbol(cermet_status_name(status)), op, argument, node, message)
end

# True for exceptions after which a garbage collection and a second try make sense.
is_memory_error(e) = e isa OutOfMemoryError || (e isa CermetError && e.status == :limit)
