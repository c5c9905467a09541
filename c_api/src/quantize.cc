// SPDX-License-Identifier: Apache-2.0
// cermet/quantize.h.
#include "model/calibrator.h"
#include "model_handle.h"
#include "specs.h"

using namespace cermet;
using namespace cermet::c_api;

namespace cermet::c_api {
CERMET_HANDLE(cermet_calibrator, Calibrator)

CERMET_SAME(CERMET_CALIBRATION_NONE, Calibration::none);
CERMET_SAME(CERMET_CALIBRATION_NAIVE, Calibration::naive);
CERMET_SAME(CERMET_CALIBRATION_ENTROPY, Calibration::entropy);
CERMET_SAME(CERMET_QUANTIZED_AUTO, quantized::OutType::automatic);
CERMET_SAME(CERMET_QUANTIZED_INT8, quantized::OutType::int8);
CERMET_SAME(CERMET_QUANTIZED_UINT8, quantized::OutType::uint8);

namespace {
int choice_of(int value, int last, const char *argument) {
  if (value < 0 || value > last) throw Error(Status::invalid_argument, argument, "got ", value, "; want 0 to ", last);
  return value;
}
}  // namespace
}  // namespace cermet::c_api
CERMET_COUNTED(cermet_calibrator, Calibrator)

cermet_status cermet_calibrator_create(const cermet_model *model, const cermet_specs *inputs,
                                       cermet_calibration calibration, cermet_quantized_type type,
                                       cermet_calibrator **out) {
  CERMET_ENTER(model, inputs, out);
  QuantizationRequest request;
  request.mode = static_cast<Calibration>(choice_of(calibration, CERMET_CALIBRATION_ENTROPY, "calibration"));
  request.type = static_cast<quantized::OutType>(choice_of(type, CERMET_QUANTIZED_UINT8, "type"));
  request.model = share(model);
  request.inputs = named_specs(object(inputs));
  put(out, make_ref<Calibrator>(std::move(request)));
  CERMET_LEAVE();
}

cermet_status cermet_calibrator_exclude(cermet_calibrator *calibrator, const char *name) {
  CERMET_ENTER(calibrator, name);
  Exclusive use(object(calibrator), "calibrator");
  object(calibrator).exclude(name);
  CERMET_LEAVE();
}

cermet_status cermet_calibrator_input(cermet_calibrator *calibrator, const char *name, cermet_ndarray **out) {
  CERMET_ENTER(calibrator, name, out);
  Exclusive use(object(calibrator), "calibrator");
  put(out, object(calibrator).input(name));
  CERMET_LEAVE();
}

cermet_status cermet_calibrator_collect(cermet_calibrator *calibrator) {
  CERMET_ENTER(calibrator);
  Exclusive use(object(calibrator), "calibrator");
  object(calibrator).collect();
  CERMET_LEAVE();
}

cermet_status cermet_calibrator_quantize(cermet_calibrator *calibrator, cermet_model **out) {
  CERMET_ENTER(calibrator, out);
  Exclusive use(object(calibrator), "calibrator");
  put(out, object(calibrator).quantize());
  CERMET_LEAVE();
}
