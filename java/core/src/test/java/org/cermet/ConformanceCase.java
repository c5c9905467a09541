// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One case that every language replays: an operator with its inputs, outputs, changed states and gradients. Public for
 * the Scala suite. Throws {@link AssertionError} where a number differs.
 */
public final class ConformanceCase {
  private static final Map<Path, Map<String, NDArray>> LOADED = new ConcurrentHashMap<>();

  private final JsonObject description;
  private final Path arrays;
  private Map<String, NDArray> values;

  private ConformanceCase(JsonObject description, Path arrays) {
    this.description = description;
    this.arrays = arrays;
  }

  /** All cases of a folder: families of {@code .jsonl} with {@code .npz}. */
  public static List<ConformanceCase> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(ConformanceCase::family)
          .collect(Collectors.toList());
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** The folder that the build names: -Dcermet.conformance, or bindings/conformance. */
  public static Path folder() {
    String built = Path.of(System.getProperty("cermet.root"), "bindings", "conformance").toString();
    return Path.of(System.getProperty("cermet.conformance", built));
  }

  private static Stream<ConformanceCase> family(Path file) {
    Path arrays = file.resolveSibling(file.getFileName().toString().replace(".jsonl", ".npz"));
    try {
      return Files.readAllLines(file).stream()
          .map(line -> new ConformanceCase(JsonParser.parseString(line).getAsJsonObject(), arrays));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Family, operator and number. */
  public String id() {
    return text("id");
  }

  /** Family of the case: the name of its file. */
  public String family() {
    return arrays.getFileName().toString().replace(".npz", "");
  }

  /** The operator as it is called. */
  public String operator() {
    return description.has("called_as") ? text("called_as") : text("op");
  }

  /** The operator, or what the case needs of it, does not exist here. */
  public static final class Missing extends RuntimeException {
    private Missing(String message) {
      super(message);
    }
  }

  /** Runs the case. */
  public void replay() {
    values = LOADED.computeIfAbsent(arrays, ArrayFile::load); // before the scope: not to be closed with it
    try (Scope scope = Scope.open();
        Recorder recorder = Recorder.create(text("mode").equals("train"))) {
      Definition operator = find();
      if (text("kind").equals("error")) {
        expectRefusal(operator, recorder);
      } else {
        replayValues(operator, recorder);
      }
    }
  }

  private Definition find() {
    boolean sparse = Stream.of("inputs", "outputs", "mutated").flatMap(f -> entries(f).stream()).anyMatch(e -> e.has("stype"));
    if (sparse) throw new Missing("sparse storage");
    try {
      return Definition.operator(operator());
    } catch (CermetException.NotFound missing) {
      throw new Missing(operator());
    }
  }

  private void expectRefusal(Definition operator, Recorder recorder) {
    try {
      recorder.record(() -> invoke(operator, inputs()));
    } catch (CermetException refused) {
      return;
    }
    throw new AssertionError(id() + ": was accepted; want an error");
  }

  private void replayValues(Definition operator, Recorder recorder) {
    NDArray[] inputs = inputs();
    NDArray[] outputs = recorder.record(() -> invoke(operator, inputs));
    if (text("kind").equals("moments")) return; // random numbers are judged by the core's own tests
    compareAll("outputs", "tol", (entry, index) -> outputs[index]);
    compareAll("mutated", "tol", (entry, index) -> inputs[entry.get("input").getAsInt()]);
    boolean noGradients = description.has("gradient_defect") || description.has("no_gradient");
    if (!noGradients && !entries("grads").isEmpty()) replayGradients(recorder, inputs, outputs);
  }

  private void replayGradients(Recorder recorder, NDArray[] inputs, NDArray[] outputs) {
    List<NDArray> heads = new ArrayList<>();
    List<NDArray> headGrads = new ArrayList<>();
    JsonArray given = description.getAsJsonArray("head_grads");
    for (int index = 0; index < outputs.length && index < given.size(); index++) {
      boolean ones = given.get(index).isJsonNull();
      if (ones && !outputs[index].dtype().isFloat()) continue;
      heads.add(outputs[index]);
      headGrads.add(ones ? null : value(given.get(index).getAsJsonObject(), "key"));
    }
    NDArray[] variables =
        entries("grads").stream().map(e -> inputs[e.get("input").getAsInt()]).toArray(NDArray[]::new);
    NDArray[] got =
        text("grad_req").equals("add")
            ? added(recorder, heads, headGrads, variables)
            : recorder.gradient(heads.toArray(new NDArray[0]), headGrads.toArray(new NDArray[0]), variables, false);
    compareAll("grads", "grad_tol", (entry, index) -> got[index]);
  }

  private NDArray[] added(Recorder recorder, List<NDArray> heads, List<NDArray> headGrads, NDArray[] variables) {
    List<JsonObject> wanted = entries("grads");
    for (int index = 0; index < variables.length; index++) {
      variables[index].attachGrad(GradReq.ADD).grad().set(value(wanted.get(index), "initial"));
    }
    recorder.backward(heads.toArray(new NDArray[0]), headGrads.toArray(new NDArray[0]), false);
    return Stream.of(variables).map(NDArray::grad).toArray(NDArray[]::new);
  }

  private NDArray[] invoke(Definition operator, NDArray[] inputs) {
    Attributes attributes = new Attributes();
    description
        .getAsJsonObject("attrs")
        .entrySet()
        .forEach(entry -> attributes.setText(entry.getKey(), entry.getValue().getAsString()));
    JsonElement into = description.get("written_into_inputs");
    if (into == null || into.isJsonNull()) return operator.invoke(attributes, inputs);
    NDArray[] outputs = new NDArray[into.getAsJsonArray().size()];
    for (int index = 0; index < outputs.length; index++) {
      outputs[index] = inputs[into.getAsJsonArray().get(index).getAsInt()];
    }
    return operator.invokeInto(attributes, outputs, inputs);
  }

  /** Copies: the case's own values must not change. */
  private NDArray[] inputs() {
    return entries("inputs").stream().map(entry -> value(entry, "key").copy()).toArray(NDArray[]::new);
  }

  private NDArray value(JsonObject entry, String field) {
    return values.get(entry.get(field).getAsString());
  }

  private interface Got {
    NDArray of(JsonObject entry, int index);
  }

  private void compareAll(String field, String tolerance, Got got) {
    List<JsonObject> wanted = entries(field);
    for (int index = 0; index < wanted.size(); index++) {
      JsonObject entry = wanted.get(index);
      if (entry.has("undefined")) continue;
      compare(field + " " + index, got.of(entry, index), value(entry, "key"), tolerance);
    }
  }

  private void compare(String what, NDArray got, NDArray want, String tolerance) {
    String where = id() + " " + what + ": ";
    if (got.dtype() != want.dtype() || !Arrays.equals(got.shape(), want.shape())) {
      throw new AssertionError(where + "got " + spec(got) + "; want " + spec(want));
    }
    double rtol = want.dtype().isFloat() ? description.getAsJsonObject(tolerance).get("rtol").getAsDouble() : 0;
    double atol = want.dtype().isFloat() ? description.getAsJsonObject(tolerance).get("atol").getAsDouble() : 0;
    double[] actual = got.toDoubles();
    double[] expected = want.toDoubles();
    for (int index = 0; index < expected.length; index++) {
      if (actual[index] == expected[index] || Double.isNaN(actual[index]) && Double.isNaN(expected[index])) continue;
      if (Math.abs(actual[index] - expected[index]) <= atol + rtol * Math.abs(expected[index])) continue;
      throw new AssertionError(where + "element " + index + " is " + actual[index] + "; want " + expected[index]);
    }
  }

  private static Spec spec(NDArray array) {
    return new Spec(array.dtype(), array.shape());
  }

  private String text(String field) {
    return description.get(field).getAsString();
  }

  /** Entries of a field that may be missing or null. */
  private List<JsonObject> entries(String field) {
    List<JsonObject> entries = new ArrayList<>();
    JsonElement list = description.get(field);
    if (list != null && list.isJsonArray()) list.getAsJsonArray().forEach(e -> entries.add(e.getAsJsonObject()));
    return entries;
  }
}
