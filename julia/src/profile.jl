# SPDX-License-Identifier: Apache-2.0

"""
    Cermet.profile(f; file=nothing)

Runs `f()` and returns a table, as text, of what operators cost meanwhile, on all threads: calls, total ms, mean µs,
share of the time in percent, GB/s, GFLOP/s. With `file`, a trace for Perfetto and `chrome://tracing` is written there,
also where `f` throws. One profile at a time.

```julia
print(Cermet.profile(() -> predict(model, x); file="trace.json"))
```
"""
function profile(f; file=nothing)
    cermet_wait_all()
    cermet_profiler_start()
    try
        f()
        cermet_wait_all()
    finally
        cermet_profiler_stop()
        file === nothing || write(file, take_text(cermet_profiler_trace()))
    end
    return take_text(cermet_profiler_table())
end
