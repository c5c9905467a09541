# SPDX-License-Identifier: Apache-2.0
host_array = Float32[1 2 3; 4 5 6]
x = NDArray(host_array)
@test x isa NDArray{Float32,2} && x isa AbstractMatrix{Float32}
@test size(x) == (2, 3) && length(x) == 6 && eltype(x) == Float32 && sizeof(x) == 24
@test Array(x) == host_array && collect(x) == host_array
@test Array{Float64}(x) == host_array && Array{Float64}(x) isa Matrix{Float64}
@test device(x) == cpu()

# Every form of construction.
@test NDArray{Float64}(host_array) isa NDArray{Float64,2}
@test NDArray{Float64}(x) isa NDArray{Float64,2} && Array(NDArray{Float64}(x)) == host_array
@test Array(NDArray(1:3)) == [1, 2, 3]
@test Array(NDArray(view(host_array, :, 2))) == [2, 5]
@test Array(NDArray(host_array')) == host_array'
@test size(NDArray(2.5)) == () && NDArray(2.5)[] == 2.5
@test NDArray{Float32}(2)[] === 2.0f0
@test Array(NDArray{Int32}(undef, 2, 2)) == zeros(Int32, 2, 2)
@test Array(zeros(NDArray{Float32}, 2, 3)) == zeros(2, 3)
@test Array(ones(NDArray{Float64}, (2, 3))) == ones(2, 3)
@test zeros(NDArray{Float32})[] == 0 && ones(NDArray{Float32}, ())[] == 1
@test Array(fill(NDArray{Float32}, 0.5, 2)) == [0.5, 0.5]
@test size(NDArray(zeros(Float32, 0, 3))) == (0, 3)
@test Array(NDArray(zeros(Float32, 0, 3))) == zeros(0, 3)
@test convert(NDArray{Float64,2}, host_array) isa NDArray{Float64,2}
@test convert(NDArray, host_array) isa NDArray{Float32,2}
@test similar(x) isa NDArray{Float32,2} && similar(x, Int64, (4,)) isa NDArray{Int64,1}

# Copies.
y = copy(x)
fill!(y, 7)
@test Array(y) == fill(7, 2, 3) && Array(x) == host_array
copyto!(y, host_array .+ 1)
@test Array(y) == host_array .+ 1
copyto!(y, x)
@test y == x
@test copyto!(zeros(Float32, 2, 3), x) == host_array
@test copyto!(zeros(Int, 6), x) == vec(host_array)
@test_throws DimensionMismatch copyto!(y, zeros(Float32, 3))
@test_throws DimensionMismatch copyto!(y, NDArray(zeros(Float32, 3)))
@test_throws BoundsError copyto!(zeros(Float32, 2), x)
@test_throws InexactError fill!(NDArray([1, 2]), 0.5)
@test x == NDArray(host_array) && x == host_array && host_array == x && x != x .+ 1
@test x ≈ host_array && host_array ≈ x .+ 1f-7

# The memory itself.
host(x) do a
    @test a == host_array
    a[1, 1] = 100
end
@test Array(x)[1, 1] == 100
@test host(size, NDArray(zeros(Float32, 0, 2))) == (0, 2)
@test_throws CermetError host(identity, view(x, 1:1, :))

wait(x)
close(y)
@test_throws ArgumentError Array(y)
close(y)                                # again does nothing
@test_throws ArgumentError y .+ 1
