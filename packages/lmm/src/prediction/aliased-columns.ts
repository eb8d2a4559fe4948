import type { CrossProducts } from '../cross-products.js';
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace, solveUpperInPlace } from '../dense.js';
import { applyBasisInPlace } from '../fixed-effects-columns.js';
import type { ModelMatrices } from '../model-matrices.js';
import { forEachRowBlock, ROW_BLOCK, weightedBlockInto } from '../row-blocks.js';

/** A column of X that depends on the kept ones: in the training rows it is their sum with these weights. */
export interface AliasedColumn {
  /** Position among all columns of X. */
  readonly column: number;
  /** Length p. */
  readonly weights: Float64Array;
}

/**
 * Writes every column that was left out as a combination of the kept ones, by least squares in the basis Q1. One pass over the rows;
 * nothing is done when X has full rank.
 */
export function aliasedColumns(m: ModelMatrices, cp: CrossProducts): AliasedColumn[] {
  const { fixed, p } = cp;
  if (fixed.dropped.length === 0) return [];
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const Q = Array.from({ length: p }, () => new Float64Array(ROW_BLOCK));
  const x = new Float64Array(ROW_BLOCK);
  const products = Array.from(fixed.dropped, () => new Float64Array(p));
  forEachRowBlock(m.y.length, (start, count) => {
    for (let k = 0; k < p; k++) weightedBlockInto(m.X.columns[fixed.kept[k]], sqrtWeights, start, count, Q[k]);
    applyBasisInPlace(fixed, Q, count);
    fixed.dropped.forEach((column, d) => {
      weightedBlockInto(m.X.columns[column], sqrtWeights, start, count, x);
      for (let k = 0; k < p; k++) {
        let s = 0;
        for (let i = 0; i < count; i++) s += Q[k][i] * x[i];
        products[d][k] += s;
      }
    });
  });
  const L = cp.XtX.slice();
  choleskyInPlace(L, p);
  return Array.from(fixed.dropped, (column, d) => {
    const weights = products[d];
    solveLowerInPlace(L, p, weights);
    solveLowerTransposedInPlace(L, p, weights);
    solveUpperInPlace(fixed.R, p, weights);
    return { column, weights };
  });
}
