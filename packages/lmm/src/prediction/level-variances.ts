import { analyze, createFactor, factorize, inverseEntriesInto } from '@blup/sparse';
import type { LevelPrecision } from '../level-precision.js';

/**
 * Relative variance of each level of a term whose levels are correlated: the diagonal of K^-1 at the precision's present numbers; null for
 * independent levels, where it is 1.
 */
export function levelVariances(precision: LevelPrecision | null | undefined): Float64Array | null {
  if (!precision) return null;
  const { structure, values } = precision;
  const { nl, pattern } = structure;
  const factor = createFactor(analyze({ nrow: nl, ncol: nl, ...pattern }, { ordering: 'amd' }));
  if (factorize(factor, values, 0) >= 0) return new Float64Array(nl).fill(Number.NaN);
  const inverse = new Float64Array(values.length);
  inverseEntriesInto(factor, inverse);
  return Float64Array.from({ length: nl }, (_, l) => inverse[pattern.colPtr[l]]);
}
