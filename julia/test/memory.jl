# SPDX-License-Identifier: Apache-2.0
# What Julia no longer reaches is freed, at any time and on any thread, and a loop of many operators stays flat.

live() = (GC.gc(true); GC.gc(true); Cermet.memory().in_use)

before = live()
for _ in 1:200
    square = rand(NDArray{Float32}, 100, 100)
    sum(square .* 2 .+ square')
end
@test live() <= before + 10^5

# Large arrays in a loop: Julia's collector alone would see a few bytes each.
peak = 0
for _ in 1:3000
    ones(NDArray{Float32}, 512, 512) .+ 1
    global peak = max(peak, Cermet.memory().in_use)
end
@test peak < before + 600 * 2^20

# Training steps keep nothing.
net = Chain(Dense(20 => 20, relu), Dense(20 => 2))
optimizer = setup(Adam(), net)
x, y = rand(NDArray{Float32}, 20, 32), rand(1:2, 32)
step() = update!(optimizer, net, withgradient(m -> logitcrossentropy(m(x), y), net)[2])
foreach(_ -> step(), 1:20)
settled = live()
foreach(_ -> step(), 1:300)
@test live() <= settled + 10^5

# Collections in the middle of everything.
for k in 1:60
    a = NDArray(fill(Float32(k), 50))
    b = a .+ 1
    k % 10 == 0 && GC.gc(false)
    value, g = withgradient(a -> sum(a .* b), a)
    GC.gc(false)
    @test g == b && value[] == 50 * k * (k + 1)
end

# Views keep the memory that they look into, in any order of death.
views = [view(NDArray(collect(Float32, 1:1000)), k:k+1) for k in 1:100]
GC.gc(true)
@test all(Array(v) == [k, k + 1] for (k, v) in enumerate(views))
views = nothing

# A cap is an error that leaves everything as it was; garbage is collected before giving up.
GC.gc(true)
Cermet.memory_trim!()
Cermet.memory_cap!(Cermet.memory().in_use + 8 * 2^20)
try
    problem = try
        zeros(NDArray{Float32}, 2^22)
    catch caught
        caught
    end
    @test problem isa CermetError && problem.status == :limit
    for _ in 1:20
        @test sum(ones(NDArray{Float32}, 2^20))[] == 2^20         # 4 MiB each: only with the earlier ones collected
    end
finally
    Cermet.memory_cap!(0)
end
@test zeros(NDArray{Float32}, 2^22) isa NDArray

# Everything can be closed by hand, twice, and in the wrong order.
net = Ops.fully_connected(Variable(:data); num_hidden=2)
exe = bind(net; data=(3, 2))
weight = exe[:data]
close(exe.handle)
close(exe.handle)
close(net.handle)
@test size(Array(weight)) == (3, 2)
@test_throws ArgumentError forward!(exe)
