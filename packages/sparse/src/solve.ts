import { requireFactorized, type CholeskyFactor } from './factor.js';
import { SparseError } from './errors.js';

/** Right-hand sides that `solveInPlace` treats together. */
const BLOCK = 4;

function requireSize(name: string, array: Float64Array, n: number, nrhs: number): void {
  if (!Number.isInteger(nrhs) || nrhs < 0)
    throw new SparseError('dimension', `nrhs must be a non-negative integer, got ${nrhs}`);
  if (array.length < n * nrhs)
    throw new SparseError('length-mismatch', `${name} must have n * nrhs = ${n * nrhs} entries, got ${array.length}`);
}

/** x = P b: `x[k] = b[perm[k]]`, each of nrhs columns. b and x must be different arrays. */
export function permuteInto(factor: CholeskyFactor, b: Float64Array, x: Float64Array, nrhs = 1): void {
  const { n, perm } = factor.symbolic;
  requireSize('b', b, n, nrhs);
  requireSize('x', x, n, nrhs);
  for (let r = 0, o = 0; r < nrhs; r++, o += n) for (let k = 0; k < n; k++) x[o + k] = b[o + perm[k]];
}

/** b = P' x: `b[perm[k]] = x[k]`, each of nrhs columns. x and b must be different arrays. */
export function unpermuteInto(factor: CholeskyFactor, x: Float64Array, b: Float64Array, nrhs = 1): void {
  const { n, perm } = factor.symbolic;
  requireSize('x', x, n, nrhs);
  requireSize('b', b, n, nrhs);
  for (let r = 0, o = 0; r < nrhs; r++, o += n) for (let k = 0; k < n; k++) b[o + perm[k]] = x[o + k];
}

/** Solves L y = x in place, in permuted coordinates; x is n x nrhs, column-major. O(nnz(L) nrhs). */
export function solveLInPlace(factor: CholeskyFactor, x: Float64Array, nrhs = 1): void {
  requireFactorized(factor);
  requireSize('x', x, factor.symbolic.n, nrhs);
  factor.numeric.solveLower(x, nrhs);
}

/** Solves L' y = x in place, in permuted coordinates; x is n x nrhs, column-major. O(nnz(L) nrhs). */
export function solveLtInPlace(factor: CholeskyFactor, x: Float64Array, nrhs = 1): void {
  requireFactorized(factor);
  requireSize('x', x, factor.symbolic.n, nrhs);
  factor.numeric.solveLowerTranspose(x, nrhs);
}

/** Solves D y = x in place, in permuted coordinates; nothing to do for L L'. */
export function solveDInPlace(factor: CholeskyFactor, x: Float64Array, nrhs = 1): void {
  requireFactorized(factor);
  const { n } = factor.symbolic;
  requireSize('x', x, n, nrhs);
  const { ldl } = factor.numeric;
  if (ldl) for (let o = 0; o < n * nrhs; o += n) for (let j = 0; j < n; j++) x[o + j] /= ldl.pivots[j];
}

/**
 * Solves (A + beta I) x = b in place, in the original ordering; b is n x nrhs, column-major. O(nnz(L) nrhs).
 * @throws SparseError of kind `not-factorized` or `length-mismatch`
 */
export function solveInPlace(factor: CholeskyFactor, b: Float64Array, nrhs = 1): void {
  requireFactorized(factor);
  const { n } = factor.symbolic;
  requireSize('b', b, n, nrhs);
  const { work } = factor;
  for (let r = 0; r < nrhs; r += BLOCK) {
    const count = Math.min(BLOCK, nrhs - r);
    const block = b.subarray(r * n, (r + count) * n);
    permuteInto(factor, block, work, count);
    solveLInPlace(factor, work, count);
    solveDInPlace(factor, work, count);
    solveLtInPlace(factor, work, count);
    unpermuteInto(factor, work, block, count);
  }
}
