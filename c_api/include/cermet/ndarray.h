/* SPDX-License-Identifier: Apache-2.0 */
/* N-dimensional arrays: creation, copies, views, gradients attached to arrays, DLPack.
 *
 * A handle names a view (dtype, shape, strides, offset) of a reference-counted storage. Views share storage: writing
 * through one is seen by all. Shape and dtype are known at once; element values may still be computed, and functions
 * that need them wait. A failure that depends on values is kept by the arrays it spoiled and returned, with the
 * operator's name, by the first function that waits for them. */
#ifndef CERMET_NDARRAY_H
#define CERMET_NDARRAY_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cermet_ndarray cermet_ndarray;

CERMET_API void cermet_ndarray_retain(cermet_ndarray *array);
CERMET_API void cermet_ndarray_release(cermet_ndarray *array);

/* New array, filled with zeros. Rank at most 32; a rank of 0 is a scalar; sizes of 0 are fine. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_create(const int64_t *shape, int32_t ndim, cermet_dtype dtype,
                                                               cermet_device device, int32_t device_id,
                                                               cermet_ndarray **out);

/* New array on the CPU with a copy of row-major `data`; nbytes must be exactly the array's size. A bool is a byte, here
 * and in _write: 0 is false, any other becomes 1. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_from_data(const void *data, int64_t nbytes,
                                                                  const int64_t *shape, int32_t ndim,
                                                                  cermet_dtype dtype, cermet_ndarray **out);

/* New array on the CPU over memory of yours, without a copy: row-major, aligned to the element. `payload_free(payload)`
 * is called once when the last view dies, on whatever thread that happens; it may be NULL. The bytes of bools must be 0
 * or 1 while Cermet reads them: it takes no other for any particular value. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_from_memory(void *data, int64_t nbytes, const int64_t *shape,
                                                                    int32_t ndim, cermet_dtype dtype,
                                                                    void (*payload_free)(void *payload), void *payload,
                                                                    cermet_ndarray **out);

/* Dimensions; `out_shape` is borrowed from the array, NULL when ndim is 0. Never waits. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_shape(const cermet_ndarray *array, const int64_t **out_shape,
                                                              int32_t *out_ndim);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_dtype(const cermet_ndarray *array, cermet_dtype *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_device(const cermet_ndarray *array, cermet_device *out,
                                                               int32_t *out_device_id);
/* Number of elements, and bytes of a dense copy. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_size(const cermet_ndarray *array, int64_t *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_nbytes(const cermet_ndarray *array, int64_t *out);

/* 1 if the elements lie row by row without gaps, as cermet_ndarray_data wants them. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_is_dense(const cermet_ndarray *array, int32_t *out);

/* Waits until the values are there; returns the failure that spoiled them, if any. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_wait(const cermet_ndarray *array);
/* Waiting without a blocked thread: calls `callback(payload)` exactly once when everything that was started on the
 * array's storage before has finished or failed; then cermet_ndarray_wait returns at once, with the failure if there
 * is one. With nothing to wait for it is called before this function returns, else on an engine thread. The callback
 * must return soon and must not throw, longjmp or call Cermet: it is for waking someone up (uv_async_send, a
 * condition variable, a semaphore). The array may be released meanwhile. It is never called if this function fails, nor
 * in a forked child for what was started in the parent. `payload` may be NULL. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_notify(const cermet_ndarray *array,
                                                               void (*callback)(void *payload), void *payload);

/* Copies all elements, row-major, to or from host memory of exactly cermet_ndarray_nbytes. Waits. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_read(const cermet_ndarray *array, void *data, int64_t nbytes);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_write(cermet_ndarray *array, const void *data, int64_t nbytes);

/* Copies values into `destination`, of the same shape, converting the dtype. Overlapping views are handled. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_copy_to(const cermet_ndarray *array,
                                                                cermet_ndarray *destination);
/* New dense array with the same values. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_copy(const cermet_ndarray *array, cermet_ndarray **out);

/* Address of the first element of a dense CPU array, for reading and writing in place. Waits first. Valid while the
 * array lives; do not use it while operators on the same storage run. A view that is not dense is UNSUPPORTED. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_data(cermet_ndarray *array, void **out);

/* Views; all share storage with `array`.
 * _slice: per axis begin (inclusive), end (exclusive) and step, begin/end as in Python after clipping, step != 0;
 *         `num_axes` may be less than the rank: the rest is taken whole.
 * _reshape: same number of elements; one dimension may be -1. UNSUPPORTED where the strides would need a copy: a
 *         view with gaps can be given more or fewer axes of size 1, and axes split or merged that lie without gaps.
 * _transpose: axes in the given order; NULL and 0 reverse them. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_slice(const cermet_ndarray *array, const int64_t *begin,
                                                              const int64_t *end, const int64_t *step, int32_t num_axes,
                                                              cermet_ndarray **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_reshape(const cermet_ndarray *array, const int64_t *shape,
                                                                int32_t ndim, cermet_ndarray **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_transpose(const cermet_ndarray *array, const int64_t *axes,
                                                                  int32_t num_axes, cermet_ndarray **out);

/* Gives the array a gradient that cermet_recorder_backward fills (a zeroed array of equal shape and dtype, read by
 * cermet_ndarray_grad). CERMET_GRAD_NULL takes it away. Floating dtypes only. One thread at a time. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_attach_grad(cermet_ndarray *array, cermet_grad_req grad_req);
/* The attached gradient, a new reference; NOT_FOUND if there is none. */
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_grad(const cermet_ndarray *array, cermet_ndarray **out);

/* DLPack (dmlc/dlpack 1.x, DLManagedTensorVersioned), both ways without a copy.
 * _to: a new managed tensor that keeps the array's storage alive until its deleter runs.
 * _from: takes ownership of `tensor` on success only. Strided tensors are fine; values must be aligned to the element,
 * and bools as in _from_memory. Read-only tensors are copied. */
struct DLManagedTensorVersioned;
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_to_dlpack(const cermet_ndarray *array,
                                                                  struct DLManagedTensorVersioned **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_ndarray_from_dlpack(struct DLManagedTensorVersioned *tensor,
                                                                    cermet_ndarray **out);

/* Named arrays in one file.
 * _save: format by suffix: ".npz", ".safetensors", anything else is MXNet's NDArray list (".params", ".nd"). `names`
 *        may be NULL for an MXNet list without names. Written atomically: the old file stays until the new is whole.
 * _load: format by content. `out_names` has one entry an array ("" where the file has no names). */
typedef struct cermet_arrays cermet_arrays;
CERMET_API CERMET_MUST_USE cermet_status cermet_arrays_save(const char *path, const char *const *names,
                                                            cermet_ndarray *const *arrays, int32_t num_arrays);
CERMET_API CERMET_MUST_USE cermet_status cermet_arrays_load(const char *path, cermet_arrays **out);
CERMET_API void cermet_arrays_retain(cermet_arrays *arrays);
CERMET_API void cermet_arrays_release(cermet_arrays *arrays);
CERMET_API CERMET_MUST_USE cermet_status cermet_arrays_size(const cermet_arrays *arrays, int32_t *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_arrays_name(const cermet_arrays *arrays, int32_t index,
                                                            const char **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_arrays_get(const cermet_arrays *arrays, int32_t index,
                                                           cermet_ndarray **out);

#ifdef __cplusplus
}
#endif
#endif
