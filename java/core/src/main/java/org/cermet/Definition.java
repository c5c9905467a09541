// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.cermet.raw.Raw;

/**
 * An operator, layer, optimizer, metric, initializer or schedule as the engine describes it: found by name, called with
 * {@link Attributes}. The generated classes {@link Ops}, {@link SymbolOps}, {@link Layers}, {@link Optimizers}, {@link
 * Metrics}, {@link Initializers} and {@link Schedules} have a method for each; this class serves names known only at run
 * time.
 */
public final class Definition {
  /** What a definition defines. */
  public enum Kind {
    /** Arrays or symbols in, arrays or symbols out. */
    OPERATOR(Raw.CERMET_KIND_OPERATOR),
    /** Composes operators and their parameters into a symbol. */
    LAYER(Raw.CERMET_KIND_LAYER),
    /** Updates weights from gradients. */
    OPTIMIZER(Raw.CERMET_KIND_OPTIMIZER),
    /** Accumulates a figure over batches. */
    METRIC(Raw.CERMET_KIND_METRIC),
    /** Fills new parameters. */
    INITIALIZER(Raw.CERMET_KIND_INITIALIZER),
    /** Learning rate as a function of the update count. */
    SCHEDULE(Raw.CERMET_KIND_SCHEDULE);

    final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  private final Kind kind;
  private final String wantedName;
  private long address; // 0: not looked up yet; a race writes the same value twice

  private Definition(Kind kind, String wantedName) {
    this.kind = kind;
    this.wantedName = wantedName;
  }

  /** For generated code: looked up at its first use. */
  static Definition lazy(Kind kind, String name) {
    return new Definition(kind, name);
  }

  /**
   * The definition called {@code name}, or with that alias (MXNet's names are aliases of operators).
   *
   * @throws CermetException.NotFound if there is none, with the nearest names
   */
  public static Definition find(Kind kind, String name) {
    Definition definition = new Definition(kind, name);
    definition.address();
    return definition;
  }

  /** The operator called {@code name}; see {@link #find}. */
  public static Definition operator(String name) {
    return find(Kind.OPERATOR, name);
  }

  /** Names of all definitions of a kind, sorted. */
  public static List<String> list(Kind kind) {
    return Text.takeStrings(Raw.cermet_def_list(kind.code));
  }

  long address() {
    if (address == 0) address = Raw.cermet_def_find(kind.code, Text.utf8(wantedName));
    return address;
  }

  /** What this defines. */
  public Kind kind() {
    return kind;
  }

  /** The canonical name. */
  public String name() {
    return Text.string(Raw.cermet_def_name(address()));
  }

  /** One line on what it does. */
  public String summary() {
    return Text.string(Raw.cermet_def_summary(address()));
  }

  /** Everything about it as a JSON object: documentation, inputs, outputs, attributes, samples. */
  public String describe() {
    return Text.takeText(Raw.cermet_def_describe(address()));
  }

  /**
   * Runs an operator on arrays; its outputs are new arrays.
   *
   * @param attributes null: defaults
   * @param inputs in the operator's order; an optional one may be null
   */
  public NDArray[] invoke(Attributes attributes, NDArray... inputs) {
    return withAttributes(attributes, attrs -> {
      NDArray[] none = new NDArray[Raw.cermet_op_num_outputs(address(), attrs, inputs.length)];
      return invoke(attrs, inputs, none);
    });
  }

  /** Runs an operator and writes into {@code outputs}; a null within asks for a new array. */
  public NDArray[] invokeInto(Attributes attributes, NDArray[] outputs, NDArray... inputs) {
    return withAttributes(attributes, attrs -> invoke(attrs, inputs, outputs));
  }

  /** Runs an operator that always has one output. */
  NDArray invokeOne(Attributes attributes, NDArray... inputs) {
    return withAttributes(attributes, attrs -> invoke(attrs, inputs, new NDArray[1]))[0];
  }

