import type { FittedModel } from '@blup/lmm';
import { normalQuantile } from '../../model/normal-quantile.js';

/** Rows of a fit as diagnostic plots draw them. */
export interface RowPoints {
  /** Rows of the fit; more than are drawn when it has very many. */
  readonly nobs: number;
  /** 1-based rows of the table. */
  readonly row: Int32Array;
  readonly fitted: Float64Array;
  readonly observed: Float64Array;
  /** Pearson residuals divided by sigma. */
  readonly scaled: Float64Array;
  /** Quantile of the standard normal distribution that the rank of `scaled` among all rows corresponds to. */
  readonly normal: Float64Array;
}

/** Rows that are drawn; with more, every k-th by rank of the residual, and the largest residuals on both sides. */
const MAX_POINTS = 3000;
const EXTREMES = 50;

export function rowPoints(model: FittedModel): RowPoints {
  const scaled = model.scaledResiduals();
  const n = scaled.length;
  const byRank = Uint32Array.from(scaled, (_, i) => i).sort((a, b) => scaled[a] - scaled[b] || a - b);
  const ranks = thinned(n);
  const { y } = model.optimum.matrices;
  const pick = (values: ArrayLike<number>) => Float64Array.from(ranks, (r) => values[byRank[r]]);
  return {
    nobs: n,
    row: Int32Array.from(ranks, (r) => (model.rows ? model.rows[byRank[r]] : byRank[r]) + 1),
    fitted: pick(model.fitted),
    observed: pick(y),
    scaled: pick(scaled),
    normal: Float64Array.from(ranks, (r) => normalQuantile((r + 0.5) / n)),
  };
}

/** Ranks to draw of n: all, or evenly spaced ones and the extremes. */
function thinned(n: number): number[] {
  if (n <= MAX_POINTS) return Array.from({ length: n }, (_, r) => r);
  const ranks: number[] = [];
  const step = (n - 2 * EXTREMES) / (MAX_POINTS - 2 * EXTREMES);
  for (let r = 0; r < EXTREMES; r++) ranks.push(r);
  for (let r = EXTREMES; r < n - EXTREMES; r += step) ranks.push(Math.floor(r));
  for (let r = n - EXTREMES; r < n; r++) ranks.push(r);
  return ranks;
}
