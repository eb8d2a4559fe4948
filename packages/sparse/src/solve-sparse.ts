import { requireIndex } from './csc.js';
import { SparseError } from './errors.js';
import { type CholeskyFactor, requireFactorized } from './factor.js';
import type { SparseVector } from './update.js';

/**
 * Rows of L^-1 P b that can be different from zero, in permuted coordinates and ascending: all nodes on the paths of the
 * elimination tree from the rows of b to the root. O(result).
 * Source: Gilbert and Peierls (1988); for a symmetric factor Liu (1990), section 3.
 */
export function reach(factor: CholeskyFactor, rows: ArrayLike<number>): Int32Array {
  const { n, permInv, parent } = factor.symbolic;
  const seen = new Set<number>();
  for (let t = 0; t < rows.length; t++) {
    const i = rows[t];
    requireIndex('row', i, n);
    for (let j = permInv[i]; j !== -1 && !seen.has(j); j = parent[j]) seen.add(j);
  }
  return Int32Array.from(seen).sort();
}

/**
 * Solves L x = P b for a sparse b, touching only the columns of L that matter. Not for an L D L' factor, whose tree
 * changes with its updates.
 *
 * @param b rows in the original ordering
 * @returns x in permuted coordinates, rows ascending (entries that cancel are kept)
 */
export function solveLSparse(factor: CholeskyFactor, b: SparseVector): { rows: Int32Array; values: Float64Array } {
  requireFactorized(factor);
  const { numeric, symbolic, work } = factor;
  if (!numeric.solveReach) throw new SparseError('bad-option', "sparse right-hand sides need an L L' factor");
  const rows = reach(factor, b.rows);
  for (const j of rows) work[j] = 0;
  for (let t = 0; t < b.rows.length; t++) work[symbolic.permInv[b.rows[t]]] += b.values[t];
  numeric.solveReach(rows, work);
  return { rows, values: Float64Array.from(rows, (j) => work[j]) };
}
