# SPDX-License-Identifier: Apache-2.0
# Named arrays in one file.

"""
    save(path, arrays)

Writes a dictionary (or named tuple) of arrays to one file, in the form that the path's ending names: `.npz`,
`.safetensors`, anything else is MXNet's list of arrays. The old file stays until the new one is whole.
"""
function save(path::AbstractString, arrays::Union{AbstractDict,NamedTuple})
    names = String[string(name) for name in keys(arrays)]
    list = [as_ndarray(array) for array in values(arrays)]
    GC.@preserve list cermet_arrays_save(path, names, pointers(list), length(list))
    return
end

"""
    load(path)

The arrays of a `.npz`, `.safetensors` or MXNet file, by name. Arrays without a name are called by their number.
"""
function load(path::AbstractString)
    file = cermet_arrays_load(path)
    result = NamedArrays()
    for i in 0:cermet_arrays_size(file)-1
        name = cermet_arrays_name(file, i)
        push!(result, (isempty(name) ? string(i + 1) : name) => wrap(cermet_arrays_get(file, i)))
    end
    close(file)
    return result
end

"Reads an IDX file (MNIST's format), plain or gzip; the last dimension counts the observations."
read_idx(path::AbstractString) = wrap(cermet_read_idx(path))

"""
    Cermet.read_csv(path; delimiter=',', skip=0)

Reads a numeric CSV file, plain or gzip, as a `Float32` array of (columns, rows): each observation is a column. `skip` header
lines are left out; an empty field or `NA` is `NaN`.
"""
read_csv(path::AbstractString; delimiter::Char=',', skip::Integer=0) = wrap(cermet_read_csv(path, delimiter, skip))
