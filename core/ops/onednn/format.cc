// SPDX-License-Identifier: Apache-2.0
// oneDNN's memory descriptions as formats of values, and back; and the primitive that converts between them.
#include <string_view>

#include "base/text.h"
#include "ops/onednn/convert.h"
#include "ops/onednn/primitive.h"

namespace cermet::onednn {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;

// Bytes that tell two descriptions apart.
std::string key_of(const memory::desc &desc) {
#if DNNL_VERSION_MAJOR >= 3
  // not get_blob(), which 3.2 does not have
  std::string key = cat(static_cast<int>(desc.get_data_type()), ":", static_cast<int>(desc.get_format_kind()));
  for (const memory::dims &list :
       {desc.get_dims(), desc.get_strides(), desc.get_padded_dims(), desc.get_inner_blks(), desc.get_inner_idxs()}) {
    key += ';';
    for (int64_t number : list) key += cat(number, ",");
  }
  return key;
#else
  return std::string(reinterpret_cast<const char *>(&desc.data), sizeof desc.data);
#endif
}

memory::dims dims_of(const memory::desc &desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_dims();
#else
  return desc.dims();
#endif
}

// Channels in a block, where the order is (N, C / block, spatial ..., block).
memory::desc blocked(const memory::dims &dims, int64_t block) {
  static const Tag tags[2][3] = {{Tag::nCw8c, Tag::nChw8c, Tag::nCdhw8c}, {Tag::nCw16c, Tag::nChw16c, Tag::nCdhw16c}};
  return memory::desc(dims, memory::data_type::f32, tags[block == 16][dims.size() - 3]);
}

int64_t block_of(const memory::desc &desc) {
  memory::dims dims = dims_of(desc);
  if (dims.size() < 3 || dims.size() > 5) return 0;
  for (int64_t block : {8, 16})
    if (desc == blocked(dims, block)) return block;
  return 0;
}

memory::desc desc_of(const Tensor &tensor) {
  return tensor.format ? *static_cast<const memory::desc *>(tensor.format->library.get()) : plain(tensor.shape);
}

// Weights of groups have one axis more in oneDNN's terms.
memory::desc plain_like(const memory::desc &desc) {
  memory::dims dims = dims_of(desc);
  return plain(Dims(dims.begin(), dims.end()));
}

}  // namespace

FormatRef format_of(const memory::desc &desc) {
  memory::desc row_major = plain_like(desc);
  if (desc == row_major) return nullptr;
  auto format = std::make_shared<Format>();
  format->block = block_of(desc);
  format->name = format->block ? cat("channels in blocks of ", format->block) : "oneDNN's";
  format->key = key_of(desc);
  format->nbytes = static_cast<int64_t>(desc.get_size());
  format->padded = desc.get_size() != row_major.get_size();
  format->library = std::make_shared<const memory::desc>(desc);
  return format;
}

FormatRef blocked_format(const Shape &shape, int64_t block) {
  return format_of(blocked(memory::dims(shape.begin(), shape.end()), block));
}

Job convert(const Tensor &from, const Tensor &to) {
  memory::desc source = desc_of(from), target = desc_of(to);
  if (!from.format) source = plain_like(target);
  if (!to.format) target = plain_like(source);
  Key key{kConvert};
  for (const Tensor *tensor : {&from, &to}) {
    append(key, tensor->shape);
    std::string_view name = tensor->format ? tensor->format->key : std::string_view();
    key.push_back(static_cast<int64_t>(name.size()));
    key.insert(key.end(), name.begin(), name.end());
  }
  auto primitive = prepared(key, [&] {
    dnnl::reorder::primitive_desc pd(engine(), source, engine(), target, attributes());
    Prepared out(dnnl::reorder(pd), pd.scratchpad_desc());
    out.input(DNNL_ARG_FROM, source, source);
    out.output(DNNL_ARG_TO, target, target);
    return out;
  });
  return {primitive, {from, to}};
}

}  // namespace cermet::onednn
