/* SPDX-License-Identifier: Apache-2.0 */
/* Export macro, version, status codes, dtypes, devices: what every other Cermet header builds on.
 *
 * Conventions of all headers
 *   Names      cermet_<noun>_<verb>; self first, then inputs, then outputs called `out` or `out_<what>`.
 *   Handles    pointers to incomplete structs, reference-counted. What comes through an `out` pointer to a
 *              handle is a new reference of yours: give it back with the noun's _release. _release takes NULL,
 *              may be called from any thread, in any order, never waits, never calls back and never touches
 *              the error slot. cermet_def is interned and never released. A handle of another kind is
 *              INVALID_ARGUMENT. A released one is CLOSED as long as its memory holds nothing else: a help in
 *              finding defects, not a promise.
 *   Status     every function that can fail returns cermet_status. On failure nothing is written to an `out`
 *              and no argument has changed, unless the function says otherwise; cermet_error_take gives details.
 *   Strings    UTF-8, NUL-terminated. A `const char **out` is borrowed from the handle it was asked of and
 *              valid while that handle lives (and is not changed through a function that says so).
 *   Arrays     in: pointer and count, in this order: (shape, ndim), (names, num_names), (data, nbytes).
 *   Booleans   int32_t, 0 or 1; anything else is CERMET_INVALID_ARGUMENT.
 *   Axes, indices and classes count from 0; shapes are row-major, outermost dimension first.
 *   Threads    any function may be called from any thread. Operators on one array from several threads are
 *              ordered by the engine. What may be used by one thread at a time says so; a second thread that
 *              meets the first in it gets INVALID_ARGUMENT.
 *   NULL       an argument that may be NULL says so; any other NULL is CERMET_INVALID_ARGUMENT.
 *   Growth     functions and enumerators are added, never changed, renumbered or removed within a major version
 *              (from 1.0 on; before, within a minor version). A struct of options, should there be one, begins with
 *              its own size. Be ready for enumerators that you do not know.
 *   Process    no signal handler, exit handler, locale, environment or floating-point mode is touched, nothing is
 *              printed, no thread starts before the first work. After fork the child may go on with the CPU, in one
 *              thread; what was being computed in the parent is CANCELLED there.
 */
#ifndef CERMET_BASE_H
#define CERMET_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(SWIG)
#define CERMET_API
#define CERMET_MUST_USE
#elif defined(_WIN32)
#if defined(CERMET_BUILD)
#define CERMET_API __declspec(dllexport)
#else
#define CERMET_API __declspec(dllimport)
#endif
#define CERMET_MUST_USE
#else
#define CERMET_API __attribute__((visibility("default")))
#define CERMET_MUST_USE __attribute__((warn_unused_result))
#endif

#define CERMET_VERSION_MAJOR 0
#define CERMET_VERSION_MINOR 1
#define CERMET_VERSION_PATCH 0
/* major * 10000 + minor * 100 + patch */
#define CERMET_VERSION 100

#ifdef __cplusplus
extern "C" {
#endif

/* Result of a call. Values are fixed for ever; new ones are appended. */
typedef enum cermet_status {
  CERMET_OK = 0,
  CERMET_INVALID_ARGUMENT = 1, /* a value outside the wanted range */
  CERMET_SHAPE = 2,            /* shapes that do not fit the operator or each other */
  CERMET_DTYPE = 3,            /* element types that do not fit */
  CERMET_NOT_FOUND = 4,        /* no such operator, attribute or name */
  CERMET_UNSUPPORTED = 5,      /* well-formed, but this build or version cannot do it */
  CERMET_OUT_OF_MEMORY = 6,    /* the system gave no memory */
  CERMET_LIMIT = 7,            /* a cap was hit: memory cap, size of a file's header (rank: CERMET_SHAPE) */
  CERMET_CORRUPT = 8,          /* a file or byte string that breaks its format */
  CERMET_IO = 9,               /* the operating system refused to open, read or write: a missing file, too */
  CERMET_DEVICE = 10,          /* the accelerator failed */
  CERMET_CANCELLED = 11,       /* stopped on request */
  CERMET_TIMEOUT = 12,
  CERMET_PEER_LOST = 13,
  CERMET_CLOSED = 14,   /* the object was closed before */
  CERMET_INTERNAL = 15, /* a defect of Cermet: please report it */
  CERMET_STATUS_MAX = 0x7fffffff
} cermet_status;

/* Element types. Values are those of MXNet's files. */
typedef enum cermet_dtype {
  CERMET_FLOAT32 = 0,
  CERMET_FLOAT64 = 1,
  CERMET_FLOAT16 = 2,
  CERMET_UINT8 = 3,
  CERMET_INT32 = 4,
  CERMET_INT8 = 5,
  CERMET_INT64 = 6,
  CERMET_BOOL = 7,
  CERMET_BFLOAT16 = 12,
  CERMET_DTYPE_MAX = 0x7fffffff
} cermet_dtype;

typedef enum cermet_device { CERMET_CPU = 1, CERMET_CUDA = 2, CERMET_DEVICE_MAX = 0x7fffffff } cermet_device;

/* What backward does with a gradient array. */
typedef enum cermet_grad_req {
  CERMET_GRAD_NULL = 0,  /* no gradient */
  CERMET_GRAD_WRITE = 1, /* overwrite */
  CERMET_GRAD_ADD = 3,   /* accumulate */
  CERMET_GRAD_REQ_MAX = 0x7fffffff
} cermet_grad_req;

/* Version of the loaded library, as CERMET_VERSION. Never fails. */
CERMET_API int32_t cermet_version(void);

/* Name of a status ("invalid_argument"), a dtype ("float32"), a device ("cpu"); "unknown" for other values. Static
 * strings; never fail. */
CERMET_API const char *cermet_status_name(cermet_status status);
CERMET_API const char *cermet_dtype_name(cermet_dtype dtype);
CERMET_API const char *cermet_device_name(cermet_device device);

/* Bytes of one element, 0 for an unknown dtype. Never fails. */
CERMET_API int32_t cermet_dtype_size(cermet_dtype dtype);

/* dtype named `name`, e.g. "float32". */
CERMET_API CERMET_MUST_USE cermet_status cermet_dtype_from_name(const char *name, cermet_dtype *out);

/* JSON object describing this build: version, compiler, libraries and their versions, instruction set chosen at run
 * time, devices. Static string; never fails. */
CERMET_API const char *cermet_features(void);

/* An owned list of strings. */
typedef struct cermet_strings cermet_strings;
CERMET_API void cermet_strings_retain(cermet_strings *strings);
CERMET_API void cermet_strings_release(cermet_strings *strings);
CERMET_API CERMET_MUST_USE cermet_status cermet_strings_size(const cermet_strings *strings, int32_t *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_strings_get(const cermet_strings *strings, int32_t index,
                                                            const char **out);

/* An owned run of bytes; also used for owned text, which then has a NUL after its last byte. */
typedef struct cermet_bytes cermet_bytes;
CERMET_API void cermet_bytes_retain(cermet_bytes *bytes);
CERMET_API void cermet_bytes_release(cermet_bytes *bytes);
CERMET_API CERMET_MUST_USE cermet_status cermet_bytes_data(const cermet_bytes *bytes, const void **out_data,
                                                           int64_t *out_nbytes);
CERMET_API CERMET_MUST_USE cermet_status cermet_bytes_text(const cermet_bytes *bytes, const char **out);

#ifdef __cplusplus
}
#endif
#endif
