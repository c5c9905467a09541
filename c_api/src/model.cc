// SPDX-License-Identifier: Apache-2.0
// cermet/model.h, but for sessions.
#include "model_handle.h"
#include "specs.h"
#include "train/initialize.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_COUNTED(cermet_model, Model)

cermet_status cermet_model_create(const cermet_symbol *symbol, cermet_model **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Model>(share(symbol)));
  CERMET_LEAVE();
}

cermet_status cermet_model_save(const cermet_model *model, const char *path, int32_t epoch) {
  CERMET_ENTER(model, path);
  object(model).save(path, epoch);
  CERMET_LEAVE();
}

cermet_status cermet_model_load(const char *path, int32_t epoch, cermet_model **out) {
  CERMET_ENTER(path, out);
  put(out, Model::load(path, epoch));
  CERMET_LEAVE();
}

cermet_status cermet_model_to_bytes(const cermet_model *model, cermet_bytes **out) {
  CERMET_ENTER(model, out);
  put(out, make_ref<Bytes>(object(model).to_bytes()));
  CERMET_LEAVE();
}

cermet_status cermet_model_from_bytes(const void *data, int64_t nbytes, cermet_model **out) {
  CERMET_ENTER(data, out);
  put(out, Model::from_bytes(bytes_of(data, nbytes)));
  CERMET_LEAVE();
}

cermet_status cermet_model_copy(const cermet_model *model, cermet_model **out) {
  CERMET_ENTER(model, out);
  put(out, object(model).copy());
  CERMET_LEAVE();
}

cermet_status cermet_model_symbol(const cermet_model *model, cermet_symbol **out) {
  CERMET_ENTER(model, out);
  put(out, object(model).symbol());
  CERMET_LEAVE();
}

cermet_status cermet_model_set_metadata(cermet_model *model, const char *key, const char *value) {
  CERMET_ENTER(model, key, value);
  object(model).set_metadata(text_of(key, "key"), text_of(value, "value"));
  CERMET_LEAVE();
}

cermet_status cermet_model_metadata(const cermet_model *model, const char *key, const char **out) {
  CERMET_ENTER(model, key, out);
  const std::string *value = object(model).metadata(key);
  if (!value) throw Error(Status::not_found, "key", "the model has no metadata ", quoted(key));
  *out = value->c_str();
  CERMET_LEAVE();
}

cermet_status cermet_model_parameters(const cermet_model *model, cermet_strings **out) {
  CERMET_ENTER(model, out);
  put(out, make_ref<Strings>(object(model).parameters()));
  CERMET_LEAVE();
}

cermet_status cermet_model_parameter(const cermet_model *model, const char *name, cermet_ndarray **out) {
  CERMET_ENTER(model, name, out);
  ArrayRef array = object(model).parameter(name);
  if (!array) throw Error(Status::not_found, "name", "parameter ", quoted(name), " has no value");
  put(out, std::move(array));
  CERMET_LEAVE();
}

cermet_status cermet_model_set_parameter(cermet_model *model, const char *name, cermet_ndarray *array) {
  CERMET_ENTER(model, name, array);
  object(model).set_parameter(name, share(array));
  CERMET_LEAVE();
}

cermet_status cermet_model_inputs(const cermet_model *model, cermet_strings **out) {
  CERMET_ENTER(model, out);
  put(out, make_ref<Strings>(object(model).inputs()));
  CERMET_LEAVE();
}

cermet_status cermet_model_initialize(cermet_model *model, const cermet_specs *inputs, const cermet_def *initializer,
                                      const cermet_attrs *attrs, cermet_rng *rng) {
  CERMET_ENTER(model, inputs);
  const Definition *def = initializer ? &definition_of(initializer, Kind::initializer) : nullptr;
  if (!def && attrs) throw Error(Status::invalid_argument, "attrs", "got attributes without an initializer");
  initialize(object(model), named_specs(object(inputs)), def, def ? attrs_of(*def, attrs) : Attrs(),
             rng ? object(rng) : default_rng());
  CERMET_LEAVE();
}
