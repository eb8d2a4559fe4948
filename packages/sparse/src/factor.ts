import type { SymbolicCholesky } from './analyze.js';
import type { CscMatrix } from './csc.js';
import { SparseError } from './errors.js';
import { createSimplicialNumeric, factorizeSimplicial, type SimplicialNumeric } from './simplicial/numeric.js';
import type { SimplicialStructure } from './simplicial/structure.js';
import { supernodalToCsc } from './supernodal/export.js';
import type { KernelChoice } from './supernodal/memory.js';
import {
  createSupernodalNumeric,
  factorizeSupernodal,
  logDeterminantSupernodal,
  type SupernodalNumeric,
} from './supernodal/numeric.js';
import type { SupernodalStructure } from './supernodal/structure.js';

/** Options of {@link createFactor}. */
export interface FactorOptions {
  /**
   * Dense kernels of the supernodal phase. `'auto'` (default): WebAssembly SIMD where it may run, else plain JavaScript.
   * `'relaxed-simd'` adds fused multiply-add where the machine has it: faster, but the last bits then depend on the machine.
   * With each of the others, equal input gives equal bits everywhere.
   */
  readonly kernels?: KernelChoice;
}

/** A numeric factor: values of L and all workspace, allocated once and overwritten by every `factorize`. */
export interface CholeskyFactor {
  readonly symbolic: SymbolicCholesky;
  /**
   * `'empty'` before the first factorisation, `'factorized'` after a success, `'not-positive-definite'` after a failure.
   */
  status: 'empty' | 'factorized' | 'not-positive-definite';
  /** The pivot that was not positive (NaN and Infinity included); NaN otherwise. */
  failedPivot: number;
  /** The kernels in use; `'none'` for the simplicial phase. */
  readonly kernels: 'none' | 'simd' | 'relaxed-simd' | 'javascript';
  /** Structure and values of L. @internal */
  readonly numeric: NumericFactor;
  /** Dense workspace of the solves, 4n entries. @internal */
  readonly work: Float64Array;
}

/** One of the two representations of L. */
export type NumericFactor =
  | { readonly method: 'simplicial'; readonly structure: SimplicialStructure; readonly state: SimplicialNumeric }
  | { readonly method: 'supernodal'; readonly structure: SupernodalStructure; readonly state: SupernodalNumeric };

/**
 * Allocates a factor for a symbolic analysis. O(nnz(L)) memory.
 * @throws SparseError of kind `too-large` or `bad-option`
 */
export function createFactor(symbolic: SymbolicCholesky, options: FactorOptions = {}): CholeskyFactor {
  const { structure, n } = symbolic;
  const numeric: NumericFactor =
    structure.method === 'simplicial'
      ? { method: structure.method, structure, state: createSimplicialNumeric(symbolic) }
      : {
          method: structure.method,
          structure,
          state: createSupernodalNumeric(structure, n, options.kernels ?? 'auto'),
        };
  return {
    symbolic,
    status: 'empty',
    failedPivot: NaN,
    kernels: numeric.method === 'supernodal' ? numeric.state.memory.kind : 'none',
    numeric,
    work: new Float64Array(4 * n),
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
  const failed =
    numeric.method === 'simplicial'
      ? factorizeSimplicial(numeric.structure, numeric.state, values, beta)
      : factorizeSupernodal(numeric.structure, numeric.state, values, beta);
  if (failed === -1) {
    factor.status = 'factorized';
    factor.failedPivot = NaN;
    return -1;
  }
  factor.status = 'not-positive-definite';
  factor.failedPivot = numeric.method === 'simplicial' ? numeric.state.column[failed] : numeric.state.failedPivot;
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
  const { numeric } = factor;
  if (numeric.method === 'supernodal') return logDeterminantSupernodal(numeric.structure, numeric.state);
  const { values } = numeric.state;
  const { colPtr } = numeric.structure;
  let sum = 0;
  for (let j = 0; j < factor.symbolic.n; j++) sum += Math.log(values[colPtr[j]]);
  return 2 * sum;
}

/** L as a matrix of its own: lower triangular, permuted coordinates, exactly the `symbolic.nnz` entries. */
export function factorToCsc(factor: CholeskyFactor): CscMatrix {
  requireFactorized(factor);
  const { numeric, symbolic } = factor;
  if (numeric.method === 'supernodal') return supernodalToCsc(symbolic, numeric.structure, numeric.state);
  const { structure, state } = numeric;
  return {
    nrow: symbolic.n,
    ncol: symbolic.n,
    colPtr: structure.colPtr.slice(),
    rowIdx: structure.rowIdx.slice(),
    values: state.values.slice(),
  };
}
