import type { SupernodalNumeric } from './numeric.js';
import type { SupernodalStructure } from './structure.js';

/** Solves L y = x in place; x is n x nrhs, column-major, permuted coordinates. */
export function solveLowerSupernodal(
  structure: SupernodalStructure,
  numeric: SupernodalNumeric,
  x: Float64Array,
  nrhs: number,
): void {
  overBlocks(numeric, x, nrhs, structure.panelOf.length, (wide) => forward(structure, numeric, wide));
}

/** Solves L' y = x in place; x is n x nrhs, column-major, permuted coordinates. */
export function solveLowerTransposeSupernodal(
  structure: SupernodalStructure,
  numeric: SupernodalNumeric,
  x: Float64Array,
  nrhs: number,
): void {
  overBlocks(numeric, x, nrhs, structure.panelOf.length, (wide) => backward(structure, numeric, wide));
}

/** L x = b for a b that is zero outside of `rows`, which are ascending and hold all that b reaches; in place at these rows. */
export function solveReachSupernodal(
  structure: SupernodalStructure,
  numeric: SupernodalNumeric,
  rows: Int32Array,
  x: Float64Array,
): void {
  const { doubles } = numeric.memory;
  const { panelOf } = structure;
  const at = numeric.layout.x;
  // A panel holds its merged columns' structures, so that rows outside the reach are written too: as zeros.
  doubles.fill(0, at, at + panelOf.length);
  for (const j of rows) doubles[at + j] = x[j];
  let last = -1;
  for (const j of rows) {
    if (panelOf[j] !== last) forwardPanel(structure, numeric, (last = panelOf[j]), false);
  }
  for (const j of rows) x[j] = doubles[at + j];
}

/** Carries the right-hand sides through the kernels' memory, four at a time (interleaved by rows) or one. */
function overBlocks(
  { memory: { doubles }, layout }: SupernodalNumeric,
  x: Float64Array,
  nrhs: number,
  n: number,
  sweep: (wide: boolean) => void,
): void {
  const at = layout.x;
  for (let r = 0; r < nrhs;) {
    const count = Math.min(4, nrhs - r);
    if (count === 1) {
      doubles.set(x.subarray(r * n, r * n + n), at);
      sweep(false);
      x.set(doubles.subarray(at, at + n), r * n);
    } else {
      for (let s = 0; s < 4; s++) {
        const o = (r + s) * n;
        for (let i = 0; i < n; i++) doubles[at + 4 * i + s] = s < count ? x[o + i] : 0;
      }
      sweep(true);
      for (let s = 0; s < count; s++) {
        const o = (r + s) * n;
        for (let i = 0; i < n; i++) x[o + i] = doubles[at + 4 * i + s];
      }
    }
    r += count;
  }
}

function forward(structure: SupernodalStructure, numeric: SupernodalNumeric, wide: boolean): void {
  for (let t = 0; t < structure.panels; t++) forwardPanel(structure, numeric, t, wide);
}

/** Panel t's part of L y = x, on the vector (or four) in the x region of the memory. */
function forwardPanel(
  { panelStart, rowPtr, rowCount, valuePtr }: SupernodalStructure,
  { memory: { kernels }, layout }: SupernodalNumeric,
  t: number,
  wide: boolean,
): void {
  const first = panelStart[t];
  const w = panelStart[t + 1] - first;
  const panel = layout.values + valuePtr[t];
  if (wide) kernels.forward4(panel, w, rowCount[t], layout.rows + rowPtr[t], layout.x, first, layout.scratch);
  else kernels.forward1(panel, w, rowCount[t], layout.rows + rowPtr[t], layout.x, first);
}

function backward(structure: SupernodalStructure, { memory, layout }: SupernodalNumeric, wide: boolean): void {
  const { panels, panelStart, rowPtr, rowCount, valuePtr } = structure;
  const { kernels } = memory;
  for (let t = panels - 1; t >= 0; t--) {
    const first = panelStart[t];
    const w = panelStart[t + 1] - first;
    const panel = layout.values + valuePtr[t];
    if (wide) kernels.backward4(panel, w, rowCount[t], layout.rows + rowPtr[t], layout.x, first);
    else kernels.backward1(panel, w, rowCount[t], layout.rows + rowPtr[t], layout.x, first, layout.scratch);
  }
}
