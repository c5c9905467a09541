# SPDX-License-Identifier: Apache-2.0
# Ctrl-C during a training loop stops it soon, and the engine goes on working.
code = """
using Cermet, Cermet.NN
x, y = rand(Float32, 200, 2000), rand(1:10, 2000)
net = Chain(Dense(200 => 100, relu), Dense(100 => 10))
loader = DataLoader((x, y); batchsize=100)
train!(net, loader; epochs=1, progress=false)
ccall(:jl_exit_on_sigint, Cvoid, (Cint,), 0)
process = getpid()
run(`sh -c "sleep 1; kill -INT \$process"`; wait=false)
started = time()
try
    train!(net, loader; epochs=10^6, progress=false)
catch problem
    problem isa InterruptException || rethrow()
    println("stopped")
end
println(time() - started < 5)
println(size(net(x[:, 1:3])))
"""
if Sys.iswindows()
    skipped("signals are sent with sh and kill")
else
    good, output = run_julia(code)
    @test good
    @test occursin("stopped", output) && occursin("true", output) && occursin("(10, 3)", output)
end
