import type { SymbolicCholesky } from './analyze.js';
import type { CscMatrix } from './csc.js';
import { SparseError } from './errors.js';
import { createSimplicialNumeric, factorizeSimplicial, type SimplicialNumeric } from './simplicial/numeric.js';

/** A numeric factor: values of L and all workspace, allocated once and overwritten by every `factorize`. */
export interface CholeskyFactor {
  readonly symbolic: SymbolicCholesky;
  /**
   * `'empty'` before the first factorisation, `'factorized'` after a success, `'not-positive-definite'` after a failure.
   */
  status: 'empty' | 'factorized' | 'not-positive-definite';
  /** The pivot that was not positive (NaN and Infinity included); NaN otherwise. */
  failedPivot: number;
  /** @internal */
  readonly numeric: SimplicialNumeric;
  /** Dense workspace of the solves, 4n entries. @internal */
  readonly work: Float64Array;
}

/** Allocates a factor for a symbolic analysis. O(nnz(L)) memory. */
export function createFactor(symbolic: SymbolicCholesky): CholeskyFactor {
  return {
    symbolic,
    status: 'empty',
    failedPivot: NaN,
    numeric: createSimplicialNumeric(symbolic),
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
  const { symbolic, numeric } = factor;
  const nnz = symbolic.lower.rowIdx.length;
  if (values.length !== nnz)
    throw new SparseError('values-length', `values must have ${nnz} entries, one per entry of A, got ${values.length}`);
  const failed = factorizeSimplicial(symbolic.structure, numeric, values, beta);
  if (failed === -1) {
    factor.status = 'factorized';
    factor.failedPivot = NaN;
    return -1;
  }
  factor.status = 'not-positive-definite';
  factor.failedPivot = numeric.column[failed];
  return symbolic.perm[failed];
}

/** @throws SparseError of kind `not-factorized` unless the last factorisation succeeded. */
export function requireFactorized(factor: CholeskyFactor): void {
  if (factor.status !== 'factorized')
    throw new SparseError(
      'not-factorized',
      factor.status === 'empty' ? 'call factorize first' : 'the last factorize met a pivot that is not positive',
    );
}

/** log|A + beta I| = 2 sum_j log L_jj. O(n). */
export function logDeterminant(factor: CholeskyFactor): number {
  requireFactorized(factor);
  const { values } = factor.numeric;
  const { colPtr } = factor.symbolic.structure;
  const n = factor.symbolic.n;
  let sum = 0;
  for (let j = 0; j < n; j++) sum += Math.log(values[colPtr[j]]);
  return 2 * sum;
}

/** L as a matrix of its own (lower triangular, permuted coordinates). */
export function factorToCsc(factor: CholeskyFactor): CscMatrix {
  requireFactorized(factor);
  const { n, structure } = factor.symbolic;
  return {
    nrow: n,
    ncol: n,
    colPtr: structure.colPtr.slice(),
    rowIdx: structure.rowIdx.slice(),
    values: factor.numeric.values.slice(),
  };
}
