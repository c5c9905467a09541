// SPDX-License-Identifier: Apache-2.0
// What passes did and refused, as reports tell it.
#include "base/log.h"
#include "check.h"
#include "runtime/executor.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

Entry op(const char *name, const std::vector<Entry> &inputs, const AttrList &attrs, const char *node) {
  return cermet::apply(find_op(name), attrs, node, inputs).front();
}
Entry conv(Entry data, int64_t size, const char *node) {
  return op("convolution", {std::move(data)}, {{"kernel", {size, size}}, {"num_filter", int64_t{64}}}, node);
}

std::string report_of(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &specs,
                      const std::vector<std::string> &wanted = {}) {
  return Executor(outputs, specs, wanted, wanted.empty() ? GradReq::null : GradReq::write).report();
}
void expect_line(const std::string &report, const char *line) {
  cr_assert((report + "\n").find(cat("\n  ", line, "\n")) != std::string::npos, "no line '%s' in\n%s", line,
            report.c_str());
}

}  // namespace

Test(remarks, of_batch_norms) {
  Entry x = variable("x"), h = conv(x, 3, "c"), n = op("batch_norm", {h}, {}, "n");
  std::vector<NamedSpec> specs{spec("x", {1, 64, 16, 16})};
  expect_line(report_of({n}, specs), "fold_batch_norm: folded into the layer before it: n");
  expect_line(report_of({n, h}, specs),
              "fold_batch_norm: not folded: the output of the layer before it is used elsewhere, too: n");
  expect_line(report_of({op("batch_norm", {x}, {}, "n")}, specs),
              "fold_batch_norm: not folded: no convolution or fully connected layer before it: n");
  expect_line(report_of({op("batch_norm", {h}, {{"axis", int64_t{3}}}, "n")}, specs),
              "fold_batch_norm: not folded: its axis is not 1: n");
  expect_line(report_of({n, {n.node, 1}}, specs), "fold_batch_norm: not folded: its mean or variance is used: n");
}

Test(remarks, of_formats_and_convolutions) {
  std::vector<NamedSpec> specs{spec("x", {1, 64, 16, 16})};
  std::string report = report_of({conv(conv(variable("x"), 1, "one"), 3, "three")}, specs);
  if (report.find("works on blocks") == std::string::npos) cr_skip_test("no formats on this processor");
  expect_line(report, "choose_formats: works on blocks of channels: one, three");
  expect_line(report, "winograd: direct instead: not 3 x 3: one");
  if (report.find("no instructions for it") == std::string::npos) expect_line(report, "winograd: chosen: three");
  setenv("CERMET_DISABLE", "winograd", 1);
  expect_line(report_of({conv(variable("x"), 3, "three")}, specs),
              "winograd: direct instead: CERMET_DISABLE has winograd: three");
}

Test(remarks, of_loops) {
  Entry x = variable("x"), total = op("sum", {x}, {{"axis", int64_t{1}}, {"keepdims", true}}, "total");
  Entry y = op("tanh", {op("add", {x, op("exp", {total}, {}, "small")}, {}, "a")}, {}, "y");
  std::string report = report_of({y}, {spec("x", {4, 5})});
  expect_line(report, "fuse_elementwise: one loop with the steps before it: y");
  expect_line(report, "fuse_elementwise: a loop ends at it: its result is smaller, and broadcasts: small");
  Entry chain = x;
  for (int k = 0; k < 20; ++k) chain = op("add_scalar", {chain}, {{"scalar", 0.5}}, cat("s", k).c_str());
  expect_line(report_of({chain}, {spec("x", {10})}), "fuse_elementwise: its loop has the longest length: s19");
  Entry twice = op("tanh", {x}, {}, "t");
  Entry both = op("relu", {op("add", {twice, op("sum", {twice}, {}, "total")}, {}, "a")}, {}, "r");
  report = report_of({both}, {spec("x", {10})});
  expect_line(report, "fuse_elementwise: a loop ends at it: its result is used elsewhere, too: t");
  expect_line(report, "fuse_elementwise: a loop ends at it: its operator is not elementwise: total");
}

Test(remarks, of_what_is_kept) {
  Entry h = op("fully_connected", {variable("x"), op("square", {variable("w")}, {}, "w2")},
               {{"num_hidden", int64_t{3}}, {"no_bias", true}}, "d");
  std::string report = report_of({h}, {spec("x", {1, 4}), spec("w", {3, 4})});
  cr_assert(report.rfind("program for prediction: ", 0) == 0);
}

// Many nodes of one word are counted, and some of them named.
Test(remarks, many_are_counted) {
  Entry y = variable("x");
  for (int k = 0; k < 100; ++k) y = op("tanh", {op("identity", {y}, {}, cat("i", k).c_str())}, {}, "t");
  expect_line(report_of({y}, {spec("x", {2})}), "simplify: copy left out: i0, i1, i2, i3 and 96 more");
}

Test(remarks, are_logged_line_by_line) {
  static std::vector<std::string> lines;
  set_log_callback([](int, const char *line, void *) { lines.emplace_back(line); }, nullptr);
  report_of({op("tanh", {op("identity", {variable("x")}, {}, "i")}, {}, "t")}, {spec("x", {2})});
  set_log_callback(nullptr, nullptr);
  cr_assert_eq(lines.size(), 2);
  cr_assert(lines[1] == "  simplify: copy left out: i");
}

}  // namespace cermet::test
