import type { NewRows } from './new-rows.js';
import type { PredictionModel } from './prediction-model.js';

/** 1 where every aliased column is the same combination of the kept ones as in the training rows. */
export function estimableRows({ fixed }: PredictionModel, { n, X }: NewRows): Uint8Array | null {
  if (fixed.aliased.length === 0) return null;
  const out = new Uint8Array(n).fill(1);
  for (const { column, weights } of fixed.aliased) {
    for (let i = 0; i < n; i++) {
      let rest = X[column][i];
      let size = Math.abs(rest);
      fixed.kept.forEach((k, j) => {
        const v = weights[j] * X[k][i];
        rest -= v;
        size += Math.abs(v);
      });
      if (Math.abs(rest) > ESTIMABLE_TOLERANCE * Math.max(size, 1)) out[i] = 0;
    }
  }
  return out;
}

/** In step with the rank decision of the fit, which drops columns that lose all but 1e-7 of their length. */
const ESTIMABLE_TOLERANCE = 1e-6;
