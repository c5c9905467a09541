// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** What a backward pass does with a gradient array. */
public enum GradReq {
  /** No gradient. */
  NONE(Raw.CERMET_GRAD_NULL),
  /** Overwrite it. */
  WRITE(Raw.CERMET_GRAD_WRITE),
  /** Add to it. */
  ADD(Raw.CERMET_GRAD_ADD);

  final int code;

  GradReq(int code) {
    this.code = code;
  }
}
