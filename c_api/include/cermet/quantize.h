/* SPDX-License-Identifier: Apache-2.0 */
/* From a model in float32 to one whose convolutions and fully connected layers work on integers of 8 bits: a quarter of
 * the bytes, and less time where products are what takes it.
 *
 *   cermet_calibrator_create(model, inputs, CERMET_CALIBRATION_ENTROPY, CERMET_QUANTIZED_AUTO, &calibrator);
 *   cermet_calibrator_input(calibrator, "data", &data);
 *   for some batches: write into data, then cermet_calibrator_collect(calibrator);
 *   cermet_calibrator_quantize(calibrator, &quantized);
 *
 * The result is a model like any other: it is saved, loaded and served by the same functions, on any number of images
 * at once. Batch normalisations are folded into the layers before them. Values stay integers between such layers where
 * nothing but rectifiers, maximum and average poolings, sums, flattening and concatenation lies between them. It does
 * predictions only: it has no gradient. */
#ifndef CERMET_QUANTIZE_H
#define CERMET_QUANTIZE_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the range of each value is found.
 *   NONE     no batches: each batch's own range, anew in each prediction
 *   NAIVE    from the smallest to the largest value of all batches
 *   ENTROPY  around zero, so that the distribution of what 8 bits show diverges least from that of the batches
 *            (Kullback and Leibler's divergence over 8001 bins, as MXNet has it) */
typedef enum cermet_calibration {
  CERMET_CALIBRATION_NONE = 0,
  CERMET_CALIBRATION_NAIVE = 1,
  CERMET_CALIBRATION_ENTROPY = 2
} cermet_calibration;

/* Integers of values between layers. AUTO: uint8 where no value of the batches is negative, else int8. UINT8 is an
 * error where some are. Weights are int8, with a range for each filter. */
typedef enum cermet_quantized_type {
  CERMET_QUANTIZED_AUTO = 0,
  CERMET_QUANTIZED_INT8 = 1,
  CERMET_QUANTIZED_UINT8 = 2
} cermet_quantized_type;

/* One thread at a time: a second one gets INVALID_ARGUMENT. */
typedef struct cermet_calibrator cermet_calibrator;
/* `inputs`: shapes and dtypes of a batch's inputs, as for a session. The model must not change while the calibrator
 * lives. UINT8 without calibration is INVALID_ARGUMENT. */
CERMET_API CERMET_MUST_USE cermet_status cermet_calibrator_create(const cermet_model *model, const cermet_specs *inputs,
                                                                  cermet_calibration calibration,
                                                                  cermet_quantized_type type, cermet_calibrator **out);
CERMET_API void cermet_calibrator_retain(cermet_calibrator *calibrator);
CERMET_API void cermet_calibrator_release(cermet_calibrator *calibrator);

/* Leaves the node of this name, or all nodes of the operator of this name ("fully_connected", "FullyConnected"), as it
 * is. Before the first input is asked for; NOT_FOUND if the model has neither. */
CERMET_API CERMET_MUST_USE cermet_status cermet_calibrator_exclude(cermet_calibrator *calibrator, const char *name);
/* Engine-owned input buffer: write into it, then collect. A new reference. UNSUPPORTED if the model has no layer to
 * quantize; INVALID_ARGUMENT without calibration. */
CERMET_API CERMET_MUST_USE cermet_status cermet_calibrator_input(cermet_calibrator *calibrator, const char *name,
                                                                 cermet_ndarray **out);
/* Computes the batch and looks at its values. INVALID_ARGUMENT, with the value's name, where one is infinite. */
CERMET_API CERMET_MUST_USE cermet_status cermet_calibrator_collect(cermet_calibrator *calibrator);
/* The model in integers, with arrays of its own. INVALID_ARGUMENT if no batch was collected (unless without
 * calibration). May be called again, after more batches. */
CERMET_API CERMET_MUST_USE cermet_status cermet_calibrator_quantize(cermet_calibrator *calibrator, cermet_model **out);

#ifdef __cplusplus
}
#endif
#endif
