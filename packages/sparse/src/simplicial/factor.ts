import type { SymbolicCholesky } from '../analysis.js';
import type { NumericFactor } from '../factor.js';
import { columnStructure, firstEntriesInto } from './column-structure.js';
import { createSimplicialNumeric, factorizeSimplicial } from './numeric.js';
import { selectedInverseSimplicial } from './selected-inverse.js';
import { solveLowerSimplicial, solveLowerTransposeSimplicial, solveReachSimplicial } from './solve.js';

/** L L' by columns, whatever the analysis chose. O(nnz(L)) memory. */
export function simplicialFactor(symbolic: SymbolicCholesky): NumericFactor {
  const { n } = symbolic;
  const structure = columnStructure(symbolic);
  const { colPtr, rowIdx, inputMap } = structure;
  const state = createSimplicialNumeric(symbolic);
  const L = state.values;
  let inverse: Float64Array | undefined;
  return {
    kernels: 'none',
    factorize: (values, beta) => factorizeSimplicial(structure, state, values, beta),
    failedPivot: (j) => state.column[j],
    diagonalInto: (out) => firstEntriesInto(colPtr, L, out),
    solveLower: (x, nrhs) => solveLowerSimplicial(structure, L, x, nrhs),
    solveLowerTranspose: (x, nrhs) => solveLowerTransposeSimplicial(structure, L, x, nrhs),
    solveReach: (rows, b) => solveReachSimplicial(structure, L, rows, b),
    toCsc: () => ({ nrow: n, ncol: n, colPtr: colPtr.slice(), rowIdx: rowIdx.slice(), values: L.slice() }),
    invert(work) {
      const values = (inverse ??= new Float64Array(L.length));
      selectedInverseSimplicial(structure, L, undefined, values, work.fill(0));
      return { values, base: 0, places: inputMap, diagonalInto: (out) => firstEntriesInto(colPtr, values, out) };
    },
  };
}
