// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.List;
import org.cermet.raw.Raw;

/**
 * A graph of operators, seen through one or more of its outputs. Composed by {@link SymbolOps}, {@link Layers} and
 * arithmetic, loaded from MXNet's JSON, differentiated, and run by an {@link Executor}, a {@link Session} or a {@link
 * Trainer}. Immutable but for the attributes of its nodes; any number of threads may read one.
 *
 * <pre>{@code
 * Symbol x = Symbol.variable("data");
 * Symbol net = Layers.dense("out", Layers.dense("hidden", x, 64, o -> o.activation("relu")), 10);
 * }</pre>
 */
public final class Symbol extends NativeResource {
  /** What a variable is to the graph, by the nodes that take it. */
  public enum Role {
    /** An input. */
    DATA(Raw.CERMET_VARIABLE_DATA),
    /** To be learned: weight, bias, gamma ... */
    PARAMETER(Raw.CERMET_VARIABLE_PARAMETER),
    /** Taken by loss outputs only, and of no matter to predictions. */
    LABEL(Raw.CERMET_VARIABLE_LABEL),
    /** Changed by the forward pass: an auxiliary state. */
    STATE(Raw.CERMET_VARIABLE_STATE);

    private final int code;

    Role(int code) {
      this.code = code;
    }

    private static Role of(int code) {
      for (Role role : values()) {
        if (role.code == code) return role;
      }
      throw new IllegalStateException("the engine has a role that these classes do not know: " + code);
    }
  }

  /** Shapes and dtypes of everything in a graph. */
  public static final class Inferred {
    private final Specs arguments;
    private final Specs outputs;
    private final Specs auxiliaryStates;

    private Inferred(long[] specs) {
      arguments = Specs.take(specs[0]);
      outputs = Specs.take(specs[1]);
      auxiliaryStates = Specs.take(specs[2]);
    }

    /** Of data and parameters. */
    public Specs arguments() {
      return arguments;
    }

    /** Of the outputs. */
    public Specs outputs() {
      return outputs;
    }

    /** Of what the forward pass changes. */
    public Specs auxiliaryStates() {
      return auxiliaryStates;
    }
  }

  private Symbol(long address) {
    super(address, Raw::cermet_symbol_release);
  }

  /** Takes over a native reference; the scope of the thread owns the result. */
  static Symbol scoped(long address) {
    Symbol symbol = new Symbol(address);
    Scope.adopt(symbol);
    return symbol;
  }

  /** An input, a parameter or an auxiliary state, to be bound to an array. */
  public static Symbol variable(String name) {
    return scoped(Raw.cermet_symbol_variable(Text.utf8(name)));
  }

  /** One symbol with the outputs of all, in order. */
  public static Symbol group(Symbol... symbols) {
    long[] addresses = acquireAll(symbols);
    try {
      return scoped(Raw.cermet_symbol_group(addresses));
    } finally {
      releaseAll(symbols);
    }
  }

  /** A graph from MXNet's symbol JSON, of any generation. */
  public static Symbol fromJson(String json) {
    return scoped(Raw.cermet_symbol_from_json(Text.utf8(json)));
  }

  /** MXNet's symbol JSON. */
  public String toJson() {
    return Text.takeText(callLong(Raw::cermet_symbol_to_json));
  }

  /** Name of the node of the first output. */
  public String name() {
    return Text.string(call(Raw::cermet_symbol_name));
  }

  /** Names of data and parameters, in topological order. */
  public List<String> arguments() {
    return Text.takeStrings(callLong(Raw::cermet_symbol_arguments));
  }

  /** Names of what the forward pass changes, in topological order. */
  public List<String> auxiliaryStates() {
    return Text.takeStrings(callLong(Raw::cermet_symbol_auxiliary_states));
  }

  /**
   * What the variable called {@code name} is to the graph.
   *
   * @throws CermetException.NotFound if there is no such variable
   */
  public Role role(String name) {
    return Role.of(callInt(symbol -> Raw.cermet_symbol_role(symbol, Text.utf8(name))));
  }

  /**
   * Whether the gradients that the loss outputs begin ({@code softmaxOutput}, {@code makeLoss} ...) are averages over the
   * batch. If so, leave an optimizer's {@code rescaleGrad} at 1; else they are sums, and it should be 1 / batch size.
   *
   * @throws CermetException.NotFound if no output is a loss
   * @throws CermetException.Unsupported if they differ
   */
  public boolean lossIsMean() {
    return callInt(Raw::cermet_symbol_loss_is_mean) != 0;
  }

  /** Names of the outputs: {@code <node>_output}, or {@code <node>_<output>} where a node has several. */
  public List<String> outputs() {
    return Text.takeStrings(callLong(Raw::cermet_symbol_outputs));
  }

  /** Number of outputs. */
  public int numOutputs() {
    return callInt(Raw::cermet_symbol_num_outputs);
  }

