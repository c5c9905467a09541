# SPDX-License-Identifier: Apache-2.0
# Asynchronous execution: a task that waits for values lets others go on, also on one thread.
@test Cermet.execution() == :inline
@test occursin("want one of :inline", message_of(() -> Cermet.execution!(:later), ArgumentError))

const IDENTITY = NDArray(Matrix{Float32}(I, 500, 500))
multiplied(product, count) = foldl((a, _) -> a * IDENTITY, 1:count; init=product)

# Products that need more and more work, until the values are not there when the last call returns; then some more.
function pending()
    for count in 2 .^ (2:9)
        product = multiplied(IDENTITY, count)
        told = Libc.malloc(Cermet.SEMAPHORE_BYTES)      # not freed: the engine may use it after this
        ccall(:uv_sem_init, Cint, (Ptr{Cvoid}, Cuint), told, 0)
        Cermet.cermet_ndarray_notify(product, cglobal(:uv_sem_post), told)
        ccall(:uv_sem_trywait, Cint, (Ptr{Cvoid},), told) == 0 || return multiplied(product, 4 * count)
    end
    error("all values were there at once")
end

# Whether another task runs during `f(array)`.
function others_run(f, make_array)
    f(IDENTITY)                                         # compiled
    ran = Ref(false)
    other = @async ran[] = true
    array = make_array()
    f(array)
    result = ran[]
    wait(other)
    return result
end

@test Cermet.execution!(:async) == :async
try
    @test Cermet.execution() == :async
    for f in (wait, Array, x -> sum(x)[], x -> host(a -> a[1], x))
        @test others_run(f, pending)
    end
    # What is there already is not waited for.
    @test !others_run(wait, () -> IDENTITY)
    @test !others_run(Array, () -> IDENTITY)
    x = pending()
    @test Array(x) == I

    # A failure is raised by the wait, whatever was pending.
    missing_index = Ops.take(NDArray(Float32[1, 2]), NDArray(Float32[9]); mode="raise")
    @test_throws ArgumentError wait(missing_index .+ 1)

    # Many tasks at once, each with its own values.
    answers = map(fetch, [@async(Array(NDArray(fill(Float32(k), 100)) .* 2)[end]) for k in 1:50])
    @test answers == 2 .* (1:50)

    close(x)
    @test_throws ArgumentError wait(x)
finally
    Cermet.synchronize()
    Cermet.execution!(:inline)
end
