import type { SymbolicCholesky } from '../analysis.js';
import type { NumericFactor } from '../factor.js';
import { columnStructure } from '../simplicial/column-structure.js';
import { supernodalToCsc } from './export.js';
import type { KernelChoice } from './memory.js';
import { createSupernodalNumeric, factorizeSupernodal } from './numeric.js';
import { selectedInverseSupernodal } from './selected-inverse.js';
import { solveLowerSupernodal, solveLowerTransposeSupernodal, solveReachSupernodal } from './solve.js';
import type { SupernodalStructure } from './structure.js';

/** L L' by panels, with dense kernels. */
export function supernodalFactor(
  symbolic: SymbolicCholesky,
  structure: SupernodalStructure,
  kernels: KernelChoice,
): NumericFactor {
  const { panelStart, panelOf, valuePtr, inputMap } = structure;
  const state = createSupernodalNumeric(structure, symbolic.n, kernels);
  const { memory, layout } = state;

  /** Entry (j, j) of the panels that begin at `base` in the memory. */
  function diagonalAt(base: number, j: number): number {
    const t = panelOf[j];
    const c = j - panelStart[t];
    const w = panelStart[t + 1] - panelStart[t];
    return memory.doubles[base + valuePtr[t] + (c >> 2) * 4 * w + 4 * c + (c & 3)];
  }

  return {
    kernels: memory.kind,
    factorize: (values, beta) => factorizeSupernodal(structure, state, values, beta),
    failedPivot: () => state.failedPivot,
    diagonal: (j) => diagonalAt(layout.values, j),
    solveLower: (x, nrhs) => solveLowerSupernodal(structure, state, x, nrhs),
    solveLowerTranspose: (x, nrhs) => solveLowerTransposeSupernodal(structure, state, x, nrhs),
    solveReach: (rows, b) => solveReachSupernodal(structure, state, rows, b),
    toCsc: () => supernodalToCsc(columnStructure(symbolic), structure, state),
    invert() {
      selectedInverseSupernodal(structure, state);
      return { values: memory.doubles, base: layout.z, places: inputMap, diagonal: (j) => diagonalAt(layout.z, j) };
    },
  };
}
