// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** What becomes of the observations that do not fill a last batch. */
public enum LastBatch {
  /** A smaller last batch. */
  KEEP(Raw.CERMET_LAST_KEEP),
  /** Full batches only. */
  DISCARD(Raw.CERMET_LAST_DISCARD);

  final int code;

  LastBatch(int code) {
    this.code = code;
  }
}
