# SPDX-License-Identifier: Apache-2.0
X, y = reshape(Float32.(1:20), 2, 10), collect(1:10)
loader = DataLoader((X, y); batchsize=4)
@test length(loader) == 3 && numobs(loader) == 10
batches = collect(loader)
@test [size(b[1]) for b in batches] == [(2, 4), (2, 4), (2, 2)]
@test hcat(map(b -> Array(b[1]), batches)...) == X && vcat(map(b -> Array(b[2]), batches)...) == y
@test length(collect(DataLoader(X; batchsize=4, partial=false))) == 2
@test first(DataLoader((image=X, label=y); batchsize=3)).image isa NDArray{Float32,2}
@test collect(loader)[1][1] == batches[1][1]                    # starts anew

shuffled = DataLoader((X, y); batchsize=5, shuffle=true, rng=MersenneTwister(1))
one, two = [vcat(map(b -> Array(b[2]), collect(shuffled))...) for _ in 1:2]
@test sort(one) == y && one != y && one != two
for (x, label) in shuffled
    @test Array(x)[1, :] == 2 .* Array(label) .- 1               # pairs stay together
end
again = DataLoader((X, y); batchsize=5, shuffle=true, rng=MersenneTwister(1))
@test vcat(map(b -> Array(b[2]), collect(again))...) == one

struct Squares
    count::Int
end
NN.numobs(s::Squares) = s.count
NN.getobs(s::Squares, i) = i .^ 2
@test collect(DataLoader(Squares(5); batchsize=2)) == [[1, 4], [9, 16], [25]]
@test length(collect(DataLoader(Squares(5); batchsize=2, partial=false))) == 2
@test sort(vcat(collect(DataLoader(Squares(5); batchsize=2, shuffle=true))...)) == [1, 4, 9, 16, 25]
@test isempty(collect(DataLoader(zeros(Float32, 2, 0))))

@test_throws ArgumentError DataLoader(X; batchsize=0)
@test_throws DimensionMismatch DataLoader((X, 1:3))
@test_throws ArgumentError DataLoader(())
