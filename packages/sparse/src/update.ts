import { type CscMatrix, requireIndex } from './csc.js';
import { SparseError } from './errors.js';
import { type CholeskyFactor, requireFactorized, setOutcome } from './factor.js';
import type { LdlNumeric } from './ldl/storage.js';
import { addRowLdl, removeRowLdl, updateLdl } from './ldl/update.js';

/** A sparse vector: `values[t]` at row `rows[t]`, in any order, no row twice. */
export interface SparseVector {
  readonly rows: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

function requireLdl(factor: CholeskyFactor): LdlNumeric {
  requireFactorized(factor);
  const { ldl } = factor.numeric;
  if (!ldl)
    throw new SparseError(
      'bad-option',
      "only an L D L' factor can be updated: createFactor(symbolic, { form: 'LDL' })",
    );
  return ldl;
}

/** Scatters a vector into `column` in permuted coordinates; returns its permuted rows, ascending. */
function scatter(factor: CholeskyFactor, numeric: LdlNumeric, { rows, values }: SparseVector): Int32Array {
  const { n, permInv } = factor.symbolic;
  if (rows.length !== values.length)
    throw new SparseError('length-mismatch', `${rows.length} rows for ${values.length} values`);
  const list = new Int32Array(rows.length);
  for (let t = 0; t < rows.length; t++) {
    const i = rows[t];
    requireIndex('row', i, n);
    if (!Number.isFinite(values[t])) throw new SparseError('not-finite', `the value at row ${i} is ${values[t]}`);
    list[t] = permInv[i];
  }
  list.sort();
  for (let t = 1; t < list.length; t++) {
    if (list[t] === list[t - 1])
      throw new SparseError('duplicate-row', `row ${factor.symbolic.perm[list[t]]} is given twice`);
  }
  for (let t = 0; t < rows.length; t++) numeric.column[permInv[rows[t]]] = values[t];
  return list;
}

/**
 * Rank-k update: makes an L D L' factor that of A + sign W W', one column of W after the other. L grows as needed. Each
 * column costs the entries of L on one path of the elimination tree.
 *
 * @param sign +1 to update, -1 to downdate
 * @returns -1, or the column of A whose pivot would vanish or change its sign: the result would not be definite any more,
 *   and the factor cannot be used until the next `factorize`
 * @throws SparseError of kind `bad-option` for an L L' factor, or for a W that is none
 */
export function updateInPlace(factor: CholeskyFactor, W: SparseVector | CscMatrix, sign: 1 | -1 = 1): number {
  const numeric = requireLdl(factor);
  if (!('colPtr' in W)) {
    const rows = scatter(factor, numeric, W);
    return setOutcome(factor, updateLdl(numeric, rows, rows.length, sign));
  }
  if (W.nrow !== factor.symbolic.n)
    throw new SparseError('dimension', `W has ${W.nrow} rows, the factor ${factor.symbolic.n}`);
  for (let j = 0; j < W.ncol; j++) {
    const [from, to] = [W.colPtr[j], W.colPtr[j + 1]];
    const column = { rows: W.rowIdx.subarray(from, to), values: W.values.subarray(from, to) };
    const failed = updateInPlace(factor, column, sign);
    if (failed !== -1) return failed;
  }
  return -1;
}

/**
 * Removes row and column k from an L D L' factor: they become those of the identity, so that the rest solves as if they
 * were not there.
 * @returns as {@link updateInPlace}
 */
export function removeRowInPlace(factor: CholeskyFactor, k: number): number {
  const numeric = requireLdl(factor);
  requireIndex('row', k, factor.symbolic.n);
  return setOutcome(factor, removeRowLdl(numeric, factor.symbolic.permInv[k]));
}

/**
 * Gives row and column k of an L D L' factor, which must be those of the identity (see {@link removeRowInPlace}), new values,
 * the diagonal's among them.
 * @returns as {@link updateInPlace}
 */
export function addRowInPlace(factor: CholeskyFactor, k: number, row: SparseVector): number {
  const numeric = requireLdl(factor);
  requireIndex('row', k, factor.symbolic.n);
  const rows = scatter(factor, numeric, row);
  return setOutcome(factor, addRowLdl(numeric, factor.symbolic.permInv[k], rows));
}
