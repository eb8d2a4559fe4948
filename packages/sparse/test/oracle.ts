import { type CscMatrix, tripletsToCsc } from '../src/index.js';

/** Dense column-major copy of a symmetric matrix given by its lower triangle. */
export function denseSymmetric(lower: CscMatrix): Float64Array {
  const n = lower.ncol;
  const dense = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let p = lower.colPtr[j]; p < lower.colPtr[j + 1]; p++) {
      dense[lower.rowIdx[p] + j * n] = lower.values[p];
      dense[j + lower.rowIdx[p] * n] = lower.values[p];
    }
  }
  return dense;
}

/** Inverse and log|det| by Gauss-Jordan elimination with partial pivoting, column-major. */
export function denseInverse(a: Float64Array, n: number): { inverse: Float64Array; logAbsDet: number } {
  const work = a.slice();
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  let logAbsDet = 0;
  for (let k = 0; k < n; k++) {
    let pivotRow = k;
    for (let i = k; i < n; i++) if (Math.abs(work[i + k * n]) > Math.abs(work[pivotRow + k * n])) pivotRow = i;
    for (const m of [work, inverse]) {
      for (let j = 0; j < n; j++) [m[k + j * n], m[pivotRow + j * n]] = [m[pivotRow + j * n], m[k + j * n]];
    }
    const pivot = work[k + k * n];
    logAbsDet += Math.log(Math.abs(pivot));
    for (let j = 0; j < n; j++) {
      work[k + j * n] /= pivot;
      inverse[k + j * n] /= pivot;
    }
    for (let i = 0; i < n; i++) {
      const m = work[i + k * n];
      if (i === k || m === 0) continue;
      for (let j = 0; j < n; j++) {
        work[i + j * n] -= m * work[k + j * n];
        inverse[i + j * n] -= m * inverse[k + j * n];
      }
    }
  }
  return { inverse, logAbsDet };
}

/** Deterministic uniform numbers in (0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    let t = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    t = (t ^ (t >>> 15)) >>> 0;
    return (t + 0.5) / 4294967296;
  };
}

/** Random diagonally dominant symmetric matrix, lower triangle, about `perRow` off-diagonal entries per row. */
export function randomSpd(n: number, perRow: number, seed: number): CscMatrix {
  const random = uniform(seed);
  const rows: number[] = [];
  const cols: number[] = [];
  const values: number[] = [];
  const dominance = new Float64Array(n).fill(0.5);
  for (let k = 0; k < (n * perRow) / 2; k++) {
    const i = Math.floor(random() * n);
    const j = Math.floor(random() * n);
    if (i === j) continue;
    const v = random() * 2 - 1;
    rows.push(Math.max(i, j));
    cols.push(Math.min(i, j));
    values.push(v);
    dominance[i] += Math.abs(v);
    dominance[j] += Math.abs(v);
  }
  for (let i = 0; i < n; i++) {
    rows.push(i);
    cols.push(i);
    values.push(dominance[i]);
  }
  return tripletsToCsc({ nrow: n, ncol: n, rows, cols, values });
}

/** Laplacian of a grid with the given sides (2 * dimensions + 1 points), plus `shift` on the diagonal; lower triangle. */
export function gridLaplacian(sides: number[], shift: number): CscMatrix {
  const n = sides.reduce((a, b) => a * b, 1);
  const rows: number[] = [];
  const cols: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    rows.push(i);
    cols.push(i);
    values.push(2 * sides.length + shift);
    let stride = 1;
    for (const side of sides) {
      if (Math.floor(i / stride) % side < side - 1) {
        rows.push(i + stride);
        cols.push(i);
        values.push(-1);
      }
      stride *= side;
    }
  }
  return tripletsToCsc({ nrow: n, ncol: n, rows, cols, values });
}

/** Largest |a - b| / max(1, |b|). */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const e = Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i]));
    if (!(e <= worst)) worst = e;
  }
  return worst;
}
