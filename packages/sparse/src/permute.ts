import { columnStarts, type CscMatrix, type CscPattern } from './csc.js';
import { SparseError } from './errors.js';
import { transposePattern, type TransposedPattern } from './transpose.js';

/**
 * Inverse of a permutation: `permInv[perm[k]] = k`.
 * @throws SparseError of kind `not-a-permutation`.
 */
export function invertPermutation(perm: Int32Array): Int32Array {
  const n = perm.length;
  const permInv = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    const i = perm[k];
    if (i < 0 || i >= n || permInv[i] !== -1)
      throw new SparseError('not-a-permutation', `perm[${k}] = ${i} is out of range or occurs twice (length ${n})`);
    permInv[i] = k;
  }
  return permInv;
}

/**
 * Lower triangle of P A P' from the lower triangle of A, where row and column `perm[k]` of A become row and column k.
 * `source[p]` is the position in `lower` of position p of the result. O(n + nnz).
 */
export function permuteSymmetricLower(lower: CscPattern, permInv: Int32Array): TransposedPattern {
  const upper = permuteSymmetricUpper(lower, permInv);
  const result = transposePattern(upper);
  const source = new Int32Array(result.source.length);
  for (let p = 0; p < source.length; p++) source[p] = upper.source[result.source[p]];
  return { ...result, source };
}

/** Upper triangle of P A P' from the lower triangle of A; rows inside a column are in no particular order. */
export function permuteSymmetricUpper(lower: CscPattern, permInv: Int32Array): TransposedPattern {
  const { ncol: n, colPtr, rowIdx } = lower;
  const counts = new Int32Array(n);
  for (let j = 0; j < n; j++) {
    const j2 = permInv[j];
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i2 = permInv[rowIdx[p]];
      counts[i2 > j2 ? i2 : j2]++;
    }
  }
  const starts = columnStarts(counts);
  const next = starts.slice(0, n);
  const rows = new Int32Array(starts[n]);
  const source = new Int32Array(starts[n]);
  for (let j = 0; j < n; j++) {
    const j2 = permInv[j];
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i2 = permInv[rowIdx[p]];
      const q = next[i2 > j2 ? i2 : j2]++;
      rows[q] = i2 > j2 ? j2 : i2;
      source[q] = p;
    }
  }
  return { nrow: n, ncol: n, colPtr: starts, rowIdx: rows, source };
}

/** P A P' of a symmetric matrix given and returned by its lower triangle, with the map of nonzeros `source`. */
export function permuteSymmetric(lower: CscMatrix, perm: Int32Array): CscMatrix & { readonly source: Int32Array } {
  const pattern = permuteSymmetricLower(lower, invertPermutation(perm));
  const values = new Float64Array(pattern.source.length);
  for (let p = 0; p < values.length; p++) values[p] = lower.values[pattern.source[p]];
  return { ...pattern, values };
}
