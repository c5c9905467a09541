// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** Where operators on arrays run. */
public enum Execution {
  /** On the calling thread, before the call returns, unless they must wait for others. */
  INLINE(Raw.CERMET_EXECUTION_INLINE),
  /** On a thread of the engine; the call returns at once. */
  ASYNC(Raw.CERMET_EXECUTION_ASYNC),
  /** As INLINE, and the call waits: every failure is thrown by the call that caused it. */
  SYNC(Raw.CERMET_EXECUTION_SYNC);

  final int code;

  Execution(int code) {
    this.code = code;
  }

  static Execution of(int code) {
    return values()[code];
  }
}
