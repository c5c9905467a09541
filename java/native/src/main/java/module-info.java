// SPDX-License-Identifier: Apache-2.0
/** The raw JNI layer of Cermet. Not for programs: use {@code org.cermet}. */
module org.cermet.raw {
  exports org.cermet.raw to
      org.cermet;

  uses org.cermet.raw.Failures.Factory;
}
