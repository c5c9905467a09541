// SPDX-License-Identifier: Apache-2.0
package org.cermet

/**
 * Scala syntax for Cermet's Java API: `import org.cermet._, org.cermet.scaladsl._`. The objects are those of the Java
 * API; nothing is wrapped.
 *
 * {{{
 * val y = 2 * x @@ w + b            // @@ is the matrix product, and binds tighter than * and +
 * val hits = (y.argMax === labels)  // element by element; == stays Java's equality
 * val row = x(0, ::, 1 until 3)     // a view
 * val loss = scoped { nd.mean(nd.square(y - target)) }
 * }}}
 */
package object scaladsl extends ArraySyntax with SymbolSyntax with ScopeSyntax
