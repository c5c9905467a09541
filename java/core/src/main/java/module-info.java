// SPDX-License-Identifier: Apache-2.0
/** Cermet, a deep-learning engine: arrays, gradients, graphs, training, and prediction in services. */
module org.cermet {
  requires org.cermet.raw;

  exports org.cermet;
  exports org.cermet.attrs;
  exports org.cermet.tools;

  provides org.cermet.raw.Failures.Factory with
      org.cermet.FailureFactory;
}