  /** One output as a symbol. */
  public Symbol output(int index) {
    return scoped(callLong(symbol -> Raw.cermet_symbol_output(symbol, index)));
  }

  /** The output called {@code name}, as listed by {@link #outputs}. */
  public Symbol output(String name) {
    int index = outputs().indexOf(name);
    if (index < 0) throw new IllegalArgumentException("no output " + name + " among " + outputs());
    return output(index);
  }

  /** All outputs of all nodes, in topological order: {@code net.internals().output("fc1_output")} cuts a graph. */
  public Symbol internals() {
    return scoped(callLong(Raw::cermet_symbol_internals));
  }

  /**
   * An attribute of the node of the first output.
   *
   * @throws CermetException.NotFound if it is absent
   */
  public String attribute(String key) {
    return Text.string(call(symbol -> Raw.cermet_symbol_attribute(symbol, Text.utf8(key))));
  }

  /** Sets an attribute of the node of the first output; keys begin and end with two underscores. Gives the symbol back. */
  public Symbol setAttribute(String key, String value) {
    run(symbol -> Raw.cermet_symbol_set_attribute(symbol, Text.utf8(key), Text.utf8(value)));
    return this;
  }

  /**
   * Shapes and dtypes of everything, from those of some variables.
   *
   * @throws CermetException.ShapeMismatch if they contradict each other, or are too few
   */
  public Inferred infer(Specs known) {
    return new Inferred(known.with(specs -> call(symbol -> Raw.cermet_symbol_infer(symbol, specs))));
  }

  /** Gradients of the sum of the outputs with respect to the named variables: one output a name. */
  public Symbol gradient(String... names) {
    return scoped(callLong(symbol -> Raw.cermet_symbol_gradient(symbol, Text.names(List.of(names)))));
  }

  /**
   * The same graph in mixed precision: products of matrices, convolutions, attention and recurrent layers compute in
   * {@code dtype} (FLOAT16 or BFLOAT16), losses, softmax, exponentials and sums in float32, the rest in the widest dtype
   * of their inputs. Parameters and outputs stay float32. It saves memory; on processors without 16-bit arithmetic it
   * costs time. Training in float16 needs {@link Optimizer#setLossScale}.
   *
   * @throws CermetException.InvalidArgument for another dtype
   */
  public Symbol mixedPrecision(DType dtype) {
    return scoped(callLong(symbol -> Raw.cermet_symbol_mixed_precision(symbol, dtype.code)));
  }

  /** The graph as a JSON list of nodes, with shapes and parameter counts as far as {@code known} tells. */
  public String describe(Specs known) {
    return Text.takeText(known.with(specs -> callLong(symbol -> Raw.cermet_symbol_describe(symbol, specs))));
  }

  /** A graph without memory: the plan is made, nothing is allocated. Without gradients. */
  public Executor bind(Specs specs) {
    return bind(specs, GradReq.NONE);
  }

  /** Makes the graph ready to run on the CPU; {@code gradNames}: arguments whose gradients are wanted. */
  public Executor bind(Specs specs, GradReq request, String... gradNames) {
    return bind(specs, request, MemoryLimit.NONE, gradNames);
  }

  /** The same within a limit of memory; where nothing keeps to it, the exception says how many bytes would do. */
  public Executor bind(Specs specs, GradReq request, MemoryLimit limit, String... gradNames) {
    return Executor.create(this, specs, request, Device.cpu(), limit, gradNames);
  }

  // --- Arithmetic; the names are those that Kotlin takes for operators -----------------------------------------------

  /** Sum, element by element; shapes are broadcast. */
  public Symbol plus(Symbol other) {
    return SymbolOps.add(null, this, other);
  }

  /** Sum with a number. */
  public Symbol plus(double other) {
    return SymbolOps.addScalar(null, this, o -> o.scalar(other));
  }

  /** Difference, element by element; shapes are broadcast. */
  public Symbol minus(Symbol other) {
    return SymbolOps.subtract(null, this, other);
  }

  /** Difference to a number. */
  public Symbol minus(double other) {
    return SymbolOps.subtractScalar(null, this, o -> o.scalar(other));
  }

  /** Product, element by element; shapes are broadcast. */
  public Symbol times(Symbol other) {
    return SymbolOps.multiply(null, this, other);
  }

  /** Product with a number. */
  public Symbol times(double other) {
    return SymbolOps.multiplyScalar(null, this, o -> o.scalar(other));
  }

  /** Quotient, element by element; shapes are broadcast. */
  public Symbol div(Symbol other) {
    return SymbolOps.divide(null, this, other);
  }

  /** Quotient by a number. */
  public Symbol div(double other) {
    return SymbolOps.divideScalar(null, this, o -> o.scalar(other));
  }

  /** All elements with the sign changed. */
  public Symbol unaryMinus() {
    return SymbolOps.negative(null, this);
  }

  @Override
  public String toString() {
    return isClosed() ? "Symbol (closed)" : "Symbol " + outputs();
  }
}
