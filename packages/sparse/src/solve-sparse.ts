import { requireIndex } from './csc.js';
import { SparseError } from './errors.js';
import { type CholeskyFactor, requireFactorized } from './factor.js';
import { forwardPanel } from './supernodal/solve.js';
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
  const { numeric, symbolic } = factor;
  if (numeric.method === 'ldl') throw new SparseError('bad-option', "sparse right-hand sides need an L L' factor");
  const rows = reach(factor, b.rows);
  const values = new Float64Array(rows.length);
  if (numeric.method === 'supernodal') {
    const { structure, state } = numeric;
    const { doubles } = state.memory;
    const x = state.layout.x;
    // A panel holds its merged columns' structures, so that rows outside the reach are written too: as zeros.
    const touched = panelsOf(structure.panelOf, rows);
    doubles.fill(0, x, x + symbolic.n);
    for (let t = 0; t < b.rows.length; t++) doubles[x + symbolic.permInv[b.rows[t]]] += b.values[t];
    for (const t of touched) forwardPanel(structure, state, t, false);
    for (let k = 0; k < rows.length; k++) values[k] = doubles[x + rows[k]];
    return { rows, values };
  }
  const { colPtr: Lp, rowIdx: Li } = numeric.structure;
  const Lx = numeric.state.values;
  const { work } = factor;
  for (const j of rows) work[j] = 0;
  for (let t = 0; t < b.rows.length; t++) work[symbolic.permInv[b.rows[t]]] += b.values[t];
  for (let k = 0; k < rows.length; k++) {
    const j = rows[k];
    const xj = work[j] / Lx[Lp[j]];
    values[k] = xj;
    for (let p = Lp[j] + 1; p < Lp[j + 1]; p++) work[Li[p]] -= Lx[p] * xj;
  }
  return { rows, values };
}

function panelsOf(panelOf: Int32Array, rows: Int32Array): number[] {
  const panels: number[] = [];
  for (const j of rows) if (panels.at(-1) !== panelOf[j]) panels.push(panelOf[j]);
  return panels;
}
