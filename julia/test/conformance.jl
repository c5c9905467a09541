# SPDX-License-Identifier: Apache-2.0
# The cases that every language replays.
include(joinpath(@__DIR__, "cases.jl"))

folder = joinpath(repository(), "bindings", "conformance")
isempty(case_files(folder)) && skipped("no cases in $folder")
@testset "$(basename(path))" for path in case_files(folder)
    counts = replay_file((id, problem) -> println("FAILED $id: $problem"), path)
    @test counts[:failed] == 0 && counts[:skipped] == 0
    @test counts[:passed] > 0
end

# The comparison itself can fail.
tolerance = Dict("atol" => 1e-5, "rtol" => 1e-4)
@test compare("x", NDArray([1.0, NaN, Inf]), NDArray([1.00001, NaN, Inf]), tolerance) === nothing
@test_throws Mismatch compare("x", NDArray([1.0]), NDArray([1.1]), tolerance)
@test_throws Mismatch compare("x", NDArray([1.0]), NDArray([NaN]), tolerance)
@test_throws Mismatch compare("x", NDArray([1]), NDArray([2]), tolerance)
@test_throws Mismatch compare("x", NDArray([1.0]), NDArray([1.0f0]), tolerance)
@test_throws Mismatch compare("x", NDArray([1.0]), NDArray([1.0 1.0]), tolerance)
