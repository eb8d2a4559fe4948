import { columnStarts, type CscMatrix, requireIndex } from './csc.js';
import { SparseError } from './errors.js';
import { transpose } from './transpose.js';

/** alpha A + beta B; the pattern is the union of both. O(nnz of both). */
export function add(A: CscMatrix, B: CscMatrix, alpha = 1, beta = 1): CscMatrix {
  if (A.nrow !== B.nrow || A.ncol !== B.ncol)
    throw new SparseError('dimension', `cannot add ${A.nrow} x ${A.ncol} and ${B.nrow} x ${B.ncol}`);
  const { nrow, ncol } = A;
  const colPtr = new Int32Array(ncol + 1);
  const rowIdx = new Int32Array(A.rowIdx.length + B.rowIdx.length);
  const values = new Float64Array(rowIdx.length);
  let end = 0;
  for (let j = 0; j < ncol; j++) {
    let p = A.colPtr[j];
    let q = B.colPtr[j];
    while (p < A.colPtr[j + 1] || q < B.colPtr[j + 1]) {
      const i = p < A.colPtr[j + 1] ? A.rowIdx[p] : nrow;
      const k = q < B.colPtr[j + 1] ? B.rowIdx[q] : nrow;
      rowIdx[end] = Math.min(i, k);
      values[end++] = (i <= k ? alpha * A.values[p++] : 0) + (k <= i ? beta * B.values[q++] : 0);
    }
    colPtr[j + 1] = end;
  }
  return { nrow, ncol, colPtr, rowIdx: rowIdx.slice(0, end), values: values.slice(0, end) };
}

/** n x n identity. */
export function identity(n: number): CscMatrix {
  const index = Int32Array.from({ length: n + 1 }, (_, i) => i);
  return { nrow: n, ncol: n, colPtr: index, rowIdx: index.slice(0, n), values: new Float64Array(n).fill(1) };
}

/**
 * Rows `rows` and columns `cols` of A, in the order given (a row or column may come again). O(nnz of the columns + result).
 * @throws SparseError of kind `row-out-of-range`
 */
export function submatrix(A: CscMatrix, rows: ArrayLike<number>, cols: ArrayLike<number>): CscMatrix {
  // Where row i of A goes: a list through `next`, since it may be wanted several times.
  const head = new Int32Array(A.nrow).fill(-1);
  const next = new Int32Array(rows.length);
  for (let r = rows.length - 1; r >= 0; r--) {
    requireIndex('row', rows[r], A.nrow);
    next[r] = head[rows[r]];
    head[rows[r]] = r;
  }
  const entries: [number, number][] = [];
  const counts = new Int32Array(cols.length);
  for (let c = 0; c < cols.length; c++) {
    const j = cols[c];
    requireIndex('column', j, A.ncol);
    const column: [number, number][] = [];
    for (let p = A.colPtr[j]; p < A.colPtr[j + 1]; p++) {
      for (let r = head[A.rowIdx[p]]; r !== -1; r = next[r]) column.push([r, A.values[p]]);
    }
    column.sort((a, b) => a[0] - b[0]);
    for (const entry of column) entries.push(entry);
    counts[c] = column.length;
  }
  return {
    nrow: rows.length,
    ncol: cols.length,
    colPtr: columnStarts(counts),
    rowIdx: Int32Array.from(entries, (e) => e[0]),
    values: Float64Array.from(entries, (e) => e[1]),
  };
}

/** P A Q': row `rowPerm[k]` of A becomes row k, column `colPerm[k]` column k. */
export const permute = (A: CscMatrix, rowPerm: Int32Array, colPerm: Int32Array): CscMatrix =>
  submatrix(A, rowPerm, colPerm);

/** Lower triangle (diagonal included) of a matrix; of a symmetric one, the half that the factorisation takes. */
export function lowerTriangle(A: CscMatrix): CscMatrix {
  return filterEntries(A, (i, j) => i >= j);
}

/** Both triangles of a symmetric matrix given by its lower one. */
export function expandSymmetric(lower: CscMatrix): CscMatrix {
  return add(lower, transpose(filterEntries(lower, (i, j) => i > j)));
}

