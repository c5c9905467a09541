# SPDX-License-Identifier: Apache-2.0
data = reshape(collect(Float32, 1:24), 4, 3, 2)
x = NDArray(data)
@test Array(reshape(x, 6, 4)) == reshape(data, 6, 4) && Array(reshape(x, 2, :)) == reshape(data, 2, :)
@test Array(vec(x)) == vec(data) && Array(dropdims(sum(x; dims=2); dims=2)) == dropdims(sum(data; dims=2); dims=2)
fill!(view(reshape(x, 24), 1:4), 0)         # shares memory
@test Array(x)[:, 1, 1] == zeros(4)
x = NDArray(data)
for order in ((1, 2, 3), (3, 1, 2), (2, 1, 3), [3, 2, 1])
    @test Array(permutedims(x, order)) == permutedims(data, order)
end
@test Array(permutedims(NDArray(data[:, :, 1]))) == permutedims(data[:, :, 1])
@test Array(permutedims(NDArray(data[:, 1, 1]))) == permutedims(data[:, 1, 1])
for dims in 1:4
    @test Array(cat(x, x .+ 1; dims=dims)) == cat(data, data .+ 1; dims=dims)
end
m = NDArray(data[:, :, 1])
@test Array([m; m]) == [data[:, :, 1]; data[:, :, 1]] && Array([m m]) == [data[:, :, 1] data[:, :, 1]]
@test Array(hcat(NDArray([1, 2]), NDArray([3, 4]))) == [1 3; 2 4]
@test Array(vcat(NDArray([1, 2]), NDArray([3.5]))) == [1, 2, 3.5]

@test_throws DimensionMismatch reshape(x, 5, 5)
@test_throws DimensionMismatch reshape(x, 5, :)
@test_throws DimensionMismatch reshape(x, :, :)
@test_throws ArgumentError permutedims(x, (1, 1, 2))
@test_throws ArgumentError permutedims(x, (1, 2))
@test_throws DimensionMismatch cat(x, m; dims=1)
@test_throws ArgumentError cat(x, x; dims=0)
