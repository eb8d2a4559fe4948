import type { FittedModel } from '../../fitted-model.js';
import { aliasedColumns } from '../../prediction/aliased-columns.js';

/** Whether the data determine l'beta of the full model: `kept` and `left` are l by the columns that were kept and left out. */
export type EstimabilityCheck = (kept: Float64Array, left: Float64Array) => boolean;

/** In step with the rank decision of the fit, which drops columns that lose all but 1e-7 of their length. */
const TOLERANCE = 1e-6;

/**
 * Searle's criterion (1971, Linear Models, section 5.4): l'beta is estimable when l lies in the row space of X, which means that l has the same
 * dependencies among its entries as the columns of X. A combination can be estimable though its parts are not: a difference of two
 * means, of which neither is determined.
 */
export function estimabilityCheck({ optimum }: FittedModel): EstimabilityCheck {
  const { matrices, cp } = optimum;
  const aliased = aliasedColumns(matrices, cp);
  const scales = aliased.map(({ column }) => matrices.X.columns[column].reduce((m, v) => Math.max(m, Math.abs(v)), 0));
  return (kept, left) =>
    kept.every(Number.isFinite) &&
    aliased.every(({ weights }, d) => {
      let rest = left[d];
      let size = Math.abs(rest);
      for (let k = 0; k < kept.length; k++) {
        rest -= weights[k] * kept[k];
        size += Math.abs(weights[k] * kept[k]);
      }
      // Below 1e-6 of the column's own size everything may be rounding of what cancelled.
      return Math.abs(rest) <= TOLERANCE * Math.max(size, TOLERANCE * scales[d]);
    });
}
