// SPDX-License-Identifier: Apache-2.0
// Programs that keep values in blocks of channels give what imperative calls on row-major arrays give.
#include "check.h"
#include "graph/symbol.h"
#include "runtime/choose_formats.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

// Nets are written with these; parameters become variables of the node's name.
struct Net {
  std::vector<std::string> names{"x"};
  std::vector<NamedSpec> specs;
  int count = 0;

  explicit Net(Shape data) { specs.push_back(spec("x", std::move(data))); }
  Entry x() const { return x_; }
  Entry op(const char *op, std::vector<Entry> inputs, const AttrList &attrs = {}) {
    return cermet::apply(find_op(op), attrs, cat("n", count++), inputs).front();
  }
  Entry conv(Entry data, int64_t filters, int64_t size = 3, int64_t stride = 1, bool no_bias = false) {
    return op("convolution", {std::move(data)},
              {{"kernel", std::vector<int64_t>{size, size}},
               {"num_filter", filters},
               {"stride", std::vector<int64_t>{stride, stride}},
               {"pad", std::vector<int64_t>{size / 2, size / 2}},
               {"no_bias", no_bias}});
  }
  Entry pool(Entry data, const char *type, int64_t size = 2, const char *convention = "valid") {
    return op("pooling", {std::move(data)},
              {{"kernel", std::vector<int64_t>{size, size}},
               {"stride", std::vector<int64_t>{2, 2}},
               {"pad", std::vector<int64_t>{size / 2, size / 2}},
               {"pool_type", type},
               {"pooling_convention", convention}});
  }
  Entry act(Entry data, const char *type) { return op("activation", {std::move(data)}, {{"act_type", type}}); }
  Entry norm(Entry data) { return op("batch_norm", {std::move(data)}, {{"fix_gamma", false}}); }
  Entry dense(Entry data) { return op("fully_connected", {std::move(data)}, {{"num_hidden", int64_t{5}}}); }

 private:
  Entry x_ = variable("x");
};

// Forward in both modes, and all gradients, against imperative calls.
Ref<Executor> check(const Net &net, const std::vector<Entry> &outputs) {
  std::mt19937 random(3);
  std::vector<std::string> wanted;
  for (Node *node : list_variables(outputs).arguments) wanted.push_back(node->name);
  auto executor = make_ref<Executor>(outputs, net.specs, wanted, GradReq::write);
  Arrays arrays;
  for (const NamedSpec &known : executor->variables()) {
    arrays[known.name] = random_array(random, *known.spec.shape);
    bool state = std::find(wanted.begin(), wanted.end(), known.name) == wanted.end();
    if (state) arrays[known.name] = invoke_one("abs", {arrays[known.name]});
    executor->set_array(state ? ArrayRole::auxiliary : ArrayRole::argument, known.name,
                        invoke_one("identity", {arrays[known.name]}));
  }
  for (bool train : {false, true}) {
    Evaluated want = evaluate(outputs, arrays, train ? wanted : std::vector<std::string>(),
                              std::vector<ArrayRef>(outputs.size()), nullptr, train);
    executor->forward(train, nullptr);
    for (size_t k = 0; k < outputs.size(); ++k)
      expect_equal(*executor->output(static_cast<int>(k)), *want.outputs[k], 1e-4);
    if (!train) continue;
    executor->backward({});
    for (size_t k = 0; k < wanted.size(); ++k)
      expect_equal(*executor->array(ArrayRole::gradient, wanted[k]), *want.gradients[k], 2e-4);
  }
  return executor;
}

int num_conversions(const Executor &executor) {
  std::string text = executor.describe();
  int count = 0;
  for (size_t at = 0; (at = text.find("\"op\":\"convert_format\"", at)) != std::string::npos; ++at) ++count;
  return count;
}

}  // namespace

Test(formats, lenet) {
  Net net({3, 1, 16, 16});
  Entry h = net.pool(net.act(net.conv(net.x(), 20, 5), "tanh"), "max");
  h = net.pool(net.act(net.conv(h, 50, 5), "tanh"), "max");
  check(net, {net.dense(h)});
}

