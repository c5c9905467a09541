// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Map;
import java.util.function.Function;
import org.cermet.raw.Raw;

/**
 * A failure that the engine reports. Each status of the engine has a class of its own, nested here, so that callers
 * catch what they can handle; the message names operator, argument, what came and what was wanted.
 *
 * <p>What the engine never sees is Java's own: {@link IllegalStateException} for an object that was closed, {@link
 * NullPointerException} for a null where none is allowed.
 */
public class CermetException extends RuntimeException {
  /** What is known of a failure besides its class. Empty texts mean that nothing is known. */
  static final class Details {
    final String message;
    final String op;
    final String argument;
    final String node;
    final long[][] shapes;

    Details(String message, String op, String argument, String node, long[][] shapes) {
      this.message = message;
      this.op = op;
      this.argument = argument;
      this.node = node;
      this.shapes = shapes;
    }
  }

  private static final Map<Integer, Function<Details, CermetException>> CLASSES =
      Map.ofEntries(
          Map.entry(Raw.CERMET_INVALID_ARGUMENT, InvalidArgument::new),
          Map.entry(Raw.CERMET_SHAPE, ShapeMismatch::new),
          Map.entry(Raw.CERMET_DTYPE, DTypeMismatch::new),
          Map.entry(Raw.CERMET_NOT_FOUND, NotFound::new),
          Map.entry(Raw.CERMET_UNSUPPORTED, Unsupported::new),
          Map.entry(Raw.CERMET_OUT_OF_MEMORY, OutOfMemory::new),
          Map.entry(Raw.CERMET_LIMIT, LimitExceeded::new),
          Map.entry(Raw.CERMET_CORRUPT, Corrupt::new),
          Map.entry(Raw.CERMET_IO, IO::new),
          Map.entry(Raw.CERMET_DEVICE, DeviceFailure::new),
          Map.entry(Raw.CERMET_CANCELLED, Cancelled::new),
          Map.entry(Raw.CERMET_TIMEOUT, Timeout::new),
          Map.entry(Raw.CERMET_PEER_LOST, PeerLost::new),
          Map.entry(Raw.CERMET_CLOSED, Closed::new),
          Map.entry(Raw.CERMET_INTERNAL, Internal::new));

  private final transient Details details;

  CermetException(Details details) {
    super(details.message);
    this.details = details;
  }

  /** The exception for a status; a status of a newer engine gives the base class. */
  static CermetException of(int status, Details details) {
    return CLASSES.getOrDefault(status, CermetException::new).apply(details);
  }

  /** The operator or function at fault, {@code "fully_connected"}; empty if none. */
  public String op() {
    return details == null ? "" : details.op;
  }

  /** The argument at fault, {@code "weight"}; empty if none. */
  public String argument() {
    return details == null ? "" : details.argument;
  }

  /** The node of a graph at fault, {@code "fc1"}; empty outside graphs. */
  public String node() {
    return details == null ? "" : details.node;
  }

  /** The shapes that the message speaks of, in its order. */
  public long[][] shapes() {
    if (details == null) return new long[0][];
    long[][] copy = new long[details.shapes.length][];
    for (int index = 0; index < copy.length; index++) copy[index] = details.shapes[index].clone();
    return copy;
  }

  /** A value outside the wanted range. */
  public static final class InvalidArgument extends CermetException {
    InvalidArgument(Details details) {
      super(details);
    }
  }

  /** Shapes that do not fit the operator or each other. */
  public static final class ShapeMismatch extends CermetException {
    ShapeMismatch(Details details) {
      super(details);
    }
  }

  /** Element types that do not fit. */
  public static final class DTypeMismatch extends CermetException {
    DTypeMismatch(Details details) {
      super(details);
    }
  }

  /** No such operator, name or file. */
  public static final class NotFound extends CermetException {
    NotFound(Details details) {
      super(details);
    }
  }

  /** Well-formed, but this build or version cannot do it. */
  public static final class Unsupported extends CermetException {
    Unsupported(Details details) {
      super(details);
    }
  }

  /** The system gave no native memory. */
  public static final class OutOfMemory extends CermetException {
    OutOfMemory(Details details) {
      super(details);
    }
  }

  /** A cap was hit: the memory cap, the rank, the size of a file's header. */
  public static final class LimitExceeded extends CermetException {
    LimitExceeded(Details details) {
      super(details);
    }
  }

  /** A file or byte string that breaks its format. */
  public static final class Corrupt extends CermetException {
    Corrupt(Details details) {
      super(details);
    }
  }

  /** The operating system refused to read or write. */
  public static final class IO extends CermetException {
    IO(Details details) {
      super(details);
    }
  }

  /** The accelerator failed. */
  public static final class DeviceFailure extends CermetException {
    DeviceFailure(Details details) {
      super(details);
    }
  }

  /** Stopped on request. */
  public static final class Cancelled extends CermetException {
    Cancelled(Details details) {
      super(details);
    }
  }

  /** What was waited for did not come in time. */
  public static final class Timeout extends CermetException {
    Timeout(Details details) {
      super(details);
    }
  }

  /** Another process of the same job is gone. */
  public static final class PeerLost extends CermetException {
    PeerLost(Details details) {
      super(details);
    }
  }

  /** The native object was closed before. */
  public static final class Closed extends CermetException {
    Closed(Details details) {
      super(details);
    }
  }

  /** A defect of Cermet: please report it. */
  public static final class Internal extends CermetException {
    Internal(Details details) {
      super(details);
    }
  }
}
