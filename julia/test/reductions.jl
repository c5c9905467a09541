# SPDX-License-Identifier: Apache-2.0
data = randn(MersenneTwister(3), 4, 3, 2)
x = NDArray(data)
for f in (sum, prod, maximum, minimum, mean)
    @test f(x) isa NDArray{Float64,0} && f(x)[] ≈ f(data)
    for dims in (1, 2, 3, (1, 3), (2, 1), (1, 2, 3))
        @test Array(f(x; dims=dims)) ≈ f(data; dims=dims)
    end
    @test f(abs2, x)[] ≈ f(abs2, data) && Array(f(abs2, x; dims=2)) ≈ f(abs2, data; dims=2)
end
@test Array(sum(x; dims=5)) == data
@test sum(NDArray([true, true, false]))[] === 2 && sum(NDArray(Int32[1, 2]))[] == 3
@test mean(NDArray([1, 2]))[] == 1.5
@test extrema(x) == extrema(data) && norm(x)[] ≈ norm(data)
@test argmax(x) == argmax(data) && findmin(x) == findmin(data) && argmin(x; dims=1) == argmin(data; dims=1)
@test any(x .> 0) && !all(x .> 0) && count(x .> 0) == count(data .> 0) && all(isfinite, x)
@test sum(NDArray(zeros(Float32, 0)))[] == 0
@test_throws ArgumentError maximum(NDArray(zeros(Float32, 0)))
@test_throws ArgumentError sum(x; dims=0)

# A sum is a number to all intents.
total = sum(NDArray([1.0, 2.0]))
@test (total + 1)[] == 4 && (1 + total)[] == 4 && (total - 1)[] == 2 && (1 - total)[] == -2 && (6 / total)[] == 2
