// SPDX-License-Identifier: Apache-2.0
package org.cermet;

import org.cermet.raw.Raw;

/** A figure accumulated over batches, as accuracy; made by {@link Metrics}. One thread at a time. */
public final class Metric extends NativeResource {
  private Metric(long address) {
    super(address, Raw::cermet_metric_release);
  }

  /** A metric by its definition; {@code attributes} may be null. */
  public static Metric of(Definition definition, Attributes attributes) {
    return definition.withAttributes(
        attributes, attrs -> new Metric(Raw.cermet_metric_create(definition.address(), attrs)));
  }

  /** Takes a batch into account. */
  public void update(NDArray labels, NDArray predictions) {
    run(metric -> labels.run(truth -> predictions.run(guess -> Raw.cermet_metric_update(metric, truth, guess))));
  }

  /** The figure; NaN before the first update. */
  public double value() {
    return callDouble(Raw::cermet_metric_value);
  }

  /** Starts anew. */
  public void reset() {
    run(Raw::cermet_metric_reset);
  }
}
