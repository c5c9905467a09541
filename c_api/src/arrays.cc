// SPDX-License-Identifier: Apache-2.0
// cermet/ndarray.h: named arrays in one file.
#include "guard.h"
#include "model/arrays_file.h"

using namespace cermet;
using namespace cermet::c_api;

namespace cermet::c_api {
struct Arrays : RefCounted {
  explicit Arrays(std::vector<NamedArray> list) : items(std::move(list)) {}
  std::vector<NamedArray> items;
};
CERMET_HANDLE(cermet_arrays, Arrays)
}  // namespace cermet::c_api
CERMET_COUNTED(cermet_arrays, Arrays)

cermet_status cermet_arrays_save(const char *path, const char *const *names, cermet_ndarray *const *arrays,
                                 int32_t num_arrays) {
  CERMET_ENTER(path, arrays);
  std::vector<ArrayRef> list = arrays_of(arrays, num_arrays, "arrays", false);
  std::vector<std::string> given(list.size());
  if (names) given = names_of(names, num_arrays);
  std::vector<NamedArray> items;
  for (size_t k = 0; k < list.size(); ++k) items.push_back({given[k], list[k]});
  save_arrays(path, items);
  CERMET_LEAVE();
}

cermet_status cermet_arrays_load(const char *path, cermet_arrays **out) {
  CERMET_ENTER(path, out);
  put(out, make_ref<Arrays>(load_arrays(path)));
  CERMET_LEAVE();
}

cermet_status cermet_arrays_size(const cermet_arrays *arrays, int32_t *out) {
  CERMET_ENTER(arrays, out);
  *out = static_cast<int32_t>(object(arrays).items.size());
  CERMET_LEAVE();
}

cermet_status cermet_arrays_name(const cermet_arrays *arrays, int32_t index, const char **out) {
  CERMET_ENTER(arrays, out);
  *out = element_at(object(arrays).items, index).name.c_str();
  CERMET_LEAVE();
}

cermet_status cermet_arrays_get(const cermet_arrays *arrays, int32_t index, cermet_ndarray **out) {
  CERMET_ENTER(arrays, out);
  put(out, element_at(object(arrays).items, index).array);
  CERMET_LEAVE();
}
