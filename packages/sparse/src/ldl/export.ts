import { columnStarts, type CscMatrix } from '../csc.js';
import type { LdlNumeric } from './storage.js';

/** Unit lower triangular L, its diagonal included. O(nnz(L)). */
export function ldlToCsc({ start, length, rowIdx, values }: LdlNumeric): CscMatrix {
  const n = start.length;
  const colPtr = columnStarts(length.map((count) => count + 1));
  const rows = new Int32Array(colPtr[n]);
  const out = new Float64Array(colPtr[n]);
  for (let j = 0; j < n; j++) {
    rows[colPtr[j]] = j;
    out[colPtr[j]] = 1;
    rows.set(rowIdx.subarray(start[j], start[j] + length[j]), colPtr[j] + 1);
    out.set(values.subarray(start[j], start[j] + length[j]), colPtr[j] + 1);
  }
  return { nrow: n, ncol: n, colPtr, rowIdx: rows, values: out };
}
