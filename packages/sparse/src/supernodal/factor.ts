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
  const { panels, panelStart, valuePtr, inputMap } = structure;
  const state = createSupernodalNumeric(structure, symbolic.n, kernels);
  const { memory, layout } = state;

  /** The diagonal of the panels that begin at `base` in the memory. */
  function diagonalFrom(base: number, out: Float64Array): void {
    const { doubles } = memory;
    for (let t = 0; t < panels; t++) {
      const first = panelStart[t];
      const w = panelStart[t + 1] - first;
      const at = base + valuePtr[t];
      for (let c = 0; c < w; c++) out[first + c] = doubles[at + (c >> 2) * 4 * w + 4 * c + (c & 3)];
    }
  }

  return {
    kernels: memory.kind,
    supernodal: state,
    factorize: (values, beta) => factorizeSupernodal(structure, state, values, beta),
    failedPivot: () => state.failedPivot,
    diagonalInto: (out) => diagonalFrom(layout.values, out),
    solveLower: (x, nrhs) => solveLowerSupernodal(structure, state, x, nrhs),
    solveLowerTranspose: (x, nrhs) => solveLowerTransposeSupernodal(structure, state, x, nrhs),
    solveReach: (rows, b) => solveReachSupernodal(structure, state, rows, b),
    toCsc: () => supernodalToCsc(columnStructure(symbolic), structure, state),
    invert() {
      selectedInverseSupernodal(structure, state);
      const { z } = layout;
      return { values: memory.doubles, base: z, places: inputMap, diagonalInto: (out) => diagonalFrom(z, out) };
    },
  };
}
