// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Objects;
import org.cermet.raw.Raw;

/** Where an array lies and is computed: the CPU, or an accelerator by its number. */
public final class Device {
  private static final Device CPU = new Device(Raw.CERMET_CPU, 0);

  final int code;
  private final int id;

  private Device(int code, int id) {
    this.code = code;
    this.id = id;
  }

  /** The CPU. */
  public static Device cpu() {
    return CPU;
  }

  /** CUDA device number {@code id}, from 0. */
  public static Device cuda(int id) {
    return new Device(Raw.CERMET_CUDA, id);
  }

  static Device of(long code, long id) {
    return code == Raw.CERMET_CPU && id == 0 ? CPU : new Device((int) code, (int) id);
  }

  /** Number of the device among those of its kind, from 0. */
  public int id() {
    return id;
  }

  /** The engine's name of the kind, {@code "cpu"} or {@code "cuda"}. */
  public String kind() {
    return Text.string(Raw.cermet_device_name(code));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Device && ((Device) other).code == code && ((Device) other).id == id;
  }

  @Override
  public int hashCode() {
    return Objects.hash(code, id);
  }

  @Override
  public String toString() {
    return kind() + "(" + id + ")";
  }
}