/** The entries for which `keep(row, column, value)` holds, for instance to drop stored zeros. */
export function filterEntries(A: CscMatrix, keep: (i: number, j: number, value: number) => boolean): CscMatrix {
  const { nrow, ncol } = A;
  const colPtr = new Int32Array(ncol + 1);
  const rowIdx = new Int32Array(A.rowIdx.length);
  const values = new Float64Array(A.rowIdx.length);
  let end = 0;
  for (let j = 0; j < ncol; j++) {
    for (let p = A.colPtr[j]; p < A.colPtr[j + 1]; p++) {
      if (!keep(A.rowIdx[p], j, A.values[p])) continue;
      rowIdx[end] = A.rowIdx[p];
      values[end++] = A.values[p];
    }
    colPtr[j + 1] = end;
  }
  return { nrow, ncol, colPtr, rowIdx: rowIdx.slice(0, end), values: values.slice(0, end) };
}

/** Every stored entry as [row, column, value], column by column. */
export function* entries({ ncol, colPtr, rowIdx, values }: CscMatrix): Generator<[number, number, number]> {
  for (let j = 0; j < ncol; j++) for (let p = colPtr[j]; p < colPtr[j + 1]; p++) yield [rowIdx[p], j, values[p]];
}

/** Rows and values of column j, as views. */
export function column(A: CscMatrix, j: number): { rows: Int32Array; values: Float64Array } {
  requireIndex('column', j, A.ncol);
  const [from, to] = [A.colPtr[j], A.colPtr[j + 1]];
  return { rows: A.rowIdx.subarray(from, to), values: A.values.subarray(from, to) };
}

/** The same matrix by rows: row i has columns `colIdx[rowPtr[i] .. rowPtr[i + 1] - 1]`, ascending. */
export interface CsrMatrix {
  readonly nrow: number;
  readonly ncol: number;
  /** Row starts, length nrow + 1. */
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  readonly values: Float64Array;
}

/** By rows. O(nrow + ncol + nnz). */
export function toCsr(A: CscMatrix): CsrMatrix {
  const { colPtr, rowIdx, values } = transpose(A);
  return { nrow: A.nrow, ncol: A.ncol, rowPtr: colPtr, colIdx: rowIdx, values };
}

/** By columns. O(nrow + ncol + nnz). */
export function fromCsr({ nrow, ncol, rowPtr, colIdx, values }: CsrMatrix): CscMatrix {
  return transpose({ nrow: ncol, ncol: nrow, colPtr: rowPtr, rowIdx: colIdx, values });
}

/** Dense, column-major, nrow * ncol entries. */
export function toDense(A: CscMatrix): Float64Array {
  const dense = new Float64Array(A.nrow * A.ncol);
  for (const [i, j, v] of entries(A)) dense[i + A.nrow * j] = v;
  return dense;
}

/** The entries of a dense column-major matrix that are not zero. @throws SparseError of kind `not-finite` */
export function fromDense(dense: ArrayLike<number>, nrow: number, ncol: number): CscMatrix {
  if (dense.length !== nrow * ncol)
    throw new SparseError('length-mismatch', `${nrow} x ${ncol} needs ${nrow * ncol} entries, got ${dense.length}`);
  return fromAccessor(nrow, ncol, (i, j) => dense[i + nrow * j]);
}

/** What is needed of ml-matrix's `Matrix` (or of any dense matrix of that shape). */
export interface DenseMatrixLike {
  readonly rows: number;
  readonly columns: number;
  /** Entry (row, column), both from 0. */
  get(row: number, column: number): number;
}

/** The entries of an ml-matrix `Matrix` that are not zero. @throws SparseError of kind `not-finite` */
export const fromMatrix = (matrix: DenseMatrixLike): CscMatrix =>
  fromAccessor(matrix.rows, matrix.columns, (i, j) => matrix.get(i, j));

/** Rows of numbers, as `new Matrix(...)` of ml-matrix takes them. */
export function toRows(A: CscMatrix): number[][] {
  const rows = Array.from({ length: A.nrow }, () => new Array<number>(A.ncol).fill(0));
  for (const [i, j, v] of entries(A)) rows[i][j] = v;
  return rows;
}

function fromAccessor(nrow: number, ncol: number, get: (i: number, j: number) => number): CscMatrix {
  const colPtr = new Int32Array(ncol + 1);
  const rows: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < ncol; j++) {
    for (let i = 0; i < nrow; i++) {
      const v = get(i, j);
      if (v === 0) continue;
      if (!Number.isFinite(v)) throw new SparseError('not-finite', `the value at row ${i}, column ${j} is ${v}`);
      rows.push(i);
      values.push(v);
    }
    colPtr[j + 1] = rows.length;
  }
  return { nrow, ncol, colPtr, rowIdx: Int32Array.from(rows), values: Float64Array.from(values) };
}
