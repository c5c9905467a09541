// SPDX-License-Identifier: Apache-2.0
// cermet/def.h.
#include "guard.h"
#include "schema/registry.h"

using namespace cermet;
using namespace cermet::c_api;

namespace {
Kind kind_of(cermet_kind kind) {
  if (kind < CERMET_KIND_OPERATOR || kind > CERMET_KIND_SCHEDULE)
    throw Error(Status::invalid_argument, "kind", "got ", static_cast<int>(kind), "; want 0 to ",
                static_cast<int>(CERMET_KIND_SCHEDULE));
  return static_cast<Kind>(kind);
}
}  // namespace

cermet_status cermet_def_find(cermet_kind kind, const char *name, const cermet_def **out) {
  CERMET_ENTER(name, out);
  const Definition &def = registry().find(kind_of(kind), name);
  def.set_mark(HandleOf<cermet_def>::kMark);
  *out = reinterpret_cast<const cermet_def *>(&def);
  CERMET_LEAVE();
}

cermet_status cermet_def_list(cermet_kind kind, cermet_strings **out) {
  CERMET_ENTER(out);
  std::vector<std::string> names;
  for (const Definition *def : registry().all(kind_of(kind)))
    if (!def->internal) names.push_back(def->name);
  put(out, make_ref<Strings>(std::move(names)));
  CERMET_LEAVE();
}

cermet_status cermet_def_name(const cermet_def *def, const char **out) {
  CERMET_ENTER(def, out);
  *out = object(def).name.c_str();
  CERMET_LEAVE();
}

cermet_status cermet_def_summary(const cermet_def *def, const char **out) {
  CERMET_ENTER(def, out);
  *out = object(def).summary.c_str();
  CERMET_LEAVE();
}

cermet_status cermet_def_describe(const cermet_def *def, cermet_bytes **out) {
  CERMET_ENTER(def, out);
  put(out, make_ref<Bytes>(describe(object(def))));
  CERMET_LEAVE();
}

CERMET_COUNTED(cermet_attrs, AttrsHandle)

namespace cermet::c_api {
// Checks the value and keeps it, replacing an earlier one.
void set_attr(cermet_attrs *attrs, const char *name, AttrValue value) {
  AttrsHandle &self = object(attrs);
  Exclusive use(self, "attrs");
  try {
    AttrValue checked = attr_def(self.def, name).checked(value);
    self.fresh_.store(false);
    for (auto &[known, kept] : self.given)
      if (known == name) {
        kept = std::move(checked);
        return;
      }
    self.given.emplace_back(name, std::move(checked));
  } catch (Error &error) {
    error.at_op(self.def.name);
    throw;
  }
}
}  // namespace cermet::c_api

cermet_status cermet_attrs_create(const cermet_def *def, cermet_attrs **out) {
  CERMET_ENTER(def, out);
  put(out, make_ref<AttrsHandle>(object(def)));
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_bool(cermet_attrs *attrs, const char *name, int32_t value) {
  CERMET_ENTER(attrs, name);
  set_attr(attrs, name, flag_of(value, name));
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_int(cermet_attrs *attrs, const char *name, int64_t value) {
  CERMET_ENTER(attrs, name);
  set_attr(attrs, name, value);
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_float(cermet_attrs *attrs, const char *name, double value) {
  CERMET_ENTER(attrs, name);
  set_attr(attrs, name, value);
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_string(cermet_attrs *attrs, const char *name, const char *value) {
  CERMET_ENTER(attrs, name, value);
  set_attr(attrs, name, value);
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_ints(cermet_attrs *attrs, const char *name, const int64_t *values, int32_t num_values) {
  CERMET_ENTER(attrs, name);
  set_attr(attrs, name, AttrValue(dims_of(values, num_values, "values")));
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_floats(cermet_attrs *attrs, const char *name, const double *values, int32_t num_values) {
  CERMET_ENTER(attrs, name);
  check_count(num_values, "num_values");
  if (num_values > 0 && !values) fail_null("values");
  set_attr(attrs, name, std::vector<double>(values, values + num_values));
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_none(cermet_attrs *attrs, const char *name) {
  CERMET_ENTER(attrs, name);
  set_attr(attrs, name, None{});
  CERMET_LEAVE();
}

cermet_status cermet_attrs_set_text(cermet_attrs *attrs, const char *name, const char *text) {
  CERMET_ENTER(attrs, name, text);
  const Definition &def = object(attrs).def;
  try {
    set_attr(attrs, name, parse_attr(attr_def(def, name).type, text));
  } catch (Error &error) {
    if (error.argument.empty()) error.argument = name;
    error.at_op(def.name);
    throw;
  }
  CERMET_LEAVE();
}

namespace {
// Operators and layers have inputs and outputs.
const Definition &applicable(const cermet_def *def) {
  const Definition &out = object(def);
  return out.kind == Kind::layer ? out : definition_of(def, Kind::op);
}
}  // namespace

cermet_status cermet_def_inputs(const cermet_def *def, const cermet_attrs *attrs, int32_t num_inputs,
                                cermet_strings **out) {
  CERMET_ENTER(def, out);
  const Definition &definition = applicable(def);
  Attrs values = call_attrs(definition, attrs, check_count(num_inputs, "num_inputs"));
  put(out, make_ref<Strings>(definition.input_names(values.get(), num_inputs)));
  CERMET_LEAVE();
}

cermet_status cermet_def_outputs(const cermet_def *def, const cermet_attrs *attrs, int32_t num_inputs,
                                 cermet_strings **out) {
  CERMET_ENTER(def, out);
  const Definition &definition = applicable(def);
  Attrs values = call_attrs(definition, attrs, check_count(num_inputs, "num_inputs"));
  put(out, make_ref<Strings>(definition.output_names(values.get(), num_inputs)));
  CERMET_LEAVE();
}
