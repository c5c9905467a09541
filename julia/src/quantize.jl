# SPDX-License-Identifier: Apache-2.0
# Models in integers of 8 bits.

const CALIBRATIONS = (none=CERMET_CALIBRATION_NONE, naive=CERMET_CALIBRATION_NAIVE, entropy=CERMET_CALIBRATION_ENTROPY)
const QUANTIZED_TYPES = (auto=CERMET_QUANTIZED_AUTO, int8=CERMET_QUANTIZED_INT8, uint8=CERMET_QUANTIZED_UINT8)

"""
    Cermet.quantize(model, x; calibration=:entropy, type=:auto, exclude=(), batchsize=100)

The model with convolutions and dense layers that work on integers of 8 bits: a quarter of the bytes, for predictions only.
`x` holds typical observations (the last dimension counts them), from which the ranges of values are learnt, in whole
batches.

- `calibration`: `:entropy` cuts ranges where that keeps distributions best, `:naive` takes them from the smallest to the
  largest value, `:none` looks at each batch anew when predicting, and `x` gives dimensions only
- `type`: integers between layers; `:auto` is `UInt8` where nothing is negative, else `Int8`; or `:int8`, `:uint8`
- `exclude`: names of nodes or operators that stay as they are
"""
function quantize(model::Model, x::AbstractArray; calibration::Symbol=:entropy, type::Symbol=:auto, exclude=(),
                  batchsize::Integer=100)
    haskey(CALIBRATIONS, calibration) || throw(ArgumentError("calibration: got $calibration; want entropy, naive or none"))
    haskey(QUANTIZED_TYPES, type) || throw(ArgumentError("type: got $type; want auto, int8 or uint8"))
    batchsize >= 1 || throw(ArgumentError("batchsize must be at least 1: got $batchsize"))
    names = inputs(model)
    length(names) == 1 || throw(ArgumentError("this model has the inputs $(join(names, ", ")); want one"))
    n = size(x, ndims(x))
    n >= 1 || throw(ArgumentError("quantize: no observations in an array of dimensions $(size(x))"))
    rows = min(batchsize, n)
    specs = make_specs((name => ((size(x)[1:end-1]..., rows), Float32) for name in names))
    calibrator = cermet_calibrator_create(model, specs, CALIBRATIONS[calibration], QUANTIZED_TYPES[type])
    foreach(name -> cermet_calibrator_exclude(calibrator, string(name)), exclude)
    if calibration != :none
        input = wrap_shared(cermet_calibrator_input(calibrator, names[1]))
        for first in 1:rows:n-rows+1
            copyto!(input, as_ndarray(last_dim(x, first:first+rows-1)))
            cermet_calibrator_collect(calibrator)
        end
    end
    return Model(cermet_calibrator_quantize(calibrator))
end
