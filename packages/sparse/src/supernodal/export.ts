import type { CscMatrix } from '../csc.js';
import type { SimplicialStructure } from '../simplicial/structure.js';
import type { SupernodalNumeric } from './numeric.js';
import type { SupernodalStructure } from './structure.js';

/** L without the zeros that merged supernodes store, on its pattern by columns. O(nnz(L)). */
export function supernodalToCsc(
  { colPtr, rowIdx }: SimplicialStructure,
  structure: SupernodalStructure,
  numeric: SupernodalNumeric,
): CscMatrix {
  const n = colPtr.length - 1;
  const values = new Float64Array(rowIdx.length);

  const { panels, panelStart, rows, rowPtr, rowCount, valuePtr } = structure;
  const { doubles } = numeric.memory;
  const place = new Int32Array(n);
  for (let t = 0; t < panels; t++) {
    for (let r = 0; r < rowCount[t]; r++) if (rows[rowPtr[t] + r] >= 0) place[rows[rowPtr[t] + r]] = r;
    const w = panelStart[t + 1] - panelStart[t];
    for (let c = 0; c < w; c++) {
      const j = panelStart[t] + c;
      for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
        const r = place[rowIdx[p]];
        values[p] = doubles[numeric.layout.values + valuePtr[t] + (r >> 2) * 4 * w + 4 * c + (r & 3)];
      }
    }
  }
  return { nrow: n, ncol: n, colPtr, rowIdx, values };
}
