# SPDX-License-Identifier: Apache-2.0
# What several test files use.

"The message of the exception of type `T` that `f` throws."
function message_of(f, T)
    try
        f()
    catch problem
        problem isa T || rethrow()
        return sprint(showerror, problem)
    end
    error("no exception")
end

"Finite differences of `f` at the array `x`."
function numeric_gradient(f, x::Array{Float64}; step=1e-5)
    map(CartesianIndices(x)) do i
        up, down = copy(x), copy(x)
        up[i] += step
        down[i] -= step
        (f(up) - f(down)) / (2step)
    end
end

"The project's folder, with data that is not part of the package; tests that need it are skipped where it is not."
package() = dirname(@__DIR__)
repository() = dirname(package())
shared() = get(ENV, "CERMET_SHARED", normpath(joinpath(repository(), "..", "shared")))

function skipped(reason)
    @info "skipped: $reason"
    @test_skip reason
end

"Runs Julia code in a process of its own; (exit is good, what it printed)."
function run_julia(code; environment=(), flags=``)
    command = `$(Base.julia_cmd()) $flags --startup-file=no --project=$(package()) -e $code`
    output = IOBuffer()
    process = withenv(environment...) do
        run(pipeline(ignorestatus(command); stdout=output, stderr=output))
    end
    return success(process), String(take!(output))
end

"A small problem that a small net learns: points in two clouds, labels 1 and 2."
function two_clouds(n; seed=1)
    rng = MersenneTwister(seed)
    labels = rand(rng, 1:2, n)
    points = 0.5f0 .* randn(rng, Float32, 2, n) .+ Float32.(ifelse.(labels' .== 1, -1, 1))
    return points, labels
end