Test(formats, residual_block) {
  Net net({2, 16, 9, 9});
  Entry first = net.act(net.norm(net.conv(net.x(), 32, 3, 1, true)), "relu");
  Entry second = net.norm(net.conv(first, 32, 3, 1, true));
  Entry sum = net.act(net.op("add", {second, net.conv(net.x(), 32, 1, 1, true)}), "relu");
  Entry pooled = net.op("pooling", {sum}, {{"global_pool", true}, {"pool_type", "avg"}});
  auto executor = check(net, {net.dense(pooled)});
  // The weights of three convolutions for each of their three passes, and data, pooled values and gradients at the
  // edges.
  cr_assert_leq(num_conversions(*executor), 3 * 3 + 7);
}

Test(formats, channels_that_fill_no_block) {
  Net net({2, 3, 8, 8});
  Entry h = net.norm(net.conv(net.x(), 13));
  check(net, {net.dense(net.act(h, "relu")), net.act(net.conv(h, 5), "sigmoid")});
}

Test(formats, poolings) {
  for (const char *type : {"max", "avg", "sum"})
    for (const char *convention : {"valid", "full"})
      for (int64_t size : {2, 3}) {
        Net net({2, 4, 11, 10});
        check(net, {net.pool(net.conv(net.x(), 12), type, size, convention)});
      }
}

Test(formats, one_and_three_axes) {
  Net line({2, 4, 15});
  Entry h = line.op("convolution", {line.x()}, {{"kernel", std::vector<int64_t>{3}}, {"num_filter", int64_t{16}}});
  check(line, {line.op("pooling", {line.norm(h)}, {{"kernel", std::vector<int64_t>{2}}})});
  Net volume({2, 4, 5, 6, 7});
  h = volume.op("convolution", {volume.x()}, {{"kernel", std::vector<int64_t>{2, 3, 3}}, {"num_filter", int64_t{16}}});
  check(volume, {volume.op("pooling", {volume.act(h, "relu")}, {{"kernel", std::vector<int64_t>{2, 2, 2}}})});
}

Test(formats, values_that_are_outputs_too_and_values_used_twice) {
  Net net({2, 8, 6, 6});
  Entry h = net.conv(net.x(), 16), g = net.act(h, "relu");
  check(net, {h, g, net.conv(g, 8), net.op("add", {g, g}), net.op("softmax", {h}, {{"axis", int64_t{1}}})});
}

// A scale of channels, a gate for each image, a mask for each place, one number: all on blocks of channels.
Test(formats, broadcasts_in_blocks) {
  Net net({2, 8, 6, 6});
  Entry h = net.conv(net.x(), 32);
  Entry gate = net.op("pooling", {h}, {{"global_pool", true}, {"pool_type", "avg"}});
  net.specs.push_back(spec("scale", {1, 32, 1, 1}));
  net.specs.push_back(spec("place", {1, 1, 6, 6}));
  net.specs.push_back(spec("one", {1}));
  Entry y = net.op("multiply", {h, net.op("sigmoid", {gate})});
  y = net.op("add", {net.op("multiply", {variable("scale"), y}), variable("place")});
  y = net.op("subtract", {y, variable("one")});
  auto executor = check(net, {net.conv(y, 16)});
  if (num_conversions(*executor) == 0) cr_skip_test("no formats on this processor");
  std::string report = executor->report();
  cr_assert(report.find("broadcasts in blocks of channels, as a loop") != std::string::npos, "%s", report.c_str());
  // Channels that fill no block: padding would be read as a scale.
  Net odd({2, 3, 6, 6});
  odd.specs.push_back(spec("scale", {1, 13, 1, 1}));
  check(odd, {odd.conv(odd.op("multiply", {odd.conv(odd.x(), 13), variable("scale")}), 8)});
  setenv("CERMET_DISABLE", "fuse_elementwise", 1);
  check(net, {net.conv(y, 16)});
}

Test(formats, weights_shared_by_two_convolutions) {
  Net net({2, 8, 6, 6});
  Entry w = variable("w");
  AttrList attrs{{"kernel", std::vector<int64_t>{3, 3}},
                 {"num_filter", int64_t{8}},
                 {"pad", std::vector<int64_t>{1, 1}},
                 {"no_bias", true}};
  Entry h = net.op("convolution", {net.x(), w}, attrs);
  check(net, {net.op("convolution", {h, w}, attrs)});
}

}  // namespace cermet::test
