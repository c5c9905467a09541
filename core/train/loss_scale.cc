// SPDX-License-Identifier: Apache-2.0
#include "train/loss_scale.h"

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "graph/compose.h"
#include "graph/rewrite.h"
#include "model/named_array.h"
#include "runtime/invoke.h"

namespace cermet {

void LossScale::notice(bool finite) {
  if (!finite) {
    good_steps = 0;
    ++skipped;
    if (growth_interval > 0) value = std::max(1.0, value / 2);
    if (log_enabled(LogLevel::info))
      log(LogLevel::info,
          cat("training: a step is left out, since gradients were not finite; the loss scale is ", value));
  } else if (growth_interval > 0 && ++good_steps >= growth_interval) {
    good_steps = 0;
    value = std::min(kMost, value * 2);
  }
}

void check_loss_scale(double value, int64_t growth_interval) {
  if (value != 0 && !(value >= 1 && value <= LossScale::kMost))
    throw Error(Status::invalid_argument, "scale", "got ", value, "; want 0 for none, or 1 to ", LossScale::kMost);
  if (growth_interval < 0)
    throw Error(Status::invalid_argument, "growth_interval", "got ", growth_interval, "; want 0 or more");
}

bool all_finite(const std::vector<ArrayRef> &arrays) {
  ArrayRef all = invoke_one("multi_all_finite", arrays, {{"num_arrays", static_cast<int64_t>(arrays.size())}});
  HeldValues held({{"", all}});
  return *reinterpret_cast<const float *>(held.bytes(0).data()) != 0;
}

std::vector<Entry> scale_losses(const std::vector<Entry> &outputs, const Entry &scale) {
  // Not where an attribute lets what flows in from above be a factor: that is scaled already.
  auto begins_gradient = [](const Node &node) {
    if (node.is_variable() || !node.op->loss) return false;
    const AttrDef *out_grad = node.op->find_attr("out_grad");
    return !out_grad || out_grad->load(node.attrs.get()) == AttrValue(false);
  };
  auto scaled = [&](const Entry &entry) {
    return apply_op("scale_gradient", {entry, scale}, {}, output_name(*entry.node, entry.index) + "_scaled");
  };
  std::vector<Entry> out =
      rewrite(outputs, [&](Node &node, const std::vector<Entry> &given) -> std::optional<std::vector<Entry>> {
        if (!begins_gradient(node)) return std::nullopt;
        std::vector<Entry> inputs = given;
        for (size_t slot = 0; slot < inputs.size(); ++slot)
          if (inputs[slot] && node.input_def(slot).role != Role::label) inputs[slot] = scaled(inputs[slot]);
        Ref<Node> made = on_inputs(node, inputs);
        std::vector<Entry> entries;
        for (int k = 0; k < made->num_outputs(); ++k) entries.push_back({made, k});
        return entries;
      });
  for (Entry &entry : out)
    if (!begins_gradient(*entry.node)) entry = scaled(entry);
  return out;
}

}  // namespace cermet
