# SPDX-License-Identifier: Apache-2.0
parse_json = Cermet.parse_json
@test parse_json(" {\"a\": [1, -2.5e3, true, false, null], \"b\": {}} ") == Dict("a" => [1, -2500.0, true, false, nothing], "b" => Dict())
@test parse_json("[]") == []
@test parse_json("\"a\\n\\\"\\u00e9\\ud83d\\ude00é\"") == "a\n\"é😀é"
@test parse_json("[1, 2]")[1] isa Int
@test isnan(parse_json("NaN")) && parse_json("-Infinity") == -Inf
for bad in ("", "{", "[1", "[1,]", "{\"a\" 1}", "\"a", "tru", "1 2", "{1: 2}", "-")
    @test_throws ArgumentError parse_json(bad)
end
