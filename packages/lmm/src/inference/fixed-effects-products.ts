import { dot } from '../dense.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { multiplyZtZInto } from '../scale-by-lambda.js';
import type { CovarianceDirection } from './covariance-directions.js';
import { marginalPrecision } from './marginal-precision.js';

/**
 * Products of the fixed-effects columns (orthonormal basis) with H^-1 = sigma^2 V^-1 and the derivatives G_0 = I, G_1, ... of V: p by p
 * matrices, column-major.
 */
export interface FixedEffectsProducts {
  /** X'H^-1 X. */
  readonly XHX: Float64Array;
  /** X'H^-1 G_r H^-1 X. */
  readonly first: readonly Float64Array[];
  /** X'H^-1 G_r H^-1 G_s H^-1 X for s <= r; the transpose serves for s > r. */
  readonly second: readonly (readonly Float64Array[])[];
}

/** p solves with the factor for each direction. Memory O(q p), and p^2 for each pair of directions. */
export function fixedEffectsProducts(
  pls: PenalizedLeastSquares,
  directions: readonly CovarianceDirection[],
): FixedEffectsProducts {
  const { cp, RXt } = pls;
  const { q, p } = cp;
  const precision = marginalPrecision(pls, p);
  const D = new Float64Array(q * p); // Lambda S^-1 Lambda'Z'X, so that H^-1X = X - Z D
  precision.solveInto(cp.ZtX, p, D);
  const Y = new Float64Array(q * p); // Z'H^-1X
  multiplyZtZInto(cp, D, p, Y);
  for (let i = 0; i < q * p; i++) Y[i] = cp.ZtX[i] - Y[i];
  const Y2 = D.slice(); // Z'H^-2X = Y - K D
  precision.reduceInPlace(Y2, p);
  const KD = new Float64Array(q * p);
  multiplyZtZInto(cp, Y2, p, KD);
  for (let i = 0; i < q * p; i++) Y2[i] = Y[i] - KD[i];

  const XHX = product(RXt, p);
  const XH2X = subtractProducts(XHX, Y, D, q, p);
  const XH3X = subtractProducts(XH2X, Y2, D, q, p);
  const first = [XH2X];
  const second = [[XH3X]];
  const N = new Float64Array(q * p);
  const U = new Float64Array(q * p);
  directions.forEach((direction, r) => {
    directionTimesInto(pls, direction, Y, N);
    first.push(products(Y, N, q, p));
    // G_r with G_0: X'H^-1 G_r H^-2 X = N'Y2; then K N for the pairs.
    const row = [products(N, Y2, q, p)];
    precision.reduceInPlace(N, p);
    multiplyZtZInto(cp, N, p, U);
    for (let s = 0; s <= r; s++) {
      directionTimesInto(pls, directions[s], Y, N);
      row.push(products(U, N, q, p));
    }
    second.push(row);
  });
  return { XHX, first, second };
}

/** out = (I (x) M) Y within the term of the direction, zero elsewhere. */
function directionTimesInto(
  { cp }: PenalizedLeastSquares,
  { term, M }: CovarianceDirection,
  Y: Float64Array,
  out: Float64Array,
): void {
  const { q, p } = cp;
  const { nc, nl, start } = cp.terms[term];
  out.fill(0);
  for (let k = 0; k < p; k++) {
    for (let l = 0; l < nl; l++) {
      const at = k * q + start + l * nc;
      for (let c = 0; c < nc; c++) for (let r = 0; r < nc; r++) out[at + r] += M[c * nc + r] * Y[at + c];
    }
  }
}

/** L L' for a lower triangle. */
function product(L: Float64Array, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i <= j; i++) {
      let s = 0;
      for (let k = 0; k <= i; k++) s += L[k * p + i] * L[k * p + j];
      out[j * p + i] = out[i * p + j] = s;
    }
  }
  return out;
}

/** A'B for q by p matrices. */
function products(A: Float64Array, B: Float64Array, q: number, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let j = 0; j < p; j++) for (let i = 0; i < p; i++) out[j * p + i] = dot(A, i * q, B, j * q, q);
  return out;
}

/** C - (A'B + B'A) / 2, for products that are symmetric but for rounding. */
function subtractProducts(C: Float64Array, A: Float64Array, B: Float64Array, q: number, p: number): Float64Array {
  const AB = products(A, B, q, p);
  return C.map((v, k) => v - (AB[k] + AB[(k % p) * p + Math.floor(k / p)]) / 2);
}
