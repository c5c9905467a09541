# SPDX-License-Identifier: Apache-2.0
Cermet.seed!(7)
a = rand(NDArray{Float32}, 100, 100)
n = randn(NDArray{Float64}, 100, 100)
@test a isa NDArray{Float32,2} && n isa NDArray{Float64,2}
@test all(0 .<= Array(a) .< 1) && abs(mean(Array(a)) - 0.5) < 0.02
@test abs(mean(Array(n))) < 0.05 && abs(std(Array(n)) - 1) < 0.05
Cermet.seed!(7)
@test rand(NDArray{Float32}, 100, 100) == a
@test rand(NDArray{Float32}, 100, 100) != a

stream = Cermet.RandomStream(1)
first_numbers = Array(rand(NDArray{Float32}, 5; rng=stream))
@test Array(rand(NDArray{Float32}, 5; rng=stream)) != first_numbers
@test Array(rand(NDArray{Float32}, 5; rng=Cermet.RandomStream(1))) == first_numbers
Cermet.seed!(stream, 1)
@test Array(rand(NDArray{Float32}, 5; rng=stream)) == first_numbers
@test size(rand!(zeros(NDArray{Float32}, 0, 3))) == (0, 3)
