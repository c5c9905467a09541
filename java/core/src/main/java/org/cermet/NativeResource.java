// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongToIntFunction;
import java.util.function.LongUnaryOperator;

/**
 * Something that owns native memory. Close it when it is no longer needed: with try-with-resources, through a {@link
 * Scope}, or by hand. A cleaner frees what was forgotten, some time after the garbage collector has noticed.
 *
 * <p>Closing is idempotent and may happen on any thread, even while another thread is inside a call on the same object:
 * the memory is then freed when that call ends. Any use after that is an {@link IllegalStateException}.
 */
public abstract class NativeResource implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /**
   * The address with the number of calls that are using it; the sign bit says that it is closed. Whoever brings a
   * closed one to zero uses frees it, which happens exactly once.
   */
  private static final class Handle extends AtomicInteger implements Runnable {
    private static final int CLOSED = Integer.MIN_VALUE;
    private final long address;
    private final transient LongConsumer free;

    Handle(long address, LongConsumer free) {
      this.address = address;
      this.free = free;
    }

    boolean enter() {
      for (int state = get(); state >= 0; state = get()) {
        if (compareAndSet(state, state + 1)) return true;
      }
      return false;
    }

    void exit() {
      if (decrementAndGet() == CLOSED) free.accept(address);
    }

    @Override
    public void run() {
      if (getAndUpdate(state -> state | CLOSED) == 0) free.accept(address);
    }
  }

  private final Handle handle;
  private final Cleaner.Cleanable cleanable;

  /** Takes over one native reference, given back by {@code free}, which must not refer to this object. */
  NativeResource(long address, LongConsumer free) {
    handle = new Handle(address, free);
    cleanable = CLEANER.register(this, handle);
  }

  /** Has the cleaner of all native memory do this too, once {@code object} is unreachable. */
  static void whenForgotten(Object object, Runnable action) {
    CLEANER.register(object, action);
  }

  /** Gives the native memory back. What was closed before stays closed. */
  @Override
  public void close() {
    cleanable.clean();
  }

  /** Whether {@link #close} was called. */
  public final boolean isClosed() {
    return handle.get() < 0;
  }

  /** The address, which stays valid until the {@link #release} that must follow. */
  final long acquire() {
    if (!handle.enter()) throw closedAlready();
    return handle.address;
  }

  /** For answers that are known without a native call. */
  final void checkOpen() {
    if (isClosed()) throw closedAlready();
  }

  /** What it is, and whether it is closed. */
  @Override
  public String toString() {
    return getClass().getSimpleName() + (isClosed() ? " (closed)" : "");
  }

  private IllegalStateException closedAlready() {
    return new IllegalStateException("this " + getClass().getSimpleName() + " is closed");
  }

  final void release() {
    handle.exit();
    Reference.reachabilityFence(this);
  }

  final <T> T call(LongFunction<T> function) {
    long address = acquire();
    try {
      return function.apply(address);
    } finally {
      release();
    }
  }

  final int callInt(LongToIntFunction function) {
    long address = acquire();
    try {
      return function.applyAsInt(address);
    } finally {
      release();
    }
  }

  final long callLong(LongUnaryOperator function) {
    long address = acquire();
    try {
      return function.applyAsLong(address);
    } finally {
      release();
    }
  }

  final double callDouble(LongToDoubleFunction function) {
    long address = acquire();
    try {
      return function.applyAsDouble(address);
    } finally {
      release();
    }
  }

  final void run(LongConsumer function) {
    long address = acquire();
    try {
      function.accept(address);
    } finally {
      release();
    }
  }

  /** The address of a resource, 0 for null. */
  static long acquire(NativeResource resource) {
    return resource == null ? 0 : resource.acquire();
  }

  static void release(NativeResource resource) {
    if (resource != null) resource.release();
  }

  /** Addresses of several resources, 0 for null; all or none are held. */
  static long[] acquireAll(NativeResource... resources) {
    long[] addresses = new long[resources.length];
    for (int index = 0; index < addresses.length; index++) {
      try {
        addresses[index] = acquire(resources[index]);
      } catch (IllegalStateException closed) {
        for (int held = 0; held < index; held++) release(resources[held]);
        throw closed;
      }
    }
    return addresses;
  }

  static void releaseAll(NativeResource... resources) {
    for (NativeResource resource : resources) release(resource);
  }
}
