# SPDX-License-Identifier: Apache-2.0
# Replays operator cases in the form of bindings/conformance: one line of JSON a case, arrays in an .npz beside it. Attributes
# are texts in the engine's conventions; arrays have the same bytes here as in the file, only their dimensions read reversed.

struct Missing <: Exception end             # what the case needs does not exist here
struct Mismatch <: Exception
    what::String
end
Base.showerror(io::IO, mismatch::Mismatch) = print(io, mismatch.what)

entries(case, key) = something(get(case, key, nothing), [])

function replay(case, arrays)
    operator = find_case_operator(case)
    any(entry -> haskey(entry, "stype"), [entries(case, "inputs"); entries(case, "outputs"); entries(case, "mutated")]) &&
        throw(Missing())
    case["kind"] == "error" || return replay_values(operator, case, arrays)
    try
        call_case(operator, case, arrays)
    catch problem
        problem isa Union{CermetError,ArgumentError,DimensionMismatch} && return
        rethrow()
    end
    throw(Mismatch("was accepted, want an error"))
end

function find_case_operator(case)
    try
        return Cermet.operator_pointer(get(case, "called_as", case["op"]))
    catch problem
        problem isa CermetError && problem.status == :not_found && throw(Missing())
        rethrow()
    end
end

function call_case(operator, case, arrays)
    inputs = [copy(arrays[entry["key"]]) for entry in case["inputs"]]
    attrs = Cermet.cermet_attrs_create(operator)
    foreach(((name, text),) -> Cermet.cermet_attrs_set_text(attrs, name, text), case["attrs"])
    prepare_gradients(case, inputs, arrays)
    written = entries(case, "written_into_inputs")
    out = isempty(written) ? Cermet.unset : Tuple(inputs[k+1] for k in written)
    results = record(() -> Cermet.invoke(operator, attrs, Tuple(inputs), out, Cermet.unset); train=case["mode"] == "train")
    return inputs, results isa Tuple ? results : (results,)
end

has_gradients(case) = !isempty(entries(case, "grads")) && !haskey(case, "gradient_defect") && !haskey(case, "no_gradient")

function prepare_gradients(case, inputs, arrays)
    has_gradients(case) || return
    for entry in case["grads"]
        x = attach_grad!(inputs[entry["input"]+1]; grad_req=Symbol(case["grad_req"]))
        haskey(entry, "initial") && copyto!(grad(x), arrays[entry["initial"]])
    end
end

function replay_values(operator, case, arrays)
    inputs, results = call_case(operator, case, arrays)
    case["kind"] == "moments" && return foreach(compare_moments, results, case["outputs"])
    for (k, entry) in enumerate(case["outputs"])
        get(entry, "undefined", false) || compare("output $k", results[k], arrays[entry["key"]], case["tol"])
    end
    for entry in entries(case, "mutated")
        compare("$(entry["name"]) afterwards", inputs[entry["input"]+1], arrays[entry["key"]], case["tol"])
    end
    has_gradients(case) || return
    chosen = [k for (k, head) in enumerate(case["head_grads"]) if head !== nothing || eltype(results[k]) <: AbstractFloat]
    heads = Tuple(case["head_grads"][k] === nothing ? nothing : copy(arrays[case["head_grads"][k]["key"]]) for k in chosen)
    # Without a head of floating point the gradients stay what they were: zero.
    isempty(chosen) || backward!(results[chosen], heads)
    for entry in case["grads"]
        compare("gradient of $(entry["of"])", grad(inputs[entry["input"]+1]), arrays[entry["key"]], case["grad_tol"])
    end
end

function compare(what, got, want, tolerance)
    got, want = Array(got), Array(want)
    eltype(got) == eltype(want) || throw(Mismatch("$what: element type $(eltype(got)), want $(eltype(want))"))
    size(got) == size(want) || throw(Mismatch("$what: dimensions $(size(got)), want $(size(want))"))
    fits(g, w) = g == w || isequal(g, w) || abs(g - w) <= tolerance["atol"] + tolerance["rtol"] * abs(w)
    right = eltype(want) <: AbstractFloat ? fits.(Float64.(got), Float64.(want)) : got .== want
    all(right) && return
    place = findfirst(.!right)
    throw(Mismatch("$what: $(count(.!right)) of $(length(right)) differ, first at $(Tuple(place)): got $(got[place]), want $(want[place])"))
end

function compare_moments(got, entry)
    values = Float64.(Array(got))
    collect(reverse(size(values))) == entry["shape"] ||
        throw(Mismatch("dimensions $(size(values)), want $(reverse(entry["shape"]))"))
    expected = entries(entry, "expected")
    columns = isempty(expected) ? [] : eachcol(reshape(values, :, length(expected)))
    for (column, want) in zip(columns, expected)
        abs(mean(column) - want["mean"]) <= want["mean_tol"] || throw(Mismatch("mean $(mean(column)), want $(want["mean"])"))
        abs(var(column) - want["var"]) <= want["var_rtol"] * want["var"] ||
            throw(Mismatch("variance $(var(column)), want $(want["var"])"))
    end
end

"Replays all cases of one file; calls `failed(id, problem)` for each that fails. Counts of passed, failed and skipped."
function replay_file(failed, path)
    arrays = load(replace(path, r"jsonl$" => "npz"))
    counts = Dict(:passed => 0, :failed => 0, :skipped => 0)
    for line in eachline(path)
        case = Cermet.parse_json(line)
        outcome = try
            replay(case, arrays)
            :passed
        catch problem
            problem isa InterruptException && rethrow()
            problem isa Missing || failed(case["id"], sprint(showerror, problem))
            problem isa Missing ? :skipped : :failed
        end
        counts[outcome] += 1
    end
    return counts
end

case_files(folder) = isdir(folder) ? [joinpath(folder, name) for name in readdir(folder) if endswith(name, ".jsonl")] : String[]
