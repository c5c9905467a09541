# SPDX-License-Identifier: Apache-2.0
# Replays folders of cases and prints a table: `julia --project=julia julia/test/replay.jl FOLDER...`
using Cermet, Statistics
include("cases.jl")

function main(folders)
    total = Dict(:passed => 0, :failed => 0, :skipped => 0)
    println(rpad("family", 16), join(lpad.(("passed", "failed", "skipped"), 9)))
    for folder in folders, path in case_files(folder)
        counts = replay_file((id, problem) -> println("FAILED $id: $problem"), path)
        println(rpad(splitext(basename(path))[1], 16), join(lpad(counts[k], 9) for k in (:passed, :failed, :skipped)))
        mergewith!(+, total, counts)
    end
    println("$(total[:passed]) passed, $(total[:failed]) failed, $(total[:skipped]) skipped")
    return total[:failed] == 0 ? 0 : 1
end

exit(main(ARGS))
