import { SparseError } from './errors.js';

/**
 * Which entries of an nrow x ncol matrix are stored, by columns (compressed sparse columns).
 *
 * Invariants (see {@link checkPattern}): `colPtr[0] = 0`, `colPtr` never decreases, `rowIdx` has `colPtr[ncol]` entries,
 * and inside a column the rows are ascending, without duplicates, in `0 .. nrow - 1`.
 * A stored entry may have the value zero.
 */
export interface CscPattern {
  readonly nrow: number;
  readonly ncol: number;
  /** Column starts, length ncol + 1: column j owns positions `colPtr[j] .. colPtr[j + 1] - 1`. */
  readonly colPtr: Int32Array;
  /** Row of each position, length nnz. */
  readonly rowIdx: Int32Array;
}

/** A sparse matrix: a pattern and one value for each of its positions. */
export interface CscMatrix extends CscPattern {
  /** Value of each position, length nnz. */
  readonly values: Float64Array;
}

/** Number of stored entries. */
export const countEntries = (pattern: CscPattern): number => pattern.colPtr[pattern.ncol];

/**
 * Verifies the invariants of a pattern. O(ncol + nnz).
 * @throws SparseError with one `kind` for each invariant, naming column and position.
 */
export function checkPattern(pattern: CscPattern): void {
  const { nrow, ncol, colPtr, rowIdx } = pattern;
  for (const [name, size] of [
    ['nrow', nrow],
    ['ncol', ncol],
  ] as const) {
    if (!Number.isInteger(size) || size < 0 || size > 0x7fffffff)
      throw new SparseError('dimension', `${name} must be an integer in 0 .. 2^31 - 1, got ${size}`);
  }
  if (colPtr.length !== ncol + 1)
    throw new SparseError('col-ptr-length', `colPtr must have ncol + 1 = ${ncol + 1} entries, got ${colPtr.length}`);
  if (colPtr[0] !== 0) throw new SparseError('col-ptr-start', `colPtr[0] must be 0, got ${colPtr[0]}`);
  for (let j = 0; j < ncol; j++) {
    if (colPtr[j + 1] < colPtr[j])
      throw new SparseError(
        'col-ptr-decreasing',
        `colPtr must not decrease: colPtr[${j}] = ${colPtr[j]}, colPtr[${j + 1}] = ${colPtr[j + 1]}`,
      );
  }
  if (rowIdx.length !== colPtr[ncol])
    throw new SparseError(
      'row-idx-length',
      `rowIdx must have colPtr[ncol] = ${colPtr[ncol]} entries, got ${rowIdx.length}`,
    );
  for (let j = 0; j < ncol; j++) {
    let previous = -1;
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      if (i < 0 || i >= nrow)
        throw new SparseError('row-out-of-range', `row ${i} of column ${j} is outside 0 .. ${nrow - 1}`);
      if (i === previous) throw new SparseError('duplicate-row', `row ${i} is stored twice in column ${j}`);
      if (i < previous)
        throw new SparseError('rows-not-ascending', `rows of column ${j} must ascend: ${i} comes after ${previous}`);
      previous = i;
    }
  }
}

/**
 * Verifies the invariants of a matrix: those of its pattern, one value per position, every value finite.
 * @throws SparseError with one `kind` for each invariant.
 */
export function checkMatrix(matrix: CscMatrix): void {
  checkPattern(matrix);
  const { ncol, colPtr, rowIdx, values } = matrix;
  if (values.length !== rowIdx.length)
    throw new SparseError('values-length', `values must have ${rowIdx.length} entries, got ${values.length}`);
  for (let j = 0; j < ncol; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      if (!Number.isFinite(values[p]))
        throw new SparseError('not-finite', `the value at row ${rowIdx[p]}, column ${j} is ${values[p]}`);
    }
  }
}

/**
 * Verifies that a pattern is the lower triangle of a symmetric matrix: square, no entry above the diagonal.
 * @throws SparseError as {@link checkPattern}, or of kind `not-square` or `not-lower`.
 */
export function checkLower(lower: CscPattern): void {
  checkPattern(lower);
  const { nrow, ncol, colPtr, rowIdx } = lower;
  if (nrow !== ncol) throw new SparseError('not-square', `a symmetric matrix is square, this one is ${nrow} x ${ncol}`);
  for (let j = 0; j < ncol; j++) {
    const p = colPtr[j];
    if (p < colPtr[j + 1] && rowIdx[p] < j)
      throw new SparseError(
        'not-lower',
        `a symmetric matrix is given by its lower triangle, but row ${rowIdx[p]} of column ${j} is above the diagonal`,
      );
  }
}

/** @throws SparseError of kind `row-out-of-range` unless i is an integer in 0 .. size - 1. */
export function requireIndex(name: string, i: number, size: number): void {
  if (!(Number.isInteger(i) && i >= 0 && i < size))
    throw new SparseError('row-out-of-range', `${name} ${i} is outside 0 .. ${size - 1}`);
}

/** Position of entry (i, j), or -1 if it is not stored. O(log of the column). */
export function findEntry(pattern: Pick<CscPattern, 'colPtr' | 'rowIdx'>, i: number, j: number): number {
  const { colPtr, rowIdx } = pattern;
  let low = colPtr[j];
  let high = colPtr[j + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rowIdx[middle] < i) low = middle + 1;
    else high = middle;
  }
  return low < colPtr[j + 1] && rowIdx[low] === i ? low : -1;
}

/** Column starts from the number of entries of each column. */
export function columnStarts(counts: Int32Array): Int32Array {
  const n = counts.length;
  const starts = new Int32Array(n + 1);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    sum += counts[j];
    if (sum > 0x7fffffff) throw new SparseError('too-large', 'more than 2^31 - 1 entries in one matrix');
    starts[j + 1] = sum;
  }
  return starts;
}
