/**
 * A covariance structure of a random-effects term: how the numbers that an optimiser moves (`par`) become the
 * relative covariance factor of one level of the grouping factor.
 *
 * The random effects of a level, `b` (length `nc`), have covariance `sigma^2 lambda lambda'`, where `lambda` is
 * `nc` by `nc`, lower triangular, stored column-major. The distinct free numbers of `lambda` are `theta`, and
 * `lambda[k] = theta[thetaIndex[k]]` (zero where the index is -1). `par` and `theta` are the same numbers for scalar, diagonal
 * and unstructured terms, and differ for structures such as AR(1), whose `par` is (log sd, atanh rho).
 *
 * All `...Into` methods write their last argument, allocate nothing and are called once for every evaluation of the objective.
 * `par` and `theta` are views of length `parLength` and `thetaLength` that start at this structure's first number.
 *
 * Source of the par/theta/Lambda contract: Bates, Maechler, Bolker and Walker (2015), J. Stat. Software 67(1), section 2.
 */
export interface CovarianceStructure {
  /** The tag in a formula: `us`, `diag`, ... */
  readonly kind: string;
  /** Columns of the term: `lambda` is `nc` by `nc`. */
  readonly nc: number;
  /** How many numbers the optimiser moves. */
  readonly parLength: number;
  /** How many distinct free numbers `lambda` has. */
  readonly thetaLength: number;
  /** For each entry of `lambda` (column-major, `nc * nc`) its position in `theta`, or -1 for a structural zero. */
  readonly thetaIndex: Int32Array;
  /**
   * True when every invertible change of the columns maps the structure's covariances onto themselves (unstructured terms): the search
   * may then run in columns that are better conditioned. `theta` must be the lower triangle of `lambda`, column by column, and `par = theta`.
   */
  readonly anyColumns?: boolean;
  /**
   * A start value. `scale[c]` is the root mean square of column c of Z, so that a relative standard deviation of
   * `1 / scale[c]` makes the column contribute about as much variance as the residuals.
   */
  startInto(scale: Float64Array, par: Float64Array): void;
  /**
   * The par whose `lambda lambda'` is closest in spirit to the positive definite `S` (`nc` by `nc`, column-major): a start value from
   * moments of the data. Optional: `startInto` serves where it is missing.
   */
  startFromCovarianceInto?(S: Float64Array, par: Float64Array): void;
  /** A typical size of each `par` (positive): the unit in which the optimiser measures steps. */
  stepScaleInto(scale: Float64Array, out: Float64Array): void;
  /** `par` -> `theta`. */
  thetaInto(par: Float64Array, theta: Float64Array): void;
  /** d theta / d par[k], length `thetaLength`. Optional: differences are used where it is missing. */
  thetaDerivativeInto?(par: Float64Array, k: number, out: Float64Array): void;
  /** `theta` -> `par`, the inverse of `thetaInto` on its range. */
  parFromThetaInto(theta: Float64Array, par: Float64Array): void;
  /**
   * Replaces `par` by the representative with a non-negative diagonal of `lambda` that gives the same `lambda lambda'`.
   * The objective does not change.
   */
  canonicalizeInPlace(par: Float64Array): void;
  /**
   * Whether `lambda` is singular to within `tolerance`: whether some linear combination of the random effects, measured in units
   * in which column c has root mean square 1 (`scale[c]`), has a relative standard deviation below `tolerance`.
   */
  isSingular(par: Float64Array, scale: Float64Array, tolerance: number): boolean;
  /** Names of `par`, given the names of the term's columns. */
  parNames(columns: readonly string[]): string[];
  /** Names of `theta`, given the names of the term's columns. */
  thetaNames(columns: readonly string[]): string[];
  /** Lower and upper bounds of the canonical `par`, for reports and profiles (the search itself is not bounded). */
  parBounds(): { lower: Float64Array; upper: Float64Array };
}

/** How many columns a structure was asked for that it cannot have. */
export class CovarianceStructureError extends Error {
  override name = 'CovarianceStructureError';
}

/** Throws unless `nc` is a positive integer. */
export function requireColumns(kind: string, nc: number): void {
  if (!Number.isInteger(nc) || nc < 1) {
    throw new CovarianceStructureError(`the structure "${kind}" needs a positive whole number of columns, not ${nc}`);
  }
}
