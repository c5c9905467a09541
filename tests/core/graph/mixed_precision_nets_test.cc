// SPDX-License-Identifier: Apache-2.0
// Mixed precision of whole nets: those of MXNet's model zoo convert and infer, and plans of training need less memory,
// whatever kernels take meanwhile.
#include <dirent.h>

#include "check.h"
#include "graph/mixed_precision.h"
#include "graph/symbol.h"
#include "model/inflate.h"
#include "runtime/executor.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

std::string net_path(const char *net) {
  const char *shared = std::getenv("CERMET_SHARED");
  return std::string(shared ? shared : "../shared") + "/reference/symbols/" + net + ".json.gz";
}

std::vector<Entry> zoo_net(const char *net) {
  std::string path = net_path(net);
  if (FILE *file = std::fopen(path.c_str(), "rb"))
    std::fclose(file);
  else
    cr_skip_test("no %s", path.c_str());
  return from_json(read_plain_or_gzip(path));
}

Entry op(const char *name, std::vector<Entry> inputs, const AttrList &attrs, const std::string &node) {
  return cermet::apply(find_op(name), attrs, node, inputs).front();
}

Entry project(const Entry &x, int64_t units, const std::string &node) {
  return op("fully_connected", {x}, {{"num_hidden", units}, {"flatten", false}}, node);
}

// Layers of attention and two projections, each behind a normalisation and with a way around.
std::vector<Entry> transformer(int layers, int64_t width, int64_t heads) {
  Entry x = variable("data");
  for (int layer = 0; layer < layers; ++layer) {
    std::string at = cat("l", layer, "_");
    Entry n = op("layer_norm", {x}, {}, at + "n1");
    Entry seen = op("scaled_dot_product_attention",
                    {project(n, width, at + "q"), project(n, width, at + "k"), project(n, width, at + "v")},
                    {{"num_heads", heads}}, at + "att");
    x = op("add", {x, project(seen, width, at + "o")}, {}, at + "a1");
    Entry wide = project(op("layer_norm", {x}, {}, at + "n2"), 4 * width, at + "up");
    x = op("add", {x, project(op("leaky_relu", {wide}, {{"act_type", "gelu"}}, at + "g"), width, at + "down")}, {},
           at + "a2");
  }
  return {
      op("softmax_output", {project(op("layer_norm", {x}, {}, "n"), 10, "out")}, {{"preserve_shape", true}}, "head")};
}

// Bytes of the arena in training.
int64_t planned(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known) {
  std::vector<std::string> wanted;
  auto roles = variable_roles(outputs);
  for (const Node *argument : list_variables(outputs).arguments)
    if (roles.at(argument->name) == Role::parameter) wanted.push_back(argument->name);
  return Executor(outputs, known, wanted, GradReq::write).arena_bytes();
}

void expect_less(const char *name, const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known,
                 double most) {
  int64_t plain = planned(outputs, known), half = planned(mixed_precision(outputs, DType::bfloat16), known);
  constexpr double kMiB = 1 << 20;
  std::printf("%s: arena of training %.1f MiB, in bfloat16 %.1f MiB (%.2f)\n", name, static_cast<double>(plain) / kMiB,
              static_cast<double>(half) / kMiB, static_cast<double>(half) / static_cast<double>(plain));
  cr_expect(static_cast<double>(half) < most * static_cast<double>(plain), "%s: %ld of %ld bytes", name, half, plain);
}

}  // namespace

Test(mixed_precision_nets, zoo_converts) {
  for (const char *net : {"alexnet", "densenet121", "inceptionv3", "mobilenetv2_1.0", "resnet18_v1", "squeezenet1.1"}) {
    std::vector<Entry> plain = zoo_net(net), mixed = mixed_precision(plain, DType::bfloat16);
    cr_assert(output_names(mixed) == output_names(plain));
    int64_t side = std::string(net) == "inceptionv3" ? 299 : 224;
    std::vector<NamedSpec> known{spec("data", {1, 3, side, side})};
    Inferred before = infer(plain, known, true), after = infer(mixed, known, true);
    for (size_t k = 0; k < plain.size(); ++k) cr_assert(*before.of(plain[k]).shape == *after.of(mixed[k]).shape);
    Variables variables = list_variables(mixed);
    for (Node *node : variables.arguments) cr_assert_eq(*after.specs.at(node)[0].dtype, DType::float32);
    verify(from_json(to_json(mixed)));
  }
}

Test(mixed_precision_nets, convolutional_training_needs_less_memory) {
  expect_less("ResNet-50 v2, batch 16", zoo_net("resnet50_v2"), {spec("data", {16, 3, 224, 224})}, 0.65);
}

Test(mixed_precision_nets, transformer_training_needs_less_memory) {
  expect_less("transformer 4 x 256, 128 steps, batch 16", transformer(4, 256, 4), {spec("data", {16, 128, 256})}, 0.75);
}

}  // namespace cermet::test
