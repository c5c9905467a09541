# SPDX-License-Identifier: Apache-2.0
# Runs a saved model on saved inputs:
#
#   julia --project=julia julia/examples/predict.jl MODEL INPUTS.npz [OUTPUT.npz]
#
# MODEL is a file ending in .safetensors, or PREFIX or PREFIX:EPOCH for PREFIX-symbol.json and PREFIX-0000.params. INPUTS.npz
# holds one array for each input of the model, by its name (an only array may have any name), first dimension the batch as
# in all files. Prints one line of comma-separated numbers for each observation; with OUTPUT.npz writes them there as
# "output" instead.
using Cermet

function open_model(text)
    parts = match(r"^(.*):(\d+)$", text)
    return parts === nothing ? load_model(text) : load_model(parts[1], parse(Int, parts[2]))
end

function main(arguments)
    length(arguments) in (2, 3) || (println(stderr, "use: predict.jl MODEL INPUTS.npz [OUTPUT.npz]"); return 2)
    model = open_model(arguments[1])
    found = load(arguments[2])
    names = Cermet.inputs(model)
    given = length(names) == 1 == length(found) ? values(found) : [found[name] for name in names]
    scores = model(; (Symbol(name) => array for (name, array) in zip(names, given))...)
    if length(arguments) == 3
        save(arguments[3], Dict("output" => scores))
    else
        foreach(row -> println(join(row, ",")), eachcol(reshape(Array(scores), :, size(scores, ndims(scores)))))
    end
    return 0
end

exit(main(ARGS))
