// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Closes, at its end, the arrays and symbols that were made within it. Scopes nest; the innermost one of the thread
 * owns what is new. What must live on is handed out by {@link #keep}, or returned from {@link #call}.
 *
 * <pre>{@code
 * try (Scope step = Scope.open()) {        // all temporaries of this step die here
 *   NDArray loss = recorder.record(() -> net(x).minus(y).square().mean());
 *   recorder.backward(loss);
 * }
 * }</pre>
 *
 * <p>A scope belongs to the thread that opened it, and closes innermost first.
 */
public final class Scope implements AutoCloseable {
  private final Thread owner = Thread.currentThread();
  private final Scope outer;
  private final Set<NativeResource> owned = Collections.newSetFromMap(new IdentityHashMap<>());
  private int pruneAt = 64;
  private boolean closed;

  private Scope(Scope outer) {
    this.outer = outer;
  }

  /** Opens a scope within the current one. */
  public static Scope open() {
    Context context = Context.current();
    context.scope = new Scope(context.scope);
    return context.scope;
  }

  /** Runs {@code body} in a scope of its own. */
  public static void run(Runnable body) {
    call(
        () -> {
          body.run();
          return null;
        });
  }

  /**
   * Runs {@code body} in a scope of its own. The arrays and symbols in its result move out: the result itself, and the
   * elements of collections, maps, optionals and object arrays.
   */
  public static <T> T call(Supplier<T> body) {
    try (Scope scope = open()) {
      T result = body.get();
      scope.keepAll(result);
      return result;
    }
  }

  /** Moves a resource to the scope around this one, or out of all scopes. Gives it back. */
  public <T extends NativeResource> T keep(T resource) {
    checkThread();
    if (owned.remove(resource) && outer != null) outer.add(resource);
    return resource;
  }

  private void keepAll(Object result) {
    if (result instanceof NativeResource) {
      keep((NativeResource) result);
    } else if (result instanceof Iterable) {
      ((Iterable<?>) result).forEach(this::keepAll);
    } else if (result instanceof Map) {
      ((Map<?, ?>) result).values().forEach(this::keepAll);
    } else if (result instanceof Optional) {
      ((Optional<?>) result).ifPresent(this::keepAll);
    } else if (result instanceof Object[]) {
      for (Object element : (Object[]) result) keepAll(element);
    }
  }

  /** Makes the innermost scope of this thread, if there is one, the owner. */
  static void adopt(NativeResource resource) {
    Scope scope = Context.current().scope;
    if (scope == null) {
      NativePressure.check();
    } else {
      scope.add(resource);
    }
  }

  private void add(NativeResource resource) {
    if (owned.size() >= pruneAt) { // a long loop that closes by hand must not grow the scope
      owned.removeIf(NativeResource::isClosed);
      pruneAt = Math.max(64, 2 * owned.size());
    }
    owned.add(resource);
  }

  private void checkThread() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException("this Scope belongs to the thread " + owner.getName());
    }
  }

  /** Closes what the scope owns. */
  @Override
  public void close() {
    if (closed) return;
    checkThread();
    Context context = Context.current();
    if (context.scope != this) throw new IllegalStateException("a Scope that was opened within this one is still open");
    closed = true;
    context.scope = outer;
    owned.forEach(NativeResource::close);
    owned.clear();
  }
}
