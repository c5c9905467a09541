// SPDX-License-Identifier: Apache-2.0
// How definitions are written. One file, one stem:
//
//   namespace { struct Attrs { double slope = 0.25; }; }        // defaults are C++ defaults
//
//   CERMET_REGISTER(leaky_relu)(Registry &registry) {
//     auto op = registry.op<Attrs>("leaky_relu", "nn");
//     op.doc("Rectifier that keeps a small slope below zero.");
//     op.alias("LeakyReLU");
//     op.input("data", "Values; any shape.", kFloats);
//     op.output("output");
//     op.attr("slope", &Attrs::slope, "Factor used below zero.").min(0);
//     op.infer([](InferContext &c, const Attrs &) { c.output(0, c.shape(0), c.dtype(0)); });
//     op.kernel([](KernelContext &c, const Attrs &a) { ... });
//     op.gradient([](GradientContext &g, const Attrs &a) { ... });
//     op.sample({{{"slope", 0.5}}, {{{3}, {-2, 0, 3}}}, {{{3}, {-1, 0, 3}}}});
//   }
//
// Inputs and outputs that exist only under some attributes say so:
//
//     op.parameter("bias", "One a unit.").when = {"no_bias", {false}};
//     op.output("indices", "Places.").when = {"ret_typ", {"both", "indices"}};
//
// Operators that are alike are one file whose loop over a table defines them all.
#pragma once

#include "schema/definition.h"

// The build collects the stems named here into one list of calls, in alphabetical order: no static initialisers, no
// list to edit.
#define CERMET_REGISTER(stem) void register_##stem

namespace cermet {

// Further properties of the attribute just declared.
class AttrBuilder {
 public:
  explicit AttrBuilder(AttrDef &def) : def_(def) {}
  AttrBuilder &required() {
    def_.required = true;
    def_.default_value = None{};
    return *this;
  }
  AttrBuilder &min(double value) {
    def_.min = value;
    return *this;
  }
  AttrBuilder &above(double value) {
    def_.min = value;
    def_.min_exclusive = true;
    return *this;
  }
  AttrBuilder &max(double value) {
    def_.max = value;
    return *this;
  }
  AttrBuilder &kind(AttrKind value) {
    def_.kind = value;
    return *this;
  }

 private:
  AttrDef &def_;
};

template <class A>
class DefinitionBuilder {
 public:
  DefinitionBuilder(Definition &def, std::string name, std::string family) : def_(def) {
    def_.name = std::move(name);
    def_.family = std::move(family);
    def_.make_attrs = [] { return std::make_shared<A>(); };
  }

  void doc(std::string summary, std::string text = "") {
    def_.summary = std::move(summary);
    def_.doc = std::move(text);
  }
  // Names by which MXNet knows it.
  template <class... Names>
  void alias(const Names &...names) {
    (def_.aliases.emplace_back(names), ...);
  }
  void internal() { def_.internal = true; }
  void random() { def_.random = true; }
  void depends_on_train() { def_.depends_on_train = true; }
  void precision(Precision value) { def_.precision = value; }
  // The gradient begins here; it is an average over the batch under `mean_when`, else a sum.
  void loss(Condition mean_when = {}) {
    def_.loss = true;
    def_.mean_when = std::move(mean_when);
  }

  InputDef &input(std::string name, std::string text, DTypeSet dtypes = kAll) {
    def_.inputs.push_back({.name = std::move(name), .doc = std::move(text), .dtypes = dtypes});
    return def_.inputs.back();
  }
  // An input that only lends its shape.
  InputDef &shape_input(std::string name, std::string text) {
    auto &def = input(std::move(name), std::move(text));
    def.shape_only = true;
    return def;
  }
  InputDef &parameter(std::string name, std::string text, DTypeSet dtypes = kAll) {
    return with_role(Role::parameter, std::move(name), std::move(text), dtypes);
  }
  InputDef &label(std::string name, std::string text, DTypeSet dtypes = kAll) {
    return with_role(Role::label, std::move(name), std::move(text), dtypes);
  }
  // Changed in place by the kernel.
  InputDef &state(std::string name, std::string text, DTypeSet dtypes = kAll) {
    return with_role(Role::state, std::move(name), std::move(text), dtypes);
  }
  // Any number (at least one) of arrays; `count_attr` holds their number in MXNet's files.
  InputDef &variadic(std::string name, std::string text, std::string count_attr, DTypeSet dtypes = kAll) {
    auto &def = input(std::move(name), std::move(text), dtypes);
    def.variadic = true;
    def_.count_attr = std::move(count_attr);
    return def;
  }

  OutputDef &output(std::string name, std::string text = "") {
    def_.outputs.push_back({.name = std::move(name), .doc = std::move(text)});
    return def_.outputs.back();
  }
  OutputDef &hidden_output(std::string name, std::string text) {
    OutputDef &def = output(std::move(name), std::move(text));
    def.hidden = true;
    return def;
  }
  // Any number of arrays: f(attributes, number of inputs).
  template <class F>
  void variadic_output(std::string name, std::string text, F f) {
    output(std::move(name), std::move(text)).variadic = true;
    def_.count_outputs = [f](const void *attrs, int num_inputs) {
      return f(*static_cast<const A *>(attrs), num_inputs);
    };
  }
  void in_place(int in, int out) { def_.in_place.emplace_back(in, out); }

