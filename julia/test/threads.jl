# SPDX-License-Identifier: Apache-2.0
# Several threads (as many of four as the machine has): one model for many tasks, finalizers on whatever thread collects, collections during long calls.
code = """
using Cermet, Cermet.NN, Test
@test Threads.nthreads() >= min(4, Sys.CPU_THREADS)

# Every thread computes, and every thread collects what the others dropped.
results = map(fetch, [Threads.@spawn(begin
    total = 0.0
    for i in 1:60
        x = NDArray(fill(Float32(k), 1000))
        value, g = withgradient(x -> sum(x .* x .+ i), x)
        total += value[] + g[1:1][]
        i % 12 == 0 && GC.gc(false)
    end
    total
end) for k in 1:8])
@test results ≈ [sum(1000 * (k^2 + i) + 2k for i in 1:60) for k in 1:8]

# An array that is collected while the operators on it are still under way.
sums = map(fetch, [Threads.@spawn(begin
    y = sum(NDArray(fill(Float32(k), 10^5)) .* 2)
    GC.gc(false)
    y[]
end) for k in 1:12])
@test sums ≈ [2e5k for k in 1:12]

# One model, many tasks, different batches.
net = Chain(Dense(4 => 8, relu), Dense(8 => 3), softmax)
model = Model(net)
inputs = [rand(Float32, 4, k) for k in 1:8]
expected = [Array(net(x)) for x in inputs]
answers = map(fetch, [Threads.@spawn([Array(model(inputs[mod1(k + i, 8)])) for i in 1:20]) for k in 1:8])
@test all(answers[k][i] ≈ expected[mod1(k + i, 8)] for k in 1:8, i in 1:20)

# Closing from many threads at once releases once.
for _ in 1:200
    x = NDArray(rand(Float32, 10))
    foreach(wait, [Threads.@spawn(close(x)) for _ in 1:4])
end
GC.gc(true)
@test sum(ones(NDArray{Float32}, 10))[] == 10

# A long call lets other threads collect meanwhile: none waits as long as the call.
seconds = Ref(0.0)
finished = Threads.Atomic{Bool}(false)
work(a) = (seconds[] = @elapsed(wait(a * a)); finished[] = true)
work(rand(NDArray{Float32}, 5, 5))
finished[] = false
long = Threads.@spawn work(rand(NDArray{Float32}, 3000, 3000))
longest = 0.0
while !finished[] && Threads.nthreads() > 1         # no yield: this thread must not take the long task itself
    global longest = max(longest, @elapsed GC.gc(false))
    Libc.systemsleep(0.005)
end
wait(long)
@test longest < seconds[] / 2
println("all passed")
"""
good, output = run_julia(code; flags=`--threads=4`)
good || print(output)
@test good && occursin("all passed", output)

# A handle in a precompiled image is a closed one in the next session; what __init__ makes is alive.
mktempdir() do folder
    write(joinpath(folder, "CermetHolder.jl"), """
        module CermetHolder
        using Cermet
        const KEPT = NDArray(Float32[1, 2])
        const MADE = Ref{Any}()
        __init__() = (MADE[] = NDArray(Float32[3, 4]))
        end
        """)
    code = """
        pushfirst!(LOAD_PATH, $(repr(folder)))
        using CermetHolder, Cermet
        @show Array(CermetHolder.MADE[])
        @show isopen(CermetHolder.KEPT.handle)
        try
            Array(CermetHolder.KEPT)
        catch problem
            showerror(stdout, problem)
        end
        """
    depots = ("JULIA_DEPOT_PATH" => folder * (Sys.iswindows() ? ";" : ":") * join(DEPOT_PATH, Sys.iswindows() ? ';' : ':'),)
    run_julia(code; environment=depots)
    good, output = run_julia(code; environment=depots)
    @test good && occursin("Float32[3.0, 4.0]", output) && occursin("isopen(CermetHolder.KEPT.handle) = false", output)
    @test occursin("this ndarray was closed", output)
end
