// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.nio.file.Path;
import java.util.List;
import org.cermet.raw.Raw;

/**
 * A symbol with its parameters. Any number of threads may use one at once; each predicts through a {@link Session} of its
 * own, or through a {@link SessionPool}. All share one copy of the parameters.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("digits.safetensors"));
 *     Session session = model.session(Specs.of("data", 1, 1, 8, 8))) {
 *   session.input("data").set(pixels);
 *   session.run();
 *   float[] probabilities = session.output(0).toFloats();
 * }
 * }</pre>
 */
public final class Model extends NativeResource {
  private Model(long address) {
    super(address, Raw::cermet_model_release);
  }

  /** A model without parameter values yet. */
  public static Model of(Symbol symbol) {
    return symbol.call(graph -> new Model(Raw.cermet_model_create(graph)));
  }

  /** Reads a {@code .safetensors} file, or epoch 0 of the files that begin with a prefix. */
  public static Model load(Path path) {
    return load(path, 0);
  }

  /**
   * Reads a model.
   *
   * @param path a {@code .safetensors} file; else the PREFIX of PREFIX-symbol.json and PREFIX-%04d.params
   * @param epoch of the parameters, where {@code path} is a prefix
   */
  public static Model load(Path path, int epoch) {
    return new Model(Raw.cermet_model_load(Text.utf8(path.toString()), epoch));
  }

  /** A model from {@link #toBytes}. */
  public static Model fromBytes(byte[] bytes) {
    return new Model(Raw.cermet_model_from_bytes(bytes));
  }

  /** Writes the model as {@link #load(Path)} reads it. Each file is replaced only when the new one is whole. */
  public void save(Path path) {
    save(path, 0);
  }

  /** Writes the model as {@link #load(Path, int)} reads it. */
  public void save(Path path, int epoch) {
    run(model -> Raw.cermet_model_save(model, Text.utf8(path.toString()), epoch));
  }

  /** The model as bytes, in safetensors form. */
  public byte[] toBytes() {
    return Text.takeBytes(callLong(Raw::cermet_model_to_bytes));
  }

  /** A model of its own with copies of all parameters. */
  public Model copy() {
    return call(model -> new Model(Raw.cermet_model_copy(model)));
  }

  /** The graph. */
  public Symbol symbol() {
    return Symbol.scoped(callLong(Raw::cermet_model_symbol));
  }

  /**
   * A text that is kept with the model: class labels, input layout ...
   *
   * @throws CermetException.NotFound if there is none
   */
  public String metadata(String key) {
    return Text.string(call(model -> Raw.cermet_model_metadata(model, Text.utf8(key))));
  }

  /** Keeps a text with the model. */
  public void setMetadata(String key, String value) {
    run(model -> Raw.cermet_model_set_metadata(model, Text.utf8(key), Text.utf8(value)));
  }

  /** Names of arguments and auxiliary states that have a value. */
  public List<String> parameters() {
    return Text.takeStrings(callLong(Raw::cermet_model_parameters));
  }

  /**
   * A parameter's array itself, not a copy.
   *
   * @throws CermetException.NotFound if it has no value
   */
  public NDArray parameter(String name) {
    return NDArray.scoped(callLong(model -> Raw.cermet_model_parameter(model, Text.utf8(name))));
  }

  /** Makes {@code array} itself the value of a parameter. */
  public void setParameter(String name, NDArray array) {
    run(model -> array.run(values -> Raw.cermet_model_set_parameter(model, Text.utf8(name), values)));
  }

  /** Gives every parameter that has no value one, by the default initializer. {@code inputs}: data and labels. */
  public void initialize(Specs inputs) {
    inputs.with(specs -> initialize(specs, 0, 0));
  }

  /**
   * Gives every parameter that has no value one. Random values are drawn from the stream of {@link Rng#with}, if there is
   * one.
   *
   * @param inputs data and labels, from which the shapes follow
   */
  public void initialize(Specs inputs, Initializer initializer) {
    inputs.with(specs -> initializer.with((definition, attrs) -> initialize(specs, definition, attrs)));
  }

  private Void initialize(long specs, long initializer, long attrs) {
    return Context.drawing(
        rng -> {
          run(model -> Raw.cermet_model_initialize(model, specs, initializer, attrs, rng));
          return null;
        });
  }

  /** Names of what a session must be fed: inputs without a parameter value, labels left out. */
  public List<String> inputs() {
    return Text.takeStrings(callLong(Raw::cermet_model_inputs));
  }

  /** A session for fixed input shapes. */
  public Session session(Specs inputs) {
    return inputs.with(specs -> call(model -> new Session(Raw.cermet_session_create(model, specs))));
  }

  /** A pool of sessions for many threads. The model may be closed after that; the pool keeps what it needs. */
  public SessionPool pool(Specs inputs, PoolOptions options) {
    return SessionPool.create(this, inputs, options);
  }

  /** What to feed it, and how many parameters have a value. */
  @Override
  public String toString() {
    if (isClosed()) return super.toString();
    return "Model[inputs=" + inputs() + ", parameters=" + parameters().size() + "]";
  }
}
