# SPDX-License-Identifier: Apache-2.0
# The blocks of README.md, run one after the other.
module ReadmeBlocks end
const README_TEXT = read(joinpath(package(), "README.md"), String)
for block in eachmatch(r"```julia\n(.*?)```"s, README_TEXT)
    @test (include_string(ReadmeBlocks, block[1]); true)
end
@test Core.eval(ReadmeBlocks, :(grad(w) ≈ g))
@test Core.eval(ReadmeBlocks, :(accuracy(model, (points, labels)))) > 0.9
@test Core.eval(ReadmeBlocks, :(size(reader(words)) == (2, 200) && sum(v -> v^2, x) ≈ sum(abs2, x)))
