import { ModelError } from '../../errors.js';
import { tUpperQuantile } from '../distributions/distributions.js';
import { studentizedRangeUpper, studentizedRangeUpperQuantile } from '../distributions/studentized-range.js';

/** How p values of a family of tests are adjusted. */
export type Adjustment = 'tukey' | 'bonferroni' | 'holm' | 'sidak' | 'none';

/** @throws ModelError `bad-option` for anything else */
export function checkedAdjustment(adjust: Adjustment): Adjustment {
  if (!['tukey', 'bonferroni', 'holm', 'sidak', 'none'].includes(adjust)) {
    throw new ModelError('bad-option', `adjust must be tukey, bonferroni, holm, sidak or none, not ${String(adjust)}`);
  }
  return adjust;
}

/**
 * Adjusted p values of one family. Tukey (1953) and Kramer (1956): the studentised range of `means` means; Holm (1979); Sidak (1967).
 *
 * @param means number of means of which these are all pairwise differences (Tukey only)
 */
export function adjustedP(
  p: readonly number[],
  t: readonly number[],
  df: readonly number[],
  adjust: Adjustment,
  means: number,
): number[] {
  const m = p.length;
  if (adjust === 'none' || m < 2) return [...p];
  if (adjust === 'bonferroni') return p.map((v) => Math.min(1, m * v));
  if (adjust === 'sidak') return p.map((v) => (v === 1 ? 1 : -Math.expm1(m * Math.log1p(-v))));
  if (adjust === 'tukey') return t.map((v, i) => studentizedRangeUpper(Math.SQRT2 * Math.abs(v), means, df[i]));
  // Values that the data do not determine are no tests; they have no place in the order.
  const order = p.flatMap((v, i) => (Number.isNaN(v) ? [] : [i])).sort((a, b) => p[a] - p[b]);
  const out = Array.from(p);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, (m - rank) * p[i]));
    out[i] = least;
  });
  return out;
}

/** Half-widths of simultaneous intervals in standard errors; Holm has none and takes Bonferroni's. */
export function criticalValues(df: readonly number[], level: number, adjust: Adjustment, means: number): number[] {
  const m = df.length;
  const alpha = 1 - level;
  if (adjust === 'tukey' && m > 1) return df.map((v) => studentizedRangeUpperQuantile(alpha, means, v) / Math.SQRT2);
  let share = alpha;
  if (adjust === 'sidak') share = -Math.expm1(Math.log1p(-alpha) / m);
  if (adjust === 'bonferroni' || adjust === 'holm') share = alpha / m;
  return df.map((v) => tUpperQuantile(share / 2, v));
}
