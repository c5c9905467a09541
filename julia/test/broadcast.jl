# SPDX-License-Identifier: Apache-2.0
a_host, b_host = Float32[1 2 3; 4 5 6], Float32[0.5 1 2; 3 0.25 1]
a, b = NDArray(a_host), NDArray(b_host)
row, column = Float32[1 2 3], Float32[10, 20]

same(x, y) = x isa NDArray && eltype(x) == eltype(y) && Array(x) ≈ y

# Whole trees, numbers on either side, host arrays among them, fewer dimensions.
@test same(@.(a^2 + 3a * b - 1), @.(a_host^2 + 3a_host * b_host - 1))
@test same(a .+ NDArray(row), a_host .+ row) && same(a .* column, a_host .* column)
@test same(2 ./ a, 2 ./ a_host) && same(a ./ 2, a_host ./ 2) && same(2 .- a, 2 .- a_host) && same(2 .^ a, 2 .^ a_host)
@test same(a .+ b .+ a .+ 1, a_host .+ b_host .+ a_host .+ 1)
@test same(a .+ (row .* 2), a_host .+ (row .* 2))
@test same(a .^ b, a_host .^ b_host) && same(a .^ 3, a_host .^ 3) && same(a .^ 0.5, a_host .^ 0.5f0)
@test same(NDArray(column) .+ NDArray(reshape(Float32.(1:6), 1, 3, 2)), column .+ reshape(Float32.(1:6), 1, 3, 2))

for f in (abs, exp, expm1, log, log1p, log2, log10, sqrt, cbrt, abs2, sign, -, inv, floor, ceil, trunc, sin, cos, tan,
          atan, sinh, cosh, tanh, asinh, deg2rad, rad2deg)
    @test same(f.(b), f.(b_host))
end
for f in (asin, acos, atanh)
    @test same(f.(b .* 0.3), f.(b_host .* 0.3f0))
end
@test same(acosh.(a), acosh.(a_host))
for f in (+, -, *, /, ^, max, min, hypot, mod)
    @test same(f.(a, b), f.(a_host, b_host))
    @test same(f.(a, 2), f.(a_host, 2.0f0))
    @test same(f.(2, a), f.(2.0f0, a_host))
end
for f in (==, !=, <, <=, >, >=)
    @test same(f.(a, b), f.(a_host, b_host))
    @test same(f.(a, 2), f.(a_host, 2)) && same(f.(2, a), f.(2, a_host))
end
@test same((a .> 2) .& (b .< 2), (a_host .> 2) .& (b_host .< 2))
@test same((a .> 2) .| (b .< 2), (a_host .> 2) .| (b_host .< 2))
@test same(xor.(a .> 2, b .< 2), xor.(a_host .> 2, b_host .< 2)) && same(.!(a .> 2), .!(a_host .> 2))
@test same(ifelse.(a .> b, a, b), ifelse.(a_host .> b_host, a_host, b_host))
@test same(ifelse.(a .> 2, a, 0), ifelse.(a_host .> 2, a_host, 0.0f0))
@test same(clamp.(a, 2, 4), clamp.(a_host, 2, 4)) && same(muladd.(a, b, 1), muladd.(a_host, b_host, 1))
for f in (relu, sigmoid, softsign)
    @test same(f.(b .- 1), f.(b_host .- 1))
end

# Element types: a number takes the array's, fractions turn integers into Float64, arrays promote.
integers = NDArray([1, 2, 3])
@test eltype(a .* 2.5) == Float32 && eltype(a .+ NDArray{Float64}(b)) == Float64
@test same(integers .+ 1, [2, 3, 4]) && same(integers ./ 2, [0.5, 1, 1.5]) && same(integers .* 0.5, [0.5, 1, 1.5])
@test same(sqrt.(integers), sqrt.([1, 2, 3])) && same(NDArray([true, false]) .+ true, [2, 1])
@test same(Float64.(a), Float64.(a_host)) && same(Float32.(NDArray([1, 2])), Float32[1, 2])
@test same(-a, -a_host) && same(a + b, a_host + b_host) && same(a - b_host, a_host - b_host) && same(2a / 3, 2a_host / 3)

# In place.
c = copy(a)
c .-= 0.1f0 .* b
@test Array(c) ≈ a_host .- 0.1f0 .* b_host
c .= 0
@test Array(c) == zeros(2, 3)
c .= row
@test Array(c) == repeat(row, 2)
c .= NDArray(column) .* 2
@test Array(c) == repeat(2column, 1, 3)
c .= integers'
@test Array(c) == Float32[1 2 3; 1 2 3]
c .= a .> 2
@test Array(c) == (a_host .> 2)
view(c, 1:1, :) .= 9
@test Array(c)[1, :] == [9, 9, 9]
target = zeros(Float32, 2, 3)
target .= a .+ 1
@test target == a_host .+ 1

# What does not fit.
@test_throws DimensionMismatch a .+ NDArray(ones(Float32, 2, 2))
@test_throws DimensionMismatch c .= NDArray(ones(Float32, 3, 3))
@test_throws DimensionMismatch a + NDArray(row)
@test occursin("lowercase", message_of(() -> lowercase.(a), ArgumentError))
@test occursin("atan", message_of(() -> atan.(a, b), ArgumentError))

# A number chosen in place of a NaN.
holes = Float32[NaN, 1, Inf]
@test same(ifelse.(isnan.(NDArray(holes)), 0, NDArray(holes)), ifelse.(isnan.(holes), 0.0f0, holes))
@test same(ifelse.(a .> 2, a, NDArray{Float64}(b)), Float64.(ifelse.(a_host .> 2, a_host, b_host)))
for f in (isnan, isinf, isfinite)
    @test same(f.(NDArray(holes)), f.(holes))
end

# Functions of one's own run on all elements at once.
gelu(v) = 0.5f0v * (1 + tanh(sqrt(2 / Float32(π)) * (v + 0.044715f0v^3)))
for f in (gelu, v -> v^2 + 1, v -> max(v, 0.1f0v), v -> (v > 2) * v, v -> 2^v - v / 3, v -> clamp(v, 2, 3), v -> ℯ^v + v^-1,
          v -> sigmoid(v) + relu(v - 2), v -> one(v) + zero(v) * v, v -> 7.0f0, v -> v^(1 // 2), v -> inv(abs2(v)), identity)
    @test same(f.(a), f.(a_host)) && same(map(f, a), map(f, a_host))
end
@test same(map((u, v) -> u * v + 1, a, b), a_host .* b_host .+ 1) && same(((u, v) -> u - v).(a, column), a_host .- column)
@test same((v -> (v > 2) & (v < 5)).(a), 2 .< a_host .< 5)
@test sum(v -> v^2, a)[] == sum(abs2, a_host)
@test_throws DimensionMismatch map(+, a, NDArray(row))
@test occursin("branches", message_of(() -> (v -> v > 2 ? v : 0).(a), ArgumentError))
@test occursin("String", message_of(() -> (v -> "text").(a), ArgumentError))
@test_throws UndefVarError (v -> no_such_function(v)).(a)
@test same((v -> (v == 2) + π * v).(a), (a_host .== 2) .+ Float32(π) .* a_host)

# What is computed on the way does not wait for the collector.
big = ones(NDArray{Float32}, 10^6)
GC.gc()
before = Cermet.memory().in_use
kept = @. big * 2 + 1 - big / 3
Cermet.synchronize()
@test Cermet.memory().in_use - before == sizeof(kept)
x = copy(a)
@test same(Float32.(x) .+ identity.(x), 2a_host) && same(x, a_host)
