import type { SymbolicCholesky } from './analysis.js';
import type { CscMatrix } from './csc.js';
import { SparseError } from './errors.js';
import type { LdlNumeric } from './ldl/storage.js';
import type { SupernodalNumeric } from './supernodal/numeric.js';

/** A numeric factor: values of L and all workspace, allocated once and overwritten by every `factorize`. */
export interface CholeskyFactor {
  readonly symbolic: SymbolicCholesky;
  /**
   * `'empty'` before the first factorisation, `'factorized'` after a success, `'not-positive-definite'` after a failure.
   */
  status: 'empty' | 'factorized' | 'not-positive-definite';
  /** The pivot that was not positive (with L D L': that was zero or not finite); NaN otherwise. */
  failedPivot: number;
  /** The kernels in use; `'none'` for the simplicial phase. */
  readonly kernels: 'none' | 'simd' | 'javascript';
  /** Values of L and what is done with them. @internal */
  readonly numeric: NumericFactor;
  /** Dense workspace of the solves, 4n entries. @internal */
  readonly work: Float64Array;
}

/**
 * One representation of L (by columns, by panels, L D L'), in permuted coordinates. All that works on factors goes through
 * this interface, so that a bundle holds the representations that its `createFactor` can make and no other.
 * @internal
 */
export interface NumericFactor {
  readonly kernels: CholeskyFactor['kernels'];
  /** P (A + beta I) P' = L L' or L D L'; -1, or the column whose pivot fails. Allocates nothing. */
  factorize(values: Float64Array, beta: number): number;
  /** The offending pivot of column j. */
  failedPivot(j: number): number;
  /** L_jj, or D_jj of L D L', into the first n entries of out. */
  diagonalInto(out: Float64Array): void;
  /** L y = x and L' y = x in place, x n x nrhs, column-major. */
  solveLower(x: Float64Array, nrhs: number): void;
  solveLowerTranspose(x: Float64Array, nrhs: number): void;
  /**
   * L y = b for a right-hand side that is zero outside of `rows` (ascending, closed under the elimination tree): `b` holds it
   * at these rows, and the solution on return. Not for L D L', whose tree changes with its updates.
   */
  solveReach?(rows: Int32Array, b: Float64Array): void;
  /** L, a copy without stored zeros. */
  toCsc(): CscMatrix;
  /** (A + beta I)^-1 on the pattern of L. @param work 2n entries */
  invert(work: Float64Array): SelectedInverse;
  /** The L D L' factor behind, which can be updated. */
  readonly ldl?: LdlNumeric;
  /** The panels behind. */
  readonly supernodal?: SupernodalNumeric;
}

/** Entries of an inverse on the pattern of L; valid until the next use of the factor. @internal */
export interface SelectedInverse {
  readonly values: Float64Array;
  /** Entry k of the lower triangle of A is at `base + places[k]`. */
  readonly base: number;
  readonly places: Int32Array;
  /** Its diagonal, permuted coordinates, into the first n entries of out. */
  diagonalInto(out: Float64Array): void;
}

/** A factor on a representation of L. @internal */
export function factorOf(symbolic: SymbolicCholesky, numeric: NumericFactor): CholeskyFactor {
  return {
    symbolic,
    status: 'empty',
    failedPivot: NaN,
    kernels: numeric.kernels,
    numeric,
    work: new Float64Array(4 * symbolic.n),
  };
}

/**
 * Factorises P (A + beta I) P' = L L' in place; allocates nothing.
 *
 * @param values values of the lower triangle of A, aligned with `symbolic.lower.rowIdx`
 * @returns -1, or the column of A (original numbering) whose pivot is not positive, or not finite because of NaN or
 *   overflow; the pivot is then in `factor.failedPivot` and the factor cannot be used until the next success
 * @throws SparseError of kind `values-length`
 */
export function factorize(factor: CholeskyFactor, values: Float64Array, beta = 0): number {
  const nnz = factor.symbolic.lower.rowIdx.length;
  if (values.length !== nnz)
    throw new SparseError('values-length', `values must have ${nnz} entries, one per entry of A, got ${values.length}`);
  return setOutcome(factor, factor.numeric.factorize(values, beta));
}

/** Notes that permuted column `failed` has no acceptable pivot (-1: none failed), and gives its original number. @internal */
export function setOutcome(factor: CholeskyFactor, failed: number): number {
  const success = failed === -1;
  factor.status = success ? 'factorized' : 'not-positive-definite';
  factor.failedPivot = success ? NaN : factor.numeric.failedPivot(failed);
  return success ? -1 : factor.symbolic.perm[failed];
}

/** @throws SparseError of kind `not-factorized` unless the last factorisation succeeded. */
export function requireFactorized(factor: CholeskyFactor): void {
  if (factor.status !== 'factorized')
    throw new SparseError(
      'not-factorized',
      factor.status === 'empty' ? 'call factorize first' : 'the last factorize met a pivot that is not positive',
    );
}

/** log|A + beta I| = 2 sum_j log L_jj; with L D L' the logarithm of the absolute value, sum_j log|D_jj|. O(n). */
export function logDeterminant(factor: CholeskyFactor): number {
  requireFactorized(factor);
  const { numeric, symbolic, work } = factor;
  numeric.diagonalInto(work);
  let sum = 0;
  for (let j = 0; j < symbolic.n; j++) sum += Math.log(Math.abs(work[j]));
  return numeric.ldl ? sum : 2 * sum;
}

/**
 * L as a matrix of its own: lower triangular, permuted coordinates, exactly the `symbolic.nnz` entries (more after updates
 * that made L grow). Of L D L' the unit lower triangular L; see {@link factorDiagonal} for D.
 */
export function factorToCsc(factor: CholeskyFactor): CscMatrix {
  requireFactorized(factor);
  return factor.numeric.toCsc();
}

/** D of L D L', in permuted order, a copy; the squared diagonal of L for L L'. */
export function factorDiagonal(factor: CholeskyFactor): Float64Array {
  requireFactorized(factor);
  const { numeric, symbolic } = factor;
  const out = new Float64Array(symbolic.n);
  numeric.diagonalInto(out);
  return numeric.ldl ? out : out.map((d) => d ** 2);
}
