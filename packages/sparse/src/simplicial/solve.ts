import type { SimplicialStructure } from './structure.js';

/** L x = b in place for the columns r0 .. r1 - 1 of the n x nrhs column-major x; four right-hand sides share one pass over L. */
export function solveLowerSimplicial(
  { colPtr: Lp, rowIdx: Li }: SimplicialStructure,
  Lx: Float64Array,
  x: Float64Array,
  nrhs: number,
): void {
  const n = Lp.length - 1;
  let r = 0;
  for (; r + 4 <= nrhs; r += 4) {
    const o1 = (r + 1) * n;
    const o0 = o1 - n;
    const o2 = o1 + n;
    const o3 = o2 + n;
    for (let j = 0; j < n; j++) {
      const start = Lp[j];
      const pivot = Lx[start];
      const x0 = (x[o0 + j] /= pivot);
      const x1 = (x[o1 + j] /= pivot);
      const x2 = (x[o2 + j] /= pivot);
      const x3 = (x[o3 + j] /= pivot);
      for (let p = start + 1; p < Lp[j + 1]; p++) {
        const i = Li[p];
        const l = Lx[p];
        x[o0 + i] -= l * x0;
        x[o1 + i] -= l * x1;
        x[o2 + i] -= l * x2;
        x[o3 + i] -= l * x3;
      }
    }
  }
  for (; r < nrhs; r++) {
    const o = r * n;
    for (let j = 0; j < n; j++) {
      const start = Lp[j];
      const xj = (x[o + j] /= Lx[start]);
      for (let p = start + 1; p < Lp[j + 1]; p++) x[o + Li[p]] -= Lx[p] * xj;
    }
  }
}

/** L' x = b in place, n x nrhs column-major. */
export function solveLowerTransposeSimplicial(
  { colPtr: Lp, rowIdx: Li }: SimplicialStructure,
  Lx: Float64Array,
  x: Float64Array,
  nrhs: number,
): void {
  const n = Lp.length - 1;
  let r = 0;
  for (; r + 4 <= nrhs; r += 4) {
    const o1 = (r + 1) * n;
    const o0 = o1 - n;
    const o2 = o1 + n;
    const o3 = o2 + n;
    for (let j = n - 1; j >= 0; j--) {
      const start = Lp[j];
      const pivot = Lx[start];
      let x0 = x[o0 + j];
      let x1 = x[o1 + j];
      let x2 = x[o2 + j];
      let x3 = x[o3 + j];
      for (let p = start + 1; p < Lp[j + 1]; p++) {
        const i = Li[p];
        const l = Lx[p];
        x0 -= l * x[o0 + i];
        x1 -= l * x[o1 + i];
        x2 -= l * x[o2 + i];
        x3 -= l * x[o3 + i];
      }
      x[o0 + j] = x0 / pivot;
      x[o1 + j] = x1 / pivot;
      x[o2 + j] = x2 / pivot;
      x[o3 + j] = x3 / pivot;
    }
  }
  for (; r < nrhs; r++) {
    const o = r * n;
    for (let j = n - 1; j >= 0; j--) {
      const start = Lp[j];
      let xj = x[o + j];
      for (let p = start + 1; p < Lp[j + 1]; p++) xj -= Lx[p] * x[o + Li[p]];
      x[o + j] = xj / Lx[start];
    }
  }
}

/** L x = b for a b that is zero outside of `rows`, which are ascending and hold all that b reaches; in place at these rows. */
export function solveReachSimplicial(
  { colPtr: Lp, rowIdx: Li }: SimplicialStructure,
  Lx: Float64Array,
  rows: Int32Array,
  x: Float64Array,
): void {
  for (const j of rows) {
    const xj = (x[j] /= Lx[Lp[j]]);
    for (let p = Lp[j] + 1; p < Lp[j + 1]; p++) x[Li[p]] -= Lx[p] * xj;
  }
}
