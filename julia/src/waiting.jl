# SPDX-License-Identifier: Apache-2.0
# Waiting for values that the engine computes on threads of its own, while other tasks go on on this one. The engine tells
# us there, where no Julia code may run: what it calls are functions of libuv, which need nothing but an address.

"""
    Cermet.execution()
    Cermet.execution!(mode)

Where operators on arrays run: `:inline` (at first), on the calling thread before the call returns; `:async`, on a thread
of the engine, while the call returns at once; `:sync`, as `:inline`, and every failure is raised by the call that caused it.
With `:async`, waiting for values ([`wait`](@ref), `Array(x)`, `x[]`) holds up the task, not its thread.
"""
execution() = EXECUTIONS[cermet_get_execution() + 1]
function execution!(mode::Symbol)
    place = findfirst(==(mode), EXECUTIONS)
    place === nothing && throw(ArgumentError("execution!: mode: got :$mode; want one of $(join(repr.(EXECUTIONS), ", "))"))
    cermet_set_execution(place - 1)
    return mode
end
const EXECUTIONS = (:inline, :async, :sync)         # in the order of the engine's numbers

const SEMAPHORE_BYTES = 128                         # more than libuv's semaphore has anywhere

# Returns when the values of an array are there or have failed. What is there already costs a quarter of a microsecond,
# which is why the first question is put with a semaphore: waking a task takes 60 times as long.
function await_values(array)
    cermet_get_execution() == CERMET_EXECUTION_ASYNC || return
    Base.unsafe_convert(Ptr{Cvoid}, array)          # throws if it was closed
    semaphore = Libc.malloc(SEMAPHORE_BYTES)
    ccall(:uv_sem_init, Cint, (Ptr{Cvoid}, Cuint), semaphore, 0)
    cermet_ndarray_notify(array, cglobal(:uv_sem_post), semaphore)
    ccall(:uv_sem_trywait, Cint, (Ptr{Cvoid},), semaphore) == 0 && return free_semaphore(semaphore)
    ready = Base.AsyncCondition()
    cermet_ndarray_notify(array, cglobal(:uv_async_send), ready.handle)
    # In a task of its own: the engine needs both until it has called, even if this task is interrupted.
    wait(@async begin
        wait(ready)
        close(ready)
        ccall(:uv_sem_wait, Cvoid, (Ptr{Cvoid},), semaphore)
        free_semaphore(semaphore)
    end)
    return
end

function free_semaphore(semaphore)
    ccall(:uv_sem_destroy, Cvoid, (Ptr{Cvoid},), semaphore)
    Libc.free(semaphore)
end

"Waits until the values of `x` are there; a failure while computing them is raised here."
function Base.wait(x::NDArray)
    await_values(x.handle)
    cermet_ndarray_wait(x)
end
