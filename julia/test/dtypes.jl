# SPDX-License-Identifier: Apache-2.0
using Cermet: BFloat16
for T in (Float32, Float64, Float16, UInt8, Int32, Int8, Int64, Bool)
    values = T[0, 1, 1]
    @test Array(NDArray(values)) == values
    @test eltype(NDArray(values)) == T
    @test Cermet.dtype_from_name(Cermet.dtype_name(T)) == T
end

# Half precision computes in the engine and prints as numbers.
halves = NDArray(Float16[1 2; 3 4])
@test Array(halves .+ 1) == Float16[2 3; 4 5] && eltype(halves .+ 1) == Float16
@test occursin("1.0", repr("text/plain", halves))

brain = NDArray{BFloat16}([1.0, 2.5, -3.0])
@test eltype(brain) == BFloat16
@test Float32.(Array(brain)) == [1.0, 2.5, -3.0]
@test Array(Float32.(brain)) == [1.0, 2.5, -3.0]
@test Float32.(Array(brain .* 2)) == [2.0, 5.0, -6.0]
@test occursin("2.5", repr("text/plain", brain))

@test Float32(BFloat16(1.0f0)) == 1
@test Float32(BFloat16(1.00390625f0)) == 1.0                 # a tie goes to even
@test Float32(BFloat16(1.01171875f0)) == 1.015625
@test isnan(BFloat16(NaN32)) && Float32(BFloat16(Inf32)) == Inf
@test promote_type(BFloat16, Float32) == Float32 && promote_type(BFloat16, Int) == BFloat16
@test BFloat16(1.0f0) + BFloat16(2.0f0) == BFloat16(3.0f0) && BFloat16(1.0f0) < BFloat16(2.0f0)
@test repr(BFloat16(1.5f0)) == "BFloat16(1.5)"

@test repr(cpu()) == "cpu()" && repr(gpu(1)) == "gpu(1)"
@test_throws CermetError Cermet.dtype_type(99)
