import type { SymbolicCholesky } from '../analysis.js';
import { findEntry } from '../csc.js';
import type { NumericFactor } from '../factor.js';
import { columnStructure, firstEntriesInto } from '../simplicial/column-structure.js';
import { selectedInverseSimplicial } from '../simplicial/selected-inverse.js';
import { ldlToCsc } from './export.js';
import { factorizeLdl } from './factorize.js';
import { solveLowerLdl, solveLowerTransposeLdl } from './solve.js';
import { createLdlNumeric } from './storage.js';

/** L D L' by columns that can grow, whatever the analysis chose. O(nnz(L)) memory. */
export function ldlFactor(symbolic: SymbolicCholesky): NumericFactor {
  const structure = columnStructure(symbolic);
  const ldl = createLdlNumeric(structure);
  const { pivots } = ldl;
  return {
    kernels: 'none',
    ldl,
    factorize: (values, beta) => factorizeLdl(structure, ldl, values, beta),
    failedPivot: (j) => pivots[j],
    diagonalInto: (out) => out.set(pivots),
    solveLower: (x, nrhs) => solveLowerLdl(ldl, x, nrhs),
    solveLowerTranspose: (x, nrhs) => solveLowerTransposeLdl(ldl, x, nrhs),
    toCsc: () => ldlToCsc(ldl),
    // Updates change the pattern: nothing of this can be kept for the next time.
    invert(work) {
      const L = ldlToCsc(ldl);
      const values = new Float64Array(L.values.length);
      selectedInverseSimplicial(L, L.values, pivots, values, work.fill(0));
      const { lower, permInv } = symbolic;
      const places = new Int32Array(lower.rowIdx.length);
      for (let j = 0; j < lower.ncol; j++) {
        for (let p = lower.colPtr[j]; p < lower.colPtr[j + 1]; p++) {
          const i2 = permInv[lower.rowIdx[p]];
          const j2 = permInv[j];
          places[p] = findEntry(L, Math.max(i2, j2), Math.min(i2, j2));
        }
      }
      return { values, base: 0, places, diagonalInto: (out) => firstEntriesInto(L.colPtr, values, out) };
    },
  };
}
