import { columnStarts, type CscPattern } from '../csc.js';
import type { TransposedPattern } from '../transpose.js';

/** The pattern of L by columns and the place of every entry of A in it. */
export interface SimplicialStructure {
  /** Column starts of L, length n + 1; the diagonal entry comes first. */
  readonly colPtr: Int32Array;
  /** Rows of L, ascending per column. */
  readonly rowIdx: Int32Array;
  /** `inputMap[k]` = position in L of entry k of the lower triangle of A (original order). */
  readonly inputMap: Int32Array;
}

/**
 * Pattern of L: row i of L is the part of the elimination tree reached by climbing from the columns of row i of A up to i.
 * Sweeping the rows in order appends ascending rows to every column. O(nnz(L)).
 * Source: Liu (1990), section 3 (row subtrees).
 */
export function simplicialStructure(
  permuted: TransposedPattern,
  upper: CscPattern,
  parent: Int32Array,
  colCounts: Int32Array,
): SimplicialStructure {
  const n = parent.length;
  const colPtr = columnStarts(colCounts);
  const rowIdx = new Int32Array(colPtr[n]);
  const fill = colPtr.slice(0, n);
  const mark = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    mark[i] = i;
    rowIdx[fill[i]++] = i;
    for (let p = upper.colPtr[i]; p < upper.colPtr[i + 1]; p++) {
      for (let k = upper.rowIdx[p]; mark[k] !== i; k = parent[k]) {
        mark[k] = i;
        rowIdx[fill[k]++] = i;
      }
    }
  }

  const inputMap = new Int32Array(permuted.source.length);
  const place = new Int32Array(n);
  for (let j = 0; j < n; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) place[rowIdx[p]] = p;
    for (let p = permuted.colPtr[j]; p < permuted.colPtr[j + 1]; p++) {
      inputMap[permuted.source[p]] = place[permuted.rowIdx[p]];
    }
  }
  return { colPtr, rowIdx, inputMap };
}