  // The member's type gives the attribute's type; its initial value the default.
  template <class Owner, class T>
  AttrBuilder attr(std::string name, T Owner::*member, std::string text) {
    return declare<T>(std::move(name), member, std::move(text), false);
  }
  template <class Owner, class T>
  AttrBuilder attr(std::string name, std::optional<T> Owner::*member, std::string text) {
    AttrDef &def = base(std::move(name), std::move(text), AttrTraits<T>::type);
    def.nullable = true;
    def.store = [member](void *attrs, const AttrValue &value) {
      std::optional<T> &target = static_cast<A *>(attrs)->*member;
      if (value.none()) {
        target.reset();
      } else {
        T loaded{};
        AttrTraits<T>::store(loaded, value);
        target = std::move(loaded);
      }
    };
    def.load = [member](const void *attrs) {
      const std::optional<T> &source = static_cast<const A *>(attrs)->*member;
      return source ? AttrTraits<T>::load(*source) : AttrValue();
    };
    return finish(def);
  }
  // An enum whose enumerators count from 0 in the order of `choices`.
  template <class Owner, class Enum>
  AttrBuilder choice(std::string name, Enum Owner::*member, std::vector<std::string> choices, std::string text) {
    AttrDef &def = base(std::move(name), std::move(text), AttrType::choice);
    def.choices = std::move(choices);
    def.store = [member, names = def.choices](void *attrs, const AttrValue &value) {
      for (size_t k = 0; k < names.size(); ++k)
        if (names[k] == *value.get_if<std::string>()) static_cast<A *>(attrs)->*member = static_cast<Enum>(k);
    };
    def.load = [member, names = def.choices](const void *attrs) {
      return AttrValue(names[static_cast<size_t>(static_cast<const A *>(attrs)->*member)]);
    };
    return finish(def);
  }
  // The same, and absent is a choice.
  template <class Owner, class Enum>
  AttrBuilder choice(std::string name, std::optional<Enum> Owner::*member, std::vector<std::string> choices,
                     std::string text) {
    AttrDef &def = base(std::move(name), std::move(text), AttrType::choice);
    def.choices = std::move(choices);
    def.nullable = true;
    def.store = [member, names = def.choices](void *attrs, const AttrValue &value) {
      std::optional<Enum> &target = static_cast<A *>(attrs)->*member;
      target.reset();
      if (value.none()) return;
      for (size_t k = 0; k < names.size(); ++k)
        if (names[k] == *value.get_if<std::string>()) target = static_cast<Enum>(k);
    };
    def.load = [member, names = def.choices](const void *attrs) {
      const std::optional<Enum> &source = static_cast<const A *>(attrs)->*member;
      return source ? AttrValue(names[static_cast<size_t>(*source)]) : AttrValue();
    };
    return finish(def);
  }
  // Checks across attributes; throws Error naming the attribute at fault.
  void check(void (*f)(const A &)) {
    def_.check_attrs = [f](const void *attrs) { f(*static_cast<const A *>(attrs)); };
  }

  template <class F>
  void infer(F f) {
    def_.infer = [f](InferContext &c, const void *attrs) { f(c, *static_cast<const A *>(attrs)); };
  }
  template <class F>
  void kernel(F f, DeviceType device = DeviceType::cpu) {
    def_.kernels[static_cast<int>(device)] = [f](KernelContext &c, const void *attrs) {
      f(c, *static_cast<const A *>(attrs));
    };
  }
  // Bytes of temporary memory for the kernel, which finds them in its context.
  template <class F>
  void workspace(F f) {
    def_.workspace = [f](const KernelContext &c, const void *attrs) { return f(c, *static_cast<const A *>(attrs)); };
  }
  template <class F>
  void formats(F f) {
    def_.formats = [f](FormatContext &c, const void *attrs) { f(c, *static_cast<const A *>(attrs)); };
  }
  // States the function of each element. The operator's kernel computes the same.
  template <class F>
  void elementwise(F f) {
    def_.elementwise = [f](const void *attrs) { return f(*static_cast<const A *>(attrs)); };
  }
  template <class F>
  void gradient(F f) {
    def_.gradient = [f](GradientContext &g, const void *attrs) { f(g, *static_cast<const A *>(attrs)); };
  }
  template <class F>
  void compose(F f) {
    def_.compose = [f](ComposeContext &c, const void *attrs) { f(c, *static_cast<const A *>(attrs)); };
  }
  Sample &sample(Sample value) {
    def_.samples.push_back(std::move(value));
    return def_.samples.back();
  }

  Definition &definition() { return def_; }

 private:
  InputDef &with_role(Role role, std::string name, std::string text, DTypeSet dtypes) {
    auto &def = input(std::move(name), std::move(text), dtypes);
    def.role = role;
    return def;
  }
  AttrDef &base(std::string name, std::string text, AttrType type) {
    AttrDef def;
    def.name = std::move(name);
    def.doc = std::move(text);
    def.type = type;
    def_.attrs.push_back(std::move(def));
    return def_.attrs.back();
  }
  AttrBuilder finish(AttrDef &def) {
    A defaults;
    def.default_value = def.load(&defaults);
    return AttrBuilder(def);
  }
  template <class T, class Owner>
  AttrBuilder declare(std::string name, T Owner::*member, std::string text, bool nullable) {
    AttrDef &def = base(std::move(name), std::move(text), AttrTraits<T>::type);
    def.nullable = nullable;
    def.store = [member](void *attrs, const AttrValue &value) {
      AttrTraits<T>::store(static_cast<A *>(attrs)->*member, value);
    };
    def.load = [member](const void *attrs) { return AttrTraits<T>::load(static_cast<const A *>(attrs)->*member); };
    return finish(def);
  }

  Definition &def_;
};

struct NoAttrs {};

}  // namespace cermet
