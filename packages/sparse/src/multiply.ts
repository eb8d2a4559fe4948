import { columnStarts, type CscMatrix } from './csc.js';
import { SparseError } from './errors.js';
import { transpose } from './transpose.js';

function requireLength(name: string, vector: Float64Array, length: number): void {
  if (vector.length < length)
    throw new SparseError('length-mismatch', `${name} must have at least ${length} entries, got ${vector.length}`);
}

/** y = alpha A x + beta y. `x` has ncol entries, `y` nrow. */
export function multiplyInto(A: CscMatrix, x: Float64Array, y: Float64Array, alpha = 1, beta = 0): void {
  const { nrow, ncol, colPtr, rowIdx, values } = A;
  requireLength('x', x, ncol);
  requireLength('y', y, nrow);
  scaleInPlace(y, nrow, beta);
  for (let j = 0; j < ncol; j++) {
    const xj = alpha * x[j];
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) y[rowIdx[p]] += values[p] * xj;
  }
}

/** y = alpha A' x + beta y. `x` has nrow entries, `y` ncol. */
export function multiplyTransposeInto(A: CscMatrix, x: Float64Array, y: Float64Array, alpha = 1, beta = 0): void {
  const { nrow, ncol, colPtr, rowIdx, values } = A;
  requireLength('x', x, nrow);
  requireLength('y', y, ncol);
  scaleInPlace(y, ncol, beta);
  for (let j = 0; j < ncol; j++) {
    let sum = 0;
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) sum += values[p] * x[rowIdx[p]];
    y[j] += alpha * sum;
  }
}

/** y = alpha A x + beta y for a symmetric A given by its lower triangle. */
export function multiplySymmetricInto(lower: CscMatrix, x: Float64Array, y: Float64Array, alpha = 1, beta = 0): void {
  const { ncol: n, colPtr, rowIdx, values } = lower;
  requireLength('x', x, n);
  requireLength('y', y, n);
  scaleInPlace(y, n, beta);
  for (let j = 0; j < n; j++) {
    const xj = alpha * x[j];
    let sum = 0;
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      y[i] += values[p] * xj;
      if (i !== j) sum += values[p] * x[i];
    }
    y[j] += alpha * sum;
  }
}

function scaleInPlace(y: Float64Array, n: number, beta: number): void {
  if (beta === 0) y.fill(0, 0, n);
  else if (beta !== 1) for (let i = 0; i < n; i++) y[i] *= beta;
}

/**
 * A B, rows ascending; entries that cancel exactly stay stored. O(nnz of result + multiplications) (Gustavson 1978).
 * @throws SparseError when the inner dimensions differ.
 */
export function multiply(A: CscMatrix, B: CscMatrix): CscMatrix {
  if (A.ncol !== B.nrow)
    throw new SparseError('dimension', `cannot multiply ${A.nrow} x ${A.ncol} by ${B.nrow} x ${B.ncol}`);
  return productWithRowFloor(A, B, false);
}

/** Lower triangle of A A'. */
export function crossProductLower(A: CscMatrix): CscMatrix {
  return productWithRowFloor(A, transpose(A), true);
}

/** A B, or only its entries on and below the diagonal. */
function productWithRowFloor(A: CscMatrix, B: CscMatrix, lowerOnly: boolean): CscMatrix {
  const nrow = A.nrow;
  const ncol = B.ncol;
  const counts = new Int32Array(ncol);
  const mark = new Int32Array(nrow).fill(-1);
  for (let j = 0; j < ncol; j++) {
    for (let q = B.colPtr[j]; q < B.colPtr[j + 1]; q++) {
      const k = B.rowIdx[q];
      for (let p = A.colPtr[k]; p < A.colPtr[k + 1]; p++) {
        const i = A.rowIdx[p];
        if (mark[i] !== j && !(lowerOnly && i < j)) {
          mark[i] = j;
          counts[j]++;
        }
      }
    }
  }
  const colPtr = columnStarts(counts);
  const rowIdx = new Int32Array(colPtr[ncol]);
  const values = new Float64Array(colPtr[ncol]);
  const sum = new Float64Array(nrow);
  mark.fill(-1);
  for (let j = 0; j < ncol; j++) {
    let end = colPtr[j];
    for (let q = B.colPtr[j]; q < B.colPtr[j + 1]; q++) {
      const k = B.rowIdx[q];
      const b = B.values[q];
      for (let p = A.colPtr[k]; p < A.colPtr[k + 1]; p++) {
        const i = A.rowIdx[p];
        if (lowerOnly && i < j) continue;
        if (mark[i] !== j) {
          mark[i] = j;
          sum[i] = 0;
          rowIdx[end++] = i;
        }
        sum[i] += A.values[p] * b;
      }
    }
    rowIdx.subarray(colPtr[j], end).sort();
    for (let p = colPtr[j]; p < end; p++) values[p] = sum[rowIdx[p]];
  }
  return { nrow, ncol, colPtr, rowIdx, values };
}
