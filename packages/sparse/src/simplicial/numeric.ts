import type { SymbolicCholesky } from '../analysis.js';
import type { SimplicialStructure } from './structure.js';

/** Values of L and the workspace of the simplicial numeric phase; allocated once. */
export interface SimplicialNumeric {
  /** Values of L, aligned with the structure's rowIdx. */
  readonly values: Float64Array;
  /** One dense column, length n. */
  readonly column: Float64Array;
  /** Columns that update column j next: a list from `head[j]` through `next`. Lengths n. */
  readonly head: Int32Array;
  readonly next: Int32Array;
  /** First position of a column that is not yet used, length n. */
  readonly cursor: Int32Array;
}

export function createSimplicialNumeric(symbolic: SymbolicCholesky): SimplicialNumeric {
  const { n, nnz } = symbolic;
  return {
    values: new Float64Array(nnz),
    column: new Float64Array(n),
    head: new Int32Array(n),
    next: new Int32Array(n),
    cursor: new Int32Array(n),
  };
}

/**
 * Left-looking column Cholesky of P (A + beta I) P': column j of L is column j of A less the multiples of the earlier
 * columns k with L_jk != 0, divided by the root of its pivot. The columns k are found through linked lists: k waits in
 * the list of its next unused row. O(sum of squared column counts), allocates nothing.
 * Source: George and Liu (1981), Computer Solution of Large Sparse Positive Definite Systems, section 5.4.
 *
 * @returns -1, or the (permuted) column whose pivot is not positive; that pivot is then in `numeric.column[j]`
 */
export function factorizeSimplicial(
  structure: SimplicialStructure,
  numeric: SimplicialNumeric,
  values: Float64Array,
  beta: number,
): number {
  const { colPtr: Lp, rowIdx: Li, inputMap } = structure;
  const { values: Lx, column, head, next, cursor } = numeric;
  const n = head.length;

  Lx.fill(0);
  for (let k = 0; k < inputMap.length; k++) Lx[inputMap[k]] = values[k];
  head.fill(-1);

  for (let j = 0; j < n; j++) {
    const start = Lp[j];
    const end = Lp[j + 1];
    for (let p = start; p < end; p++) column[Li[p]] = Lx[p];
    column[j] += beta;

    for (let k = head[j]; k !== -1;) {
      const following = next[k];
      const from = cursor[k];
      const to = Lp[k + 1];
      const Ljk = Lx[from];
      for (let p = from; p < to; p++) column[Li[p]] -= Lx[p] * Ljk;
      if (from + 1 < to) {
        const i = Li[from + 1];
        cursor[k] = from + 1;
        next[k] = head[i];
        head[i] = k;
      }
      k = following;
    }

    const pivot = column[j];
    if (!(pivot > 0 && pivot < Infinity)) return j;
    const root = Math.sqrt(pivot);
    Lx[start] = root;
    for (let p = start + 1; p < end; p++) Lx[p] = column[Li[p]] / root;
    if (start + 1 < end) {
      const i = Li[start + 1];
      cursor[j] = start + 1;
      next[j] = head[i];
      head[i] = j;
    }
  }
  return -1;
}
