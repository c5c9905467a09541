# SPDX-License-Identifier: Apache-2.0
arrays = Dict("a" => NDArray(rand(Float32, 2, 3)), "b" => NDArray([1, 2, 3]))
mktempdir() do folder
    for ending in ("npz", "safetensors", "params")
        path = joinpath(folder, "arrays." * ending)
        save(path, arrays)
        found = load(path)
        @test sort(keys(found)) == ["a", "b"]
        @test found["a"] == arrays["a"] && found[:b] == arrays["b"]
    end
    save(joinpath(folder, "host.npz"), (x=[1.0 2.0], y=[1]))
    @test Array(load(joinpath(folder, "host.npz"))["x"]) == [1.0 2.0]

    write(joinpath(folder, "t.csv"), "a,b\n1,2\n3,NA\n")
    table = Array(Cermet.read_csv(joinpath(folder, "t.csv"); skip=1))
    @test table[:, 1] == [1, 2] && table[1, 2] == 3 && isnan(table[2, 2])
    @test_throws CermetError Cermet.read_csv(joinpath(folder, "t.csv"))

    write(joinpath(folder, "i.idx"), UInt8[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])
    @test Array(Cermet.read_idx(joinpath(folder, "i.idx"))) == [1 4; 2 5; 3 6]
    write(joinpath(folder, "short.idx"), UInt8[0, 0, 8, 2, 0, 0])
    @test_throws CermetError Cermet.read_idx(joinpath(folder, "short.idx"))
    @test_throws Exception save(joinpath(folder, "no", "a.npz"), arrays)
    write(joinpath(folder, "bad.npz"), "PK\x03\x04 and nothing more")
    @test_throws CermetError load(joinpath(folder, "bad.npz"))
end
@test_throws ArgumentError load("a\0b.npz")
