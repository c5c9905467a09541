# SPDX-License-Identifier: Apache-2.0
data = reshape(collect(Float32, 1:24), 4, 3, 2)
x = NDArray(data)

for place in ((1:2, :, :), (:, 2:3, 1), (2, :, :), (:, 2, 2), (4:-1:1, :, 1), (1:2:4, 3:-2:1, :), (:, :, :), (3:2, :, :),
              ([1, 4, 1], :, 2), (:, [true, false, true], :), (:, [3, 1], [2, 1]), (2:3, 2, 1))
    @test Array(x[place...]) == data[place...]
    @test x[place...] isa NDArray
end
@test Array(x[2:5]) == data[2:5] && Array(x[:]) == vec(data)
@test Array(x[end:-1:20]) == data[end:-1:20]

# Ranges copy, views share.
part = x[1:2, :, 1]
fill!(part, 0)
@test Array(x) == data
v = view(x, :, 2, 1)
@test Array(v) == data[:, 2, 1]
fill!(v, -1)
@test Array(x)[:, 2, 1] == fill(-1, 4)
x = NDArray(data)
@test Array(view(x, 2:3, :, :)) == data[2:3, :, :]
@test [Array(c) for c in eachslice(x; dims=3)] == [data[:, :, 1], data[:, :, 2]]
@test Array(@view x[3:6]) == data[3:6]

# Writing.
expected = copy(data)
for (place, value) in ((1:2, :, 1) => 5, (:, 3, 2) => Float32[1, 2, 3, 4], (4:-1:1, 1, 1) => Float32[9, 8, 7, 6],
                       (2, :, :) => fill(3.0f0, 3, 2), (:, 2, 1) => NDArray(Float32[1, 1, 2, 2]), (1:6,) => 0)
    expected[place...] = value isa Number ? fill(Float32(value), size(view(expected, place...))) : Array(value)
    x[place...] = value
    @test Array(x) == expected
end
x[:, 1, 1] .= 4
expected[:, 1, 1] .= 4
@test Array(x) == expected
@test_throws DimensionMismatch x[:, 1, 1] = Float32[1, 2]
@test_throws ArgumentError x[[1, 2], 1, 1] = Float32[1, 2]
@test_throws BoundsError x[1:5, 1, 1]
@test_throws BoundsError x[:, 4, :]
@test_throws BoundsError view(x, :, 0, :)
@test_throws BoundsError x[1:2, 1:2, 1:2, 2]

# Single elements.
@test occursin("allowscalar", message_of(() -> x[1, 1, 1], ErrorException))
@test_throws ErrorException x[1, 1, 1] = 2
@test_throws ErrorException sum(v for v in x)
allowscalar() do
    @test x[2, 1, 1] == expected[2, 1, 1] && x[5] == expected[5]
    x[2, 1, 1] = 42
    @test x[2, 1, 1] == 42
    @test_throws BoundsError x[5, 1, 1]
end
@test_throws ErrorException x[1, 1, 1]
try
    allowscalar(() -> error("inside"))
catch
end
@test_throws ErrorException x[1, 1, 1]               # given back after an exception too
@test NDArray([7.0])[] == 7 && only(NDArray(3)) == 3
@test_throws BoundsError x[]
y = NDArray([1.0])
y[] = 2
@test y[] == 2
