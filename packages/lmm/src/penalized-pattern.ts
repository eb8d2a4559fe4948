import type { CscPattern } from '@blup/sparse';
import type { CrossProducts, PairProducts } from './cross-products.js';

/** Where the blocks of one pair of terms stand in S. */
export interface PairPlacement {
  readonly pair: PairProducts;
  /** For each block the number of entries between the end of the diagonal block's column and the block, length = number of blocks. */
  readonly below: Int32Array;
}

/**
 * The pattern of S = Lambda'Z'Z Lambda + I, lower triangle, in the order of the random effects. It is that of Z'Z with full diagonal
 * blocks (and K in place of I for terms with a precision over levels), whatever theta is. Column (t, l, c) holds rows c.. of the diagonal block, then
 * rows (t, l', c) of K's column l, then the blocks of later terms.
 */
export interface PenalizedPattern {
  readonly pattern: CscPattern;
  readonly pairs: readonly PairPlacement[];
}

/** Lower triangle of the precision over the levels of a term, the diagonal first in each column; null for independent levels. */
export type LevelPattern = { readonly colPtr: Int32Array; readonly rowIdx: Int32Array } | null;

/** @param precisions by term; missing: all levels are independent */
export function penalizedPattern(cp: CrossProducts, precisions: readonly LevelPattern[] = []): PenalizedPattern {
  const { q, terms } = cp;
  // Entries below the diagonal block by (term, level); the same for each of the level's columns. Those of the term's own precision come first.
  const below = terms.map((t, k) => {
    const K = precisions[k];
    return Int32Array.from({ length: t.nl }, (_, l) => (K ? K.colPtr[l + 1] - K.colPtr[l] - 1 : 0));
  });
  const pairs = cp.pairs.map((pair) => {
    const ni = terms[pair.i].nc;
    const at = new Int32Array(pair.rowIdx.length);
    const filled = below[pair.j];
    for (let l = 0; l < filled.length; l++) {
      for (let k = pair.colPtr[l]; k < pair.colPtr[l + 1]; k++) {
        at[k] = filled[l];
        filled[l] += ni;
      }
    }
    return { pair, below: at };
  });
  const colPtr = new Int32Array(q + 1);
  terms.forEach((t, k) => {
    for (let l = 0; l < t.nl; l++) {
      for (let c = 0; c < t.nc; c++) {
        const col = t.start + l * t.nc + c;
        colPtr[col + 1] = colPtr[col] + t.nc - c + below[k][l];
      }
    }
  });
  const rowIdx = new Int32Array(colPtr[q]);
  terms.forEach((t, k) => {
    const K = precisions[k];
    for (let l = 0; l < t.nl; l++) {
      for (let c = 0; c < t.nc; c++) {
        const col = t.start + l * t.nc + c;
        for (let r = c; r < t.nc; r++) rowIdx[colPtr[col] + r - c] = t.start + l * t.nc + r;
        if (!K) continue;
        const first = colPtr[col] + t.nc - c - (K.colPtr[l] + 1);
        for (let e = K.colPtr[l] + 1; e < K.colPtr[l + 1]; e++) rowIdx[first + e] = t.start + K.rowIdx[e] * t.nc + c;
      }
    }
  });
  for (const { pair, below: at } of pairs) {
    const ti = terms[pair.i];
    const tj = terms[pair.j];
    for (let l = 0; l < tj.nl; l++) {
      for (let k = pair.colPtr[l]; k < pair.colPtr[l + 1]; k++) {
        for (let c = 0; c < tj.nc; c++) {
          const first = colPtr[tj.start + l * tj.nc + c] + tj.nc - c + at[k];
          for (let r = 0; r < ti.nc; r++) rowIdx[first + r] = ti.start + pair.rowIdx[k] * ti.nc + r;
        }
      }
    }
  }
  return { pattern: { nrow: q, ncol: q, colPtr, rowIdx }, pairs };
}
