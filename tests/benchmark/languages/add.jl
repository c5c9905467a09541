# SPDX-License-Identifier: Apache-2.0
# The sum of two arrays of two numbers, from Julia:  add.jl SECONDS
using Cermet

function many(x, y, calls)
    for _ in 1:calls
        x + y
    end
end

function main(seconds)
    x, y = NDArray(Float32[1, 2]), NDArray(Float32[3, 4])
    many(x, y, 2000)
    begun = time()
    while true
        start, calls = time(), 0
        while time() - start < 0.1
            many(x, y, 500)
            calls += 500
        end
        println("sample $(start) $(time()) $(calls)")
        time() - begun >= seconds && break
    end
end

main(parse(Float64, ARGS[1]))
