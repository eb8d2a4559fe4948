import type { LevelStructure } from './levels/level-structure.js';
import type { ResidualStructure } from './residual/residual-structure.js';

/**
 * The coordinate in which a search moves one par: itself (`linear`; for standard deviations that may pass through zero, where the
 * objective is even), its logarithm (`log`; positive numbers), or the inverse hyperbolic tangent of its place between its bounds (`atanh`).
 */
export type SearchScale = 'linear' | 'log' | 'atanh';

/** A parameter as people read it: a standard deviation, a correlation, a range. */
export interface NaturalParameter {
  /** `sd (Intercept)`, `rho`, `range`. */
  readonly name: string;
  /** In units of sigma to the power `sigmaPower`. */
  readonly value: number;
  /** 1 for standard deviations (they are relative to sigma), 2 for variances, 0 for correlations and ranges. */
  readonly sigmaPower: 0 | 1 | 2;
  /**
   * The scale on which intervals are symmetric. Left out: `atanh` for what is called a correlation, `log` for other numbers that are not
   * negative, else `identity`.
   */
  readonly interval?: 'log' | 'atanh' | 'logit' | 'identity';
  /** The lowest value of a correlation, which intervals on the scale of `atanh` respect; -1 when left out. */
  readonly lower?: number;
}

/**
 * A covariance structure of a random-effects term: how the numbers that an optimiser moves (`par`) become the
 * relative covariance factor of one level of the grouping factor.
 *
 * The random effects of a level, `b` (length `nc`), have covariance `sigma^2 lambda lambda'`, where `lambda` is
 * `nc` by `nc`, lower triangular, stored column-major. The distinct free numbers of `lambda` are `theta`, and
 * `lambda[k] = theta[thetaIndex[k]]` (zero where the index is -1). `par` and `theta` are the same numbers for scalar, diagonal
 * and unstructured terms, and differ for structures such as AR(1), whose `par` is (relative sd, rho). All standard deviations in `par`
 * are relative to sigma.
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
  /** The residual structure whose parameters these are; such a structure has no columns. */
  readonly residual?: ResidualStructure;
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
  /**
   * Whether some derivative is a difference quotient. Only for compositions, whose own `thetaDerivativeInto` may rest on one of a part;
   * others say it by leaving `thetaDerivativeInto` out ({@link hasNumericalDerivatives}).
   */
  readonly numericalDerivatives?: boolean;
  /** `theta` -> `par`, the inverse of `thetaInto` on its range. Optional. */
  parFromThetaInto?(theta: Float64Array, par: Float64Array): void;
  /** The coordinates of the search, one for each par; `linear` where it is missing. */
  readonly searchScale?: readonly SearchScale[];
  /**
   * Where effects of different levels are correlated: the precision over levels. The effects then have covariance
   * `sigma^2 K^-1 (x) lambda lambda'`, with K by levels; the last `levels.parLength` numbers of `par` and of `theta` are those of K.
   */
  readonly levels?: LevelStructure;
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
  /** The parameters as people read them. Optional: standard deviations and correlations of `lambda lambda'` where it is missing. */
  natural?(par: Float64Array, columns: readonly string[]): NaturalParameter[];
}

/** A structure was asked for something that it cannot be: an impossible size, an unknown tag or argument, a matrix that is no covariance. */
export class CovarianceStructureError extends Error {
  override name = 'CovarianceStructureError';
}

/** Throws unless `nc` is a positive integer. */
export function requireColumns(kind: string, nc: number): void {
  if (!Number.isInteger(nc) || nc < 1) {
    throw new CovarianceStructureError(`the structure "${kind}" needs a positive whole number of columns, not ${nc}`);
  }
}
