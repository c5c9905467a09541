// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The sessions of a pool that nobody uses, and the threads that wait for one. */
final class IdleSessions {
  private final ReentrantLock lock = new ReentrantLock(); // no monitor: virtual threads wait here too
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Session> idle;
  private int alive;
  private boolean closed;

  IdleSessions(List<Session> sessions) {
    idle = new ArrayDeque<>(sessions);
    alive = sessions.size();
  }

  /**
   * A session, null if none came back in time.
   *
   * @throws IllegalStateException if the pool is closed; threads that wait are told at once
   */
  Session take(long nanos) throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        Session session = idle.pollFirst();
        if (session != null) return session;
        if (nanos <= 0) return null;
        nanos = changed.awaitNanos(nanos);
      }
      throw new IllegalStateException("this SessionPool is closed");
    } finally {
      lock.unlock();
    }
  }

  void giveBack(Session session) {
    lock.lock();
    try {
      idle.addFirst(session); // the one whose memory is still in the caches
      if (closed) {
        closeIdle();
      } else {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      closeIdle();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void closeIdle() {
    for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
      session.close();
      alive--;
    }
  }

  int free() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all sessions are closed. */
  boolean isDrained() {
    lock.lock();
    try {
      return closed && alive == 0;
    } finally {
      lock.unlock();
    }
  }
}
