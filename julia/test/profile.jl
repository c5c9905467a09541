# SPDX-License-Identifier: Apache-2.0
x = rand(NDArray{Float32}, 6, 4)
y = rand(NDArray{Float32}, 4, 5)
mktempdir() do folder
    file = joinpath(folder, "trace.json")
    table = Cermet.profile(() -> foreach(_ -> x * y, 1:3); file=file)
    @test occursin(r"^ +3 +[0-9. ]+  \w+$"m, table)
    trace = Cermet.parse_json(read(file, String))
    @test count(event -> event["args"]["flops"] == 2 * 6 * 4 * 5, trace["traceEvents"]) == 3
    @test_throws ErrorException Cermet.profile(() -> error("mine"); file=file)
    @test Cermet.parse_json(read(file, String))["traceEvents"] == []
end
# One at a time; the outer one goes on.
problem = Cermet.profile(() -> @test_throws ArgumentError Cermet.profile(() -> nothing))
@test occursin("total", problem)
