import { columnStarts, type CscMatrix } from './csc.js';
import { SparseError } from './errors.js';

/** Entries in any order; entries at the same place are summed. The three arrays have the same length. */
export interface Triplets {
  readonly nrow: number;
  readonly ncol: number;
  readonly rows: ArrayLike<number>;
  readonly cols: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * CSC matrix from triplets; duplicates are summed in the order given. O(nrow + ncol + entries).
 * @throws SparseError for lengths that differ, an index out of range, or a value that is not finite.
 */
export function tripletsToCsc(triplets: Triplets): CscMatrix {
  const { nrow, ncol, rows, cols, values } = triplets;
  const count = rows.length;
  if (cols.length !== count || values.length !== count)
    throw new SparseError(
      'length-mismatch',
      `rows, cols and values must have the same length, got ${count}, ${cols.length} and ${values.length}`,
    );
  const rowCounts = new Int32Array(nrow);
  for (let k = 0; k < count; k++) {
    const i = rows[k];
    const j = cols[k];
    if (!(Number.isInteger(i) && i >= 0 && i < nrow && Number.isInteger(j) && j >= 0 && j < ncol))
      throw new SparseError('row-out-of-range', `triplet ${k} is at (${i}, ${j}), outside ${nrow} x ${ncol}`);
    if (!Number.isFinite(values[k]))
      throw new SparseError('not-finite', `triplet ${k} at (${i}, ${j}) has the value ${values[k]}`);
    rowCounts[i]++;
  }
  // Bucket by row; sweeping the buckets in order then appends ascending rows to every column.
  const rowStart = columnStarts(rowCounts);
  const fill = rowStart.slice(0, nrow);
  const byRow = new Int32Array(count);
  for (let k = 0; k < count; k++) byRow[fill[rows[k]]++] = k;

  const lastRow = new Int32Array(ncol).fill(-1);
  const colCounts = new Int32Array(ncol);
  for (let i = 0; i < nrow; i++) {
    for (let t = rowStart[i]; t < rowStart[i + 1]; t++) {
      const j = cols[byRow[t]];
      if (lastRow[j] !== i) {
        lastRow[j] = i;
        colCounts[j]++;
      }
    }
  }
  const colPtr = columnStarts(colCounts);
  const rowIdx = new Int32Array(colPtr[ncol]);
  const out = new Float64Array(colPtr[ncol]);
  const next = colPtr.slice(0, ncol);
  lastRow.fill(-1);
  for (let i = 0; i < nrow; i++) {
    for (let t = rowStart[i]; t < rowStart[i + 1]; t++) {
      const k = byRow[t];
      const j = cols[k];
      if (lastRow[j] === i) {
        out[next[j] - 1] += values[k];
      } else {
        lastRow[j] = i;
        rowIdx[next[j]] = i;
        out[next[j]++] = values[k];
      }
    }
  }
  return { nrow, ncol, colPtr, rowIdx, values: out };
}
