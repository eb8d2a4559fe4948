import type { LdlNumeric } from './storage.js';

/** L x = b in place for n x nrhs, column-major. */
export function solveLowerLdl({ start, length, rowIdx, values }: LdlNumeric, x: Float64Array, nrhs: number): void {
  const n = start.length;
  for (let o = 0; o < n * nrhs; o += n) {
    for (let j = 0; j < n; j++) {
      const xj = x[o + j];
      if (xj === 0) continue;
      for (let p = start[j], end = p + length[j]; p < end; p++) x[o + rowIdx[p]] -= values[p] * xj;
    }
  }
}

/** L' x = b in place. */
export function solveLowerTransposeLdl(
  { start, length, rowIdx, values }: LdlNumeric,
  x: Float64Array,
  nrhs: number,
): void {
  const n = start.length;
  for (let o = 0; o < n * nrhs; o += n) {
    for (let j = n - 1; j >= 0; j--) {
      let xj = x[o + j];
      for (let p = start[j], end = p + length[j]; p < end; p++) xj -= values[p] * x[o + rowIdx[p]];
      x[o + j] = xj;
    }
  }
}
