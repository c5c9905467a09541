# SPDX-License-Identifier: Apache-2.0
# Julia's collector sees a handle of a few bytes, not the megabytes behind it. So native bytes handed out since the last
# collection are counted here, and a collection is run when they pass a budget that follows the memory in use.

const BYTES_PER_HANDLE = 256            # what the engine keeps for the smallest array
const SMALLEST_BUDGET = 128 * 2^20

const bytes_since_collection = Threads.Atomic{Int}(0)
const collection_budget = Threads.Atomic{Int}(SMALLEST_BUDGET)

function count_bytes(nbytes)
    total = Threads.atomic_add!(bytes_since_collection, nbytes + BYTES_PER_HANDLE) + nbytes
    total > collection_budget[] && collect_garbage()
    return
end

# Of an array that was closed as soon as it was used.
uncount_bytes(nbytes) = (Threads.atomic_sub!(bytes_since_collection, nbytes); nothing)

# A quick collection first; a full one when that freed little, since dead arrays may sit among old objects.
function collect_garbage()
    Threads.atomic_xchg!(bytes_since_collection, 0)
    before = memory().in_use
    GC.gc(false)
    memory().in_use > before - div(collection_budget[], 2) && GC.gc(true)
    Threads.atomic_xchg!(collection_budget, max(SMALLEST_BUDGET, div(memory().in_use, 2)))
    return
end

# Runs `f`; when memory is short, frees what Julia no longer needs and tries once more.
function with_memory(f)
    try
        return f()
    catch problem
        is_memory_error(problem) || rethrow()
    end
    GC.gc(true)
    return f()
end

"""
    Cermet.memory(device=cpu())

Bytes of the engine on a device: `in_use` by arrays, `kept` for reuse, `peak` use, and the `cap` (0: none).
"""
function memory(d::Device=cpu())
    in_use, kept, peak, cap = cermet_memory(d.code, d.id)
    return (in_use=in_use, kept=kept, peak=peak, cap=cap)
end

"Sets the most bytes the engine may allocate on a device; 0 removes the cap."
memory_cap!(bytes::Integer, d::Device=cpu()) = cermet_memory_set_cap(d.code, d.id, bytes)

"Gives memory kept for reuse back to the system."
memory_trim!(d::Device=cpu()) = cermet_memory_trim(d.code, d.id)

"Threads that one operator may use."
num_threads() = Int(cermet_num_threads())
num_threads!(count::Integer) = cermet_set_num_threads(count)

"Waits for everything that the engine was asked to do."
synchronize() = cermet_wait_all()
