import type { SimplicialStructure } from '../simplicial/structure.js';
import { type LdlNumeric, resetPattern } from './storage.js';

/**
 * Left-looking L D L' of P (A + beta I) P'. Exists in any order of elimination if A is definite or quasi-definite; pivots may
 * have either sign, and are not exchanged. O(sum of squared column counts).
 * Source: George and Liu (1981), section 5.4; Vanderbei (1995), Symmetric quasidefinite matrices.
 *
 * @returns -1, or the (permuted) column whose pivot is zero or not finite; that pivot is then in `numeric.pivots[j]`
 */
export function factorizeLdl(
  structure: SimplicialStructure,
  numeric: LdlNumeric,
  values: Float64Array,
  beta: number,
): number {
  resetPattern(structure, numeric);
  const { inputMap, start, length, rowIdx: Li, values: Lx, pivots, column, head, next, cursor } = numeric;
  const n = pivots.length;

  Lx.fill(0);
  pivots.fill(beta);
  for (let k = 0; k < inputMap.length; k++) {
    const place = inputMap[k];
    if (place < 0) pivots[-1 - place] += values[k];
    else Lx[place] = values[k];
  }
  head.fill(-1);
  for (let j = 0; j < n; j++) {
    const from = start[j];
    const to = from + length[j];
    let pivot = pivots[j];
    for (let p = from; p < to; p++) column[Li[p]] = Lx[p];
    for (let k = head[j]; k !== -1;) {
      const following = next[k];
      const at = cursor[k];
      const end = start[k] + length[k];
      const scaled = Lx[at] * pivots[k];
      pivot -= Lx[at] * scaled;
      for (let p = at + 1; p < end; p++) column[Li[p]] -= Lx[p] * scaled;
      if (at + 1 < end) {
        cursor[k] = at + 1;
        next[k] = head[Li[at + 1]];
        head[Li[at + 1]] = k;
      }
      k = following;
    }
    pivots[j] = pivot;
    if (pivot === 0 || !Number.isFinite(pivot)) {
      column.fill(0);
      return j;
    }
    for (let p = from; p < to; p++) {
      Lx[p] = column[Li[p]] / pivot;
      column[Li[p]] = 0;
    }
    if (from < to) {
      cursor[j] = from;
      next[j] = head[Li[from]];
      head[Li[from]] = j;
    }
  }
  return -1;
}