  /** With one input, as most small operators have, whose time is the call's: nothing is made on the way. */
  NDArray invokeOne(Attributes attributes, NDArray input) {
    return invokeSmall(attributes, input, null, 1);
  }

  /** With two inputs. */
  NDArray invokeOne(Attributes attributes, NDArray first, NDArray second) {
    return invokeSmall(attributes, first, second, 2);
  }

  /** Arithmetic with a number. One that is not whole makes floating-point numbers of an integer array. */
  NDArray invokeScalar(NDArray array, double scalar) {
    int isInt = scalar == Math.rint(scalar) ? 1 : 0;
    Recorder recorder = Context.current().recorder;
    long address = array.acquire();
    try {
      long recorderAddress = NativeResource.acquire(recorder);
      try {
        return NDArray.scoped(Raw.invoke_scalar(address(), scalar, isInt, address, recorderAddress));
      } finally {
        NativeResource.release(recorder);
      }
    } finally {
      array.release();
    }
  }

  private NDArray invokeSmall(Attributes attributes, NDArray first, NDArray second, int count) {
    Context context = Context.current();
    Recorder recorder = context.recorder;
    Rng rng = context.rng;
    long attrs = Attributes.open(attributes, address());
    int held = 0;
    try {
      long firstAddress = NativeResource.acquire(first);
      held++;
      long secondAddress = NativeResource.acquire(second);
      held++;
      long recorderAddress = NativeResource.acquire(recorder);
      held++;
      long rngAddress = NativeResource.acquire(rng);
      held++;
      return NDArray.scoped(
          Raw.invoke_small(address(), attrs, firstAddress, secondAddress, count, recorderAddress, rngAddress));
    } finally {
      if (held > 0) NativeResource.release(first);
      if (held > 1) NativeResource.release(second);
      if (held > 2) NativeResource.release(recorder);
      if (held > 3) NativeResource.release(rng);
      if (attrs != 0) Raw.cermet_attrs_release(attrs);
    }
  }

  private NDArray[] invoke(long attrs, NDArray[] inputs, NDArray[] outputs) {
    Context context = Context.current();
    NativeResource[] modes = {context.recorder, context.rng};
    long[] modeAddresses = NativeResource.acquireAll(modes);
    try {
      long[] inputAddresses = NativeResource.acquireAll(inputs);
      try {
        return invoke(attrs, inputAddresses, modeAddresses, outputs);
      } finally {
        NativeResource.releaseAll(inputs);
      }
    } finally {
      NativeResource.releaseAll(modes);
    }
  }

  private NDArray[] invoke(long attrs, long[] inputs, long[] modes, NDArray[] outputs) {
    long[] results = NativeResource.acquireAll(outputs);
    try {
      Raw.cermet_op_invoke(address(), attrs, inputs, modes[0], modes[1], results);
    } finally {
      NativeResource.releaseAll(outputs);
    }
    NDArray[] arrays = outputs.clone();
    for (int index = 0; index < arrays.length; index++) {
      if (arrays[index] == null) arrays[index] = NDArray.scoped(results[index]);
    }
    return arrays;
  }

  /**
   * Applies an operator or a layer to symbols.
   *
   * @param attributes null: defaults
   * @param name of the new node; null: made from the operator's name
   * @param inputs in order; parameters that are left out at the end, or null, become variables named after the node
   */
  public Symbol apply(Attributes attributes, String name, Symbol... inputs) {
    long[] addresses = NativeResource.acquireAll(inputs);
    try {
      return withAttributes(
          attributes,
          attrs -> Symbol.scoped(Raw.cermet_symbol_apply(address(), attrs, Text.utf8(name), addresses)));
    } finally {
      NativeResource.releaseAll(inputs);
    }
  }

  /** Calls {@code body} with a cermet_attrs, which lives as long as the call. */
  <T> T withAttributes(Attributes attributes, LongFunction<T> body) {
    long attrs = Attributes.open(attributes, address());
    try {
      return body.apply(attrs);
    } finally {
      Raw.cermet_attrs_release(attrs);
    }
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + wantedName;
  }
}
