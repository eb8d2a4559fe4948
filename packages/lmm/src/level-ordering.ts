import { analyze, type CscPattern } from '@blup/sparse';
import type { CrossProducts } from './cross-products.js';
import { largestTermFirst } from './elimination-order.js';
import type { PenalizedPattern } from './penalized-pattern.js';

/**
 * perm[new] = old that takes few flops, found on the levels instead of the effects: where all terms have the same number of columns nc > 1, S is a
 * matrix of nc by nc blocks, its levels are ordered as its effects would be, and the pattern to be ordered is nc^2 times smaller. Null for
 * other models.
 */
export function levelOrdering(cp: CrossProducts, { pattern }: PenalizedPattern): Int32Array | null {
  const { terms, q } = cp;
  const { nc } = terms[0] ?? { nc: 1 };
  if (terms.length < 2 || nc === 1 || terms.some((t) => t.nc !== nc)) return null;
  const levels: CscPattern = quotient(pattern, nc);
  const first = largestTermFirst(cp);
  const byTerms = new Int32Array(levels.ncol);
  for (let k = 0; k < byTerms.length; k++) byTerms[k] = first[k * nc] / nc;
  const { perm } = analyze(levels, { ordering: ['amd', byTerms], method: 'simplicial' });
  const out = new Int32Array(q);
  for (let k = 0; k < perm.length; k++) for (let c = 0; c < nc; c++) out[k * nc + c] = perm[k] * nc + c;
  return out;
}

/** The pattern of a lower triangle of whole nc by nc blocks, one entry for each: the first column of every level has them all. */
function quotient({ ncol, colPtr, rowIdx }: CscPattern, nc: number): CscPattern {
  const n = ncol / nc;
  const starts = new Int32Array(n + 1);
  for (let l = 0; l < n; l++) starts[l + 1] = starts[l] + (colPtr[l * nc + 1] - colPtr[l * nc]) / nc;
  const rows = new Int32Array(starts[n]);
  for (let l = 0; l < n; l++) {
    const from = colPtr[l * nc];
    for (let k = 0; k < starts[l + 1] - starts[l]; k++) rows[starts[l] + k] = rowIdx[from + k * nc] / nc;
  }
  return { nrow: n, ncol: n, colPtr: starts, rowIdx: rows };
}
