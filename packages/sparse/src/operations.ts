import type { CscMatrix } from './csc.js';
import { SparseError } from './errors.js';
import { type CholeskyFactor, factorDiagonal, requireFactorized } from './factor.js';
import { multiplySymmetricInto } from './multiply.js';
import { symmetricNorm1 } from './norms.js';
import { permuteInto, solveDInPlace, solveInPlace, solveLInPlace, solveLtInPlace, unpermuteInto } from './solve.js';

/**
 * b'(A + beta I)^-1 b = |L^-1 P b|^2, or (L^-1 P b)' D^-1 (L^-1 P b). Uses the factor's workspace; allocates nothing.
 * @param b n entries, original ordering
 */
export function quadraticForm(factor: CholeskyFactor, b: Float64Array): number {
  requireFactorized(factor);
  const { n } = factor.symbolic;
  // The solves only use the first part of the workspace when they are called one by one on it.
  const x = factor.work.subarray(0, n);
  const y = factor.work.subarray(n, 2 * n);
  permuteInto(factor, b, x);
  solveLInPlace(factor, x);
  y.set(x);
  solveDInPlace(factor, y);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

/**
 * x ~ N(0, (A + beta I)^-1) from independent standard normal numbers: x = P' L'^-1 z (with L D L', z over the root of D).
 * Allocates nothing.
 * @param z n entries
 * @param x n entries, another array than z
 * @throws SparseError of kind `singular` if a pivot of L D L' is negative: there is no such distribution
 */
export function sampleInto(factor: CholeskyFactor, z: Float64Array, x: Float64Array): void {
  requireFactorized(factor);
  const { n } = factor.symbolic;
  const y = factor.work.subarray(0, n);
  y.set(z.subarray(0, n));
  if (factor.numeric.ldl) {
    const { pivots } = factor.numeric.ldl;
    for (let j = 0; j < n; j++) {
      if (pivots[j] < 0) throw new SparseError('singular', `pivot ${j} is ${pivots[j]}: the matrix is indefinite`);
      y[j] /= Math.sqrt(pivots[j]);
    }
  }
  solveLtInPlace(factor, y);
  unpermuteInto(factor, y, x);
}

/** r = b - (A + beta I) x, A given by its lower triangle. */
export function residualInto(lower: CscMatrix, beta: number, b: Float64Array, x: Float64Array, r: Float64Array): void {
  r.set(b.subarray(0, lower.ncol));
  multiplySymmetricInto(lower, x, r, -1, 1);
  if (beta !== 0) for (let i = 0; i < lower.ncol; i++) r[i] -= beta * x[i];
}

/**
 * One step of iterative refinement of (A + beta I) x = b: x += (A + beta I)^-1 (b - (A + beta I) x).
 * @param r workspace, n entries; the correction on return
 * @returns the largest entry of the correction
 */
export function refineInPlace(
  factor: CholeskyFactor,
  lower: CscMatrix,
  beta: number,
  b: Float64Array,
  x: Float64Array,
  r: Float64Array = new Float64Array(lower.ncol),
): number {
  residualInto(lower, beta, b, x, r);
  solveInPlace(factor, r);
  let largest = 0;
  for (let i = 0; i < lower.ncol; i++) {
    x[i] += r[i];
    largest = Math.max(largest, Math.abs(r[i]));
  }
  return largest;
}

/**
 * Estimate of the condition number |A + beta I|_1 |(A + beta I)^-1|_1, from a handful of solves. Never too large, seldom
 * too small by more than a factor of three.
 * Source: Hager (1984), Condition estimates; Higham (1988), ACM TOMS 14, algorithm 4.1.
 */
export function conditionEstimate(factor: CholeskyFactor, lower: CscMatrix, beta = 0): number {
  requireFactorized(factor);
  const n = lower.ncol;
  if (n === 0) return 0;
  const x = new Float64Array(n).fill(1 / n);
  const sign = new Float64Array(n);
  let estimate = 0;
  for (let step = 0; step < 5; step++) {
    solveInPlace(factor, x);
    let norm = 0;
    for (let i = 0; i < n; i++) norm += Math.abs(x[i]);
    if (step > 0 && norm <= estimate) break;
    estimate = norm;
    for (let i = 0; i < n; i++) sign[i] = x[i] >= 0 ? 1 : -1;
    solveInPlace(factor, sign);
    let largest = 0;
    for (let i = 1; i < n; i++) if (Math.abs(sign[i]) > Math.abs(sign[largest])) largest = i;
    x.fill(0);
    x[largest] = 1;
  }
  // A vector of alternating signs guards against matrices that fool the ascent.
  for (let i = 0; i < n; i++) x[i] = (i % 2 === 0 ? 1 : -1) * (1 + i / Math.max(1, n - 1));
  solveInPlace(factor, x);
  let alternating = 0;
  for (let i = 0; i < n; i++) alternating += Math.abs(x[i]);
  return symmetricNorm1(lower, beta) * Math.max(estimate, (2 * alternating) / (3 * n));
}

/** Numbers of positive and negative pivots: by Sylvester's law those of the eigenvalues of A + beta I. */
export function inertia(factor: CholeskyFactor): { positive: number; negative: number } {
  const D = factorDiagonal(factor);
  const negative = D.reduce((count, d) => count + (d < 0 ? 1 : 0), 0);
  return { positive: D.length - negative, negative };
}
