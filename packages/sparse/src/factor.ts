import type { SymbolicCholesky } from './analyze.js';
import type { CscMatrix } from './csc.js';
import { SparseError } from './errors.js';
import { ldlToCsc } from './ldl/export.js';
import { factorizeLdl } from './ldl/factorize.js';
import { createLdlNumeric, type LdlNumeric } from './ldl/storage.js';
import { permuteSymmetricLower } from './permute.js';
import { createSimplicialNumeric, factorizeSimplicial, type SimplicialNumeric } from './simplicial/numeric.js';
import { simplicialStructure, type SimplicialStructure } from './simplicial/structure.js';
import { supernodalToCsc } from './supernodal/export.js';
import type { KernelChoice } from './supernodal/memory.js';
import {
  createSupernodalNumeric,
  factorizeSupernodal,
  logDeterminantSupernodal,
  squaredDiagonalSupernodal,
  type SupernodalNumeric,
} from './supernodal/numeric.js';
import type { SupernodalStructure } from './supernodal/structure.js';
import { transposePattern } from './transpose.js';

/** Options of {@link createFactor}. */
export interface FactorOptions {
  /**
   * `'LL'` (default): L L', for positive definite matrices. `'LDL'`: L D L' with unit lower triangular L, also for
   * quasi-definite matrices, and the one that can be updated; by columns whatever the analysis chose.
   */
  readonly form?: 'LL' | 'LDL';
  /**
   * Dense kernels of the supernodal phase. `'auto'` (default): WebAssembly SIMD where it may run, else plain JavaScript; the
   * other two insist. Each of them gives equal bits for equal input on every machine; they differ by rounding.
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
  /** The pivot that was not positive (with L D L': that was zero or not finite); NaN otherwise. */
  failedPivot: number;
  /** The kernels in use; `'none'` for the simplicial phase. */
  readonly kernels: 'none' | 'simd' | 'javascript';
  /** Structure and values of L. @internal */
  readonly numeric: NumericFactor;
  /** Dense workspace of the solves, 4n entries. @internal */
  readonly work: Float64Array;
}

/** One of the representations of L. */
export type NumericFactor =
  | { readonly method: 'simplicial'; readonly structure: SimplicialStructure; readonly state: SimplicialNumeric }
  | { readonly method: 'supernodal'; readonly structure: SupernodalStructure; readonly state: SupernodalNumeric }
  | { readonly method: 'ldl'; readonly structure: SimplicialStructure; readonly state: LdlNumeric };

/**
 * Allocates a factor for a symbolic analysis. O(nnz(L)) memory.
 * @throws SparseError of kind `too-large` or `bad-option`
 */
export function createFactor(symbolic: SymbolicCholesky, options: FactorOptions = {}): CholeskyFactor {
  const numeric = createNumeric(symbolic, options);
  return {
    symbolic,
    status: 'empty',
    failedPivot: NaN,
    kernels: numeric.method === 'supernodal' ? numeric.state.memory.kind : 'none',
    numeric,
    work: new Float64Array(4 * symbolic.n),
  };
}

function createNumeric(symbolic: SymbolicCholesky, { form = 'LL', kernels = 'auto' }: FactorOptions): NumericFactor {
  const { structure, n } = symbolic;
  if (form === 'LDL') {
    const columns = structure.method === 'simplicial' ? structure : simplicialStructureOf(symbolic);
    return { method: 'ldl', structure: columns, state: createLdlNumeric(columns) };
  }
  if (form !== 'LL') throw new SparseError('bad-option', `unknown form ${JSON.stringify(form)}`);
  return structure.method === 'simplicial'
    ? { method: 'simplicial', structure, state: createSimplicialNumeric(symbolic) }
    : { method: 'supernodal', structure, state: createSupernodalNumeric(structure, n, kernels) };
}

/** The pattern of L by columns, when the analysis kept it by panels. O(nnz(L)). */
export function simplicialStructureOf({ lower, permInv, parent, colCounts }: SymbolicCholesky): SimplicialStructure {
  const permuted = permuteSymmetricLower(lower, permInv);
  return simplicialStructure(permuted, transposePattern(permuted), parent, colCounts);
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
  const failed = factorizeNumeric(numeric, values, beta);
  factor.status = failed === -1 ? 'factorized' : 'not-positive-definite';
  factor.failedPivot = failed === -1 ? NaN : failedPivot(numeric, failed);
  return failed === -1 ? -1 : symbolic.perm[failed];
}

function factorizeNumeric(numeric: NumericFactor, values: Float64Array, beta: number): number {
  switch (numeric.method) {
    case 'simplicial':
      return factorizeSimplicial(numeric.structure, numeric.state, values, beta);
    case 'supernodal':
      return factorizeSupernodal(numeric.structure, numeric.state, values, beta);
    case 'ldl':
      return factorizeLdl(numeric.structure, numeric.state, values, beta);
  }
}

/** The offending pivot of permuted column j. */
export function failedPivot(numeric: NumericFactor, j: number): number {
  switch (numeric.method) {
    case 'simplicial':
      return numeric.state.column[j];
    case 'supernodal':
      return numeric.state.failedPivot;
    case 'ldl':
      return numeric.state.pivots[j];
  }
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
  const { numeric } = factor;
  if (numeric.method === 'ldl') return numeric.state.pivots.reduce((sum, d) => sum + Math.log(Math.abs(d)), 0);
  if (numeric.method === 'supernodal') return logDeterminantSupernodal(numeric.structure, numeric.state);
  const { values } = numeric.state;
  const { colPtr } = numeric.structure;
  let sum = 0;
  for (let j = 0; j < factor.symbolic.n; j++) sum += Math.log(values[colPtr[j]]);
  return 2 * sum;
}

/**
 * L as a matrix of its own: lower triangular, permuted coordinates, exactly the `symbolic.nnz` entries (more after updates
 * that made L grow). Of L D L' the unit lower triangular L; see {@link factorDiagonal} for D.
 */
export function factorToCsc(factor: CholeskyFactor): CscMatrix {
  requireFactorized(factor);
  const { numeric, symbolic } = factor;
  if (numeric.method === 'supernodal') {
    return supernodalToCsc(simplicialStructureOf(symbolic), numeric.structure, numeric.state);
  }
  if (numeric.method === 'ldl') return ldlToCsc(numeric.state);
  const { structure, state } = numeric;
  return {
    nrow: symbolic.n,
    ncol: symbolic.n,
    colPtr: structure.colPtr.slice(),
    rowIdx: structure.rowIdx.slice(),
    values: state.values.slice(),
  };
}

/** D of L D L', in permuted order, a copy; the squared diagonal of L for L L'. */
export function factorDiagonal(factor: CholeskyFactor): Float64Array {
  requireFactorized(factor);
  const { numeric, symbolic } = factor;
  if (numeric.method === 'ldl') return numeric.state.pivots.slice();
  if (numeric.method === 'supernodal') return squaredDiagonalSupernodal(numeric.structure, numeric.state);
  const { colPtr } = numeric.structure;
  return Float64Array.from({ length: symbolic.n }, (_, j) => numeric.state.values[colPtr[j]] ** 2);
}
