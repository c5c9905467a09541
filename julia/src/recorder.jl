# SPDX-License-Identifier: Apache-2.0
# Which operators are remembered for gradients. The recorder in use belongs to the task, not to the thread, and every
# scope gives back what it found.

mutable struct Recorder
    handle::Handle{:recorder}
    recording::Bool
    train::Bool
end

Recorder(train::Bool) = Recorder(cermet_recorder_create(train), true, train)

Base.cconvert(::Type{Ptr{Cvoid}}, recorder::Recorder) = recorder.handle

function set_mode!(recorder::Recorder, recording, train)
    cermet_recorder_set_mode(recorder.handle, recording, train)
    recorder.recording, recorder.train = recording, train
    return recorder
end

current_recorder() = get(task_local_storage(), :cermet_recorder, nothing)

function with_recorder(f, recorder)
    storage = task_local_storage()
    outer = get(storage, :cermet_recorder, nothing)
    storage[:cermet_recorder] = recorder
    try
        return f()
    finally
        storage[:cermet_recorder] = outer
    end
end

"""
    record(f; train=true)

Calls `f()` and remembers the operators it runs, for [`backward!`](@ref). With `train`, dropout and batch normalisation
behave as in training.

    x = NDArray(Float32[1 2; 3 4]); attach_grad!(x)
    y = record() do
        sum(x .^ 2)
    end
    backward!(y)
    grad(x)
"""
function record(f; train::Bool=true)
    outer = current_recorder()
    outer === nothing && return with_recorder(f, Recorder(train))
    return with_mode(f, outer, true, train)
end

"""
    pause(f; train=false)

Calls `f()` without remembering its operators, inside [`record`](@ref); what it computes counts as constant.
"""
function pause(f; train::Bool=false)
    outer = current_recorder()
    outer === nothing && train &&
        return with_recorder(f, set_mode!(Recorder(train), false, train))
    outer === nothing && return f()
    return with_mode(f, outer, false, train)
end

function with_mode(f, recorder, recording, train)
    before = (recorder.recording, recorder.train)
    set_mode!(recorder, recording, train)
    try
        return f()
    finally
        set_mode!(recorder, before...)
    end
end

"True inside [`record`](@ref) and while a gradient's function runs."
is_recording() = (r = current_recorder(); r !== nothing && r.recording)

"True while operators such as dropout behave as in training."
is_training() = (r = current_recorder(); r !== nothing && r.train)
