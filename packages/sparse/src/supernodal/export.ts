import type { SymbolicCholesky } from '../analyze.js';
import type { CscMatrix } from '../csc.js';
import { transposePattern } from '../transpose.js';
import { permuteSymmetricLower } from '../permute.js';
import { simplicialStructure } from '../simplicial/structure.js';
import type { SupernodalNumeric } from './numeric.js';
import type { SupernodalStructure } from './structure.js';

/** L without the zeros that merged supernodes store: its pattern is built again from that of A. O(nnz(L)). */
export function supernodalToCsc(
  symbolic: SymbolicCholesky,
  structure: SupernodalStructure,
  numeric: SupernodalNumeric,
): CscMatrix {
  const { n, lower, permInv, parent, colCounts } = symbolic;
  const permuted = permuteSymmetricLower(lower, permInv);
  const { colPtr, rowIdx } = simplicialStructure(permuted, transposePattern(permuted), parent, colCounts);
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
