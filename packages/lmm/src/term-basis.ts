import type { RandomEffectsTerm } from './model-matrices.js';
import { multiplyInto } from './scale-by-lambda.js';

/**
 * An affine change of the columns of one term, made so that cross-products lose no digits: every column is divided by its spread and,
 * where the term has an intercept column, centred. With Z = Z~ A (A is nc by nc), Z b = Z~ (A b), so the factor of the covariance of A b
 * is A lambda and everything below works with `A lambda` in place of `lambda`.
 */
export interface TermBasis {
  readonly nc: number;
  /** Subtracted from each column, length nc (zero where the term has no intercept). */
  readonly shift: Float64Array;
  /** Divides each column after the shift, length nc. */
  readonly spread: Float64Array;
  /** Index of the intercept column, or -1. */
  readonly intercept: number;
  /** Root mean square of each column about zero: the unit of a relative standard deviation. */
  readonly rms: Float64Array;
  /** nc by nc, column-major. */
  readonly A: Float64Array;
  /** Inverse of A, nc by nc, column-major. */
  readonly inverseA: Float64Array;
}

/** Two passes over the columns of a term: means, then spreads. Rows count by weight. */
export function termBasis(term: RandomEffectsTerm, weights: Float64Array | null): TermBasis {
  const nc = term.columns.length;
  const n = term.levelIdx.length;
  const intercept = term.columns.findIndex((z) => z.every((v) => v === 1));
  const shift = new Float64Array(nc);
  const spread = new Float64Array(nc).fill(1);
  const rms = new Float64Array(nc).fill(1);
  const A = new Float64Array(nc * nc);
  let total = n;
  if (weights) {
    total = 0;
    for (let i = 0; i < n; i++) total += weights[i];
  }
  term.columns.forEach((z, j) => {
    if (j === intercept) return;
    const mean = weightedMean(z, weights, total, 0);
    if (intercept >= 0) shift[j] = mean + weightedMean(z, weights, total, mean);
    const variance = weightedMeanSquare(z, weights, total, shift[j]);
    spread[j] = variance > 0 ? Math.sqrt(variance) : 1;
    const square = variance + shift[j] ** 2;
    rms[j] = square > 0 ? Math.sqrt(square) : 1;
  });
  const inverseA = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) {
    A[j * nc + j] = spread[j];
    inverseA[j * nc + j] = 1 / spread[j];
    if (intercept < 0 || j === intercept) continue;
    A[j * nc + intercept] = shift[j];
    inverseA[j * nc + intercept] = -shift[j] / spread[j];
  }
  return { nc, shift, spread, intercept, rms, A, inverseA };
}

function weightedMean(z: Float64Array, weights: Float64Array | null, total: number, about: number): number {
  let s = 0;
  if (weights) for (let i = 0; i < z.length; i++) s += weights[i] * (z[i] - about);
  else for (let i = 0; i < z.length; i++) s += z[i] - about;
  return s / total;
}

function weightedMeanSquare(z: Float64Array, weights: Float64Array | null, total: number, about: number): number {
  let s = 0;
  for (let i = 0; i < z.length; i++) s += (weights ? weights[i] : 1) * (z[i] - about) ** 2;
  return s / total;
}

/** Z~ = (Z - shift) / spread times the square roots of the weights, on a block of rows; `out` holds nc blocks. */
export function termBlockInto(
  term: RandomEffectsTerm,
  basis: TermBasis,
  sqrtWeights: Float64Array | null,
  start: number,
  count: number,
  out: readonly Float64Array[],
): void {
  for (let j = 0; j < basis.nc; j++) {
    const z = term.columns[j];
    const target = out[j];
    const s = basis.shift[j];
    const f = 1 / basis.spread[j];
    if (s === 0 && f === 1) for (let i = 0; i < count; i++) target[i] = z[start + i];
    else for (let i = 0; i < count; i++) target[i] = (z[start + i] - s) * f;
    if (sqrtWeights) for (let i = 0; i < count; i++) target[i] *= sqrtWeights[start + i];
  }
}

/** out = A lambda (nc by nc, column-major): the factor in the changed columns. */
export function changeFactorInto(basis: TermBasis, lambda: Float64Array, out: Float64Array): void {
  multiplyInto(basis.A, 0, basis.nc, basis.nc, lambda, basis.nc, out);
}

/** out = A^-1 factor (nc by nc, column-major): the inverse of {@link changeFactorInto}. */
export function unchangeFactorInto(basis: TermBasis, factor: Float64Array, out: Float64Array): void {
  multiplyInto(basis.inverseA, 0, basis.nc, basis.nc, factor, basis.nc, out);
}

/** out = A' D (nc by nc, column-major): pulls a derivative by the changed factor back to `lambda`. */
export function pullBackInto(basis: TermBasis, D: Float64Array, out: Float64Array): void {
  const { nc, A } = basis;
  for (let c = 0; c < nc; c++) {
    for (let r = 0; r < nc; r++) {
      let s = 0;
      for (let k = 0; k < nc; k++) s += A[r * nc + k] * D[c * nc + k];
      out[c * nc + r] = s;
    }
  }
}
