import { columnStarts, type CscMatrix, type CscPattern } from './csc.js';

/** Transposed pattern, with `source[p]` = position in the original of position p of the transpose. */
export interface TransposedPattern extends CscPattern {
  readonly source: Int32Array;
}

/** Transpose of a pattern; rows come out ascending even if they were not. O(nrow + ncol + nnz). */
export function transposePattern(pattern: CscPattern): TransposedPattern {
  const { nrow, ncol, colPtr, rowIdx } = pattern;
  const counts = new Int32Array(nrow);
  for (let p = 0; p < colPtr[ncol]; p++) counts[rowIdx[p]]++;
  const starts = columnStarts(counts);
  const next = starts.slice(0, nrow);
  const rows = new Int32Array(starts[nrow]);
  const source = new Int32Array(starts[nrow]);
  for (let j = 0; j < ncol; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const q = next[rowIdx[p]]++;
      rows[q] = j;
      source[q] = p;
    }
  }
  return { nrow: ncol, ncol: nrow, colPtr: starts, rowIdx: rows, source };
}

/** Transpose. O(nrow + ncol + nnz). */
export function transpose(matrix: CscMatrix): CscMatrix {
  const { nrow, ncol, colPtr, rowIdx, source } = transposePattern(matrix);
  const values = new Float64Array(source.length);
  for (let q = 0; q < source.length; q++) values[q] = matrix.values[source[q]];
  return { nrow, ncol, colPtr, rowIdx, values };
}
