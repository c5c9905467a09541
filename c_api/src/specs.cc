// SPDX-License-Identifier: Apache-2.0
#include "specs.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_COUNTED(cermet_specs, Specs)

std::vector<NamedSpec> cermet::c_api::named_specs(const Specs &specs) {
  std::vector<NamedSpec> out;
  for (const auto &item : specs.items) {
    TensorSpec spec;
    if (item.shape.known()) spec.shape = item.shape;
    spec.dtype = item.dtype;
    out.push_back({item.name, spec});
  }
  return out;
}

cermet_status cermet_specs_create(cermet_specs **out) {
  CERMET_ENTER(out);
  put(out, make_ref<Specs>());
  CERMET_LEAVE();
}

cermet_status cermet_specs_set(cermet_specs *specs, const char *name, const int64_t *shape, int32_t ndim,
                               cermet_dtype dtype) {
  CERMET_ENTER(specs, name);
  Exclusive use(object(specs), "specs");
  Specs::Item item{name, shape_of(shape, ndim), dtype_of_code(dtype)};
  Shape known = item.shape;
  for (int64_t &dim : known)
    if (dim == -1) dim = 1;
  check_shape(known, item.dtype);
  for (auto &old : object(specs).items)
    if (old.name == item.name) {
      old = std::move(item);
      return CERMET_OK;
    }
  object(specs).items.push_back(std::move(item));
  CERMET_LEAVE();
}

cermet_status cermet_specs_size(const cermet_specs *specs, int32_t *out) {
  CERMET_ENTER(specs, out);
  *out = static_cast<int32_t>(object(specs).items.size());
  CERMET_LEAVE();
}

cermet_status cermet_specs_name(const cermet_specs *specs, int32_t index, const char **out) {
  CERMET_ENTER(specs, out);
  *out = element_at(object(specs).items, index).name.c_str();
  CERMET_LEAVE();
}

cermet_status cermet_specs_shape(const cermet_specs *specs, int32_t index, const int64_t **out_shape,
                                 int32_t *out_ndim) {
  CERMET_ENTER(specs, out_shape, out_ndim);
  const Shape &shape = element_at(object(specs).items, index).shape;
  *out_shape = shape.empty() ? nullptr : shape.data();
  *out_ndim = shape.ndim();
  CERMET_LEAVE();
}

cermet_status cermet_specs_dtype(const cermet_specs *specs, int32_t index, cermet_dtype *out) {
  CERMET_ENTER(specs, out);
  *out = static_cast<cermet_dtype>(element_at(object(specs).items, index).dtype);
  CERMET_LEAVE();
}
