import type { NaturalParameter, SearchScale } from '../structure.js';

/**
 * A sparse precision matrix K over the levels of a term, up to scale: the spherical effects of the term have covariance
 * `sigma^2 K^-1 (x) I`, so that `b = (I (x) lambda) u` has covariance `sigma^2 K^-1 (x) lambda lambda'`. AR(1) series, random walks,
 * pedigrees and other Markov random fields have a K with few entries where K^-1 and its factor are full.
 *
 * K is positive definite for every `par` strictly inside the bounds. Entries are those of the lower triangle in column order, rows
 * ascending, the diagonal always there.
 *
 * Source: Rue and Held (2005), Gaussian Markov Random Fields, section 2.2.
 */
export interface LevelStructure {
  readonly kind: string;
  /** Number of levels. */
  readonly nl: number;
  /** Lower triangle of K by columns: `colPtr` of length nl + 1, the diagonal first in each column. */
  readonly pattern: { readonly colPtr: Int32Array; readonly rowIdx: Int32Array };
  /** How many numbers K depends on; zero for a known matrix. */
  readonly parLength: number;
  readonly parNames: readonly string[];
  readonly searchScale: readonly SearchScale[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  /** Typical size of each par: the unit of the search's steps. */
  readonly stepScale: readonly number[];
  /** Values of K on the pattern. */
  precisionInto(par: Float64Array, values: Float64Array): void;
  /** d K / d par[k] on the pattern. */
  precisionDerivativeInto(par: Float64Array, k: number, values: Float64Array): void;
  /**
   * A number for each entry of the pattern, from 0 to count - 1: entries of one kind are equal for every par, and so are their derivatives. Sums over K
   * then are sums over kinds. Null, or absent, where entries differ from one another.
   */
  entryKinds?(): { readonly kindOf: Int32Array; readonly count: number } | null;
  /** log|K|. */
  logDeterminant(par: Float64Array): number;
  /** d log|K| / d par[k]. */
  logDeterminantDerivative(par: Float64Array, k: number): number;
  /**
   * Mean of the diagonal of K^-1 at par: turns `lambda` into a standard deviation for reports. 1 for correlation matrices.
   */
  meanVariance(par: Float64Array): number;
  /**
   * Sets par to a rough estimate from values at the levels that are the effects plus independent noise of variances inverse to `weights`.
   * @returns the variance of the effects; null (par as it was) where the values do not tell, or no such estimate is known
   */
  startFromValuesInto?(values: Float64Array, weights: Float64Array, par: Float64Array): number | null;
  natural(par: Float64Array): NaturalParameter[];
  /** Whether K is at the edge of its range to within `tolerance`. */
  isSingular(par: Float64Array, tolerance: number): boolean;
}
