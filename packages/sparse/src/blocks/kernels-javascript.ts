import type { BlockKernels } from './kernels.js';

/** Plain JavaScript twins of the block kernels, over a memory seen as doubles and as 32-bit integers. */
export function createJavaScriptBlockKernels(f: Float64Array, m: Int32Array): BlockKernels {
  /** Where column 0 of strip J of X would be. */
  const strip = (x: number, rows: number, J: number): number => x + 4 * (J * rows - 2 * J * (J - 1) - 4 * J);
  return {
    invertRoot(root, width, n, x) {
      const rows = (n + 3) & ~3;
      for (let i = 0; i < rows; i++) {
        const row = strip(x, rows, i >> 2) + (i & 3);
        for (let j = i & ~3; j < rows; j++) f[row + 4 * j] = i === j && i < n ? 1 : 0;
      }
      // Column j of X from the columns before it: row i of X times row j of L22.
      for (let j = 0; j < n; j++) {
        for (let i = 0; i <= j; i++) {
          const row = strip(x, rows, i >> 2) + (i & 3);
          let sum = f[row + 4 * j];
          let panel = root;
          for (let start = 0; start <= j; start += width) {
            const w = Math.min(width, n - start);
            const l = panel + ((j - start) >> 2) * 4 * w + ((j - start) & 3);
            const stop = Math.min(start + w, j);
            for (let k = Math.max(start, i); k < stop; k++) sum -= f[row + 4 * k] * f[l + 4 * (k - start)];
            if (stop === j && j < start + w) f[row + 4 * j] = sum / f[l + 4 * (j - start)];
            panel += w * (rows - start);
          }
        }
      }
    },

    addLeafGrams(x, rows, from, work, records, count, rowsOf, q) {
      const stop = Math.min(from + 16, rows);
      const y = work + 16 * rows;
      for (let g = 0; g < count; g++) {
        const values = m[records + 4 * g];
        const K = m[records + 4 * g + 1];
        const first = m[records + 4 * g + 2];
        const end = m[records + 4 * g + 3];
        for (let k = 0; k < K; k++) {
          f.fill(0, y + 16 * k, y + 16 * k + 16);
          for (let i = first; i < end && m[rowsOf + i] < stop; i++) {
            const r = m[rowsOf + i];
            const row = strip(x, rows, r >> 2) + (r & 3);
            const v = f[values + (i - first) * K + k];
            for (let c = Math.max(from, r); c < stop; c++) f[y + 16 * k + c - from] += v * f[row + 4 * c];
          }
        }
        for (let c = 0; c < K; c++) {
          for (let r = c; r < K; r++) {
            for (let e = 0; e < 16; e++) f[q + K * c + r] += f[y + 16 * c + e] * f[y + 16 * r + e];
          }
        }
        q += K * K;
      }
    },
  };
}
