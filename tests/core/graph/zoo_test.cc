// SPDX-License-Identifier: Apache-2.0
// Symbol files of MXNet's model zoo: they load, every shape comes out as MXNet inferred it, and they survive being
// written.
#include <set>

#include <dirent.h>

#include "base/json.h"
#include "check.h"
#include "graph/infer.h"
#include "graph/symbol.h"
#include "model/inflate.h"

namespace cermet::test {
namespace {

std::string zoo_folder() {
  const char *shared = std::getenv("CERMET_SHARED");
  return std::string(shared ? shared : "../shared") + "/reference/symbols/";
}

// Names of the nets that are there.
std::set<std::string> nets() {
  const std::string suffix = ".json.gz";
  std::set<std::string> out;
  DIR *entries = opendir(zoo_folder().c_str());
  if (!entries) return out;
  while (dirent *entry = readdir(entries)) {
    std::string name = entry->d_name;
    if (name.ends_with(suffix) && name.find(".shapes.") == name.npos)
      out.insert(name.substr(0, name.size() - suffix.size()));
  }
  closedir(entries);
  return out;
}

Shape shape_of(const Json &dims) {
  Shape out;
  for (const Json &dim : dims) out.push_back(dim.get<int64_t>());
  return out;
}

// `listed` has a pair of name and shape for each variable.
void check_variables(const std::string &net, const Inferred &inferred, const std::vector<Node *> &variables,
                     const Json &listed) {
  cr_assert(variables.size() == listed.size(), "%s: got %zu variables, want %zu", net.c_str(), variables.size(),
            listed.size());
  for (size_t k = 0; k < variables.size(); ++k) {
    std::string name = listed[k][0], got, want;
    append(got, *inferred.specs.at(variables[k])[0].shape);
    append(want, shape_of(listed[k][1]));
    cr_assert(variables[k]->name == name && got == want, "%s: got %s %s, want %s %s", net.c_str(),
              variables[k]->name.c_str(), got.c_str(), name.c_str(), want.c_str());
  }
}

}  // namespace

Test(zoo, symbols_load_and_infer_as_in_mxnet) {
  if (nets().empty()) cr_skip_test("no %s", zoo_folder().c_str());
  for (const std::string &net : nets()) {
    std::vector<Entry> outputs = from_json(read_plain_or_gzip(zoo_folder() + net + ".json.gz"));
    Json shapes = parse_json(read_plain_or_gzip(zoo_folder() + net + ".shapes.json.gz"), net);
    TensorSpec data{shape_of(shapes["data"]), DType::float32};
    Inferred inferred = infer(outputs, {{"data", data}}, false);
    Variables variables = list_variables(outputs);
    check_variables(net, inferred, variables.arguments, shapes["arguments"]);
    check_variables(net, inferred, variables.auxiliary_states, shapes["auxiliary"]);
    std::string json = to_json(outputs);
    cr_assert(to_json(from_json(json)) == json, "%s: another graph after writing and reading", net.c_str());
  }
}

}  // namespace cermet::test
