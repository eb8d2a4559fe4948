import type { CscMatrix } from './csc.js';

/** Largest column sum of absolute values. */
export function norm1({ ncol, colPtr, values }: CscMatrix): number {
  let largest = 0;
  for (let j = 0; j < ncol; j++) {
    let sum = 0;
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) sum += Math.abs(values[p]);
    if (!(sum <= largest)) largest = sum;
  }
  return largest;
}

/** Largest row sum of absolute values. */
export function normInfinity({ nrow, rowIdx, values }: CscMatrix): number {
  const sums = new Float64Array(nrow);
  for (let p = 0; p < values.length; p++) sums[rowIdx[p]] += Math.abs(values[p]);
  return sums.reduce((largest, sum) => (sum <= largest ? largest : sum), 0);
}

/** Root of the sum of squares, scaled so that it neither overflows nor underflows. */
export function normFrobenius({ values }: CscMatrix): number {
  const scale = values.reduce((largest, v) => (Math.abs(v) <= largest ? largest : Math.abs(v)), 0);
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  return scale * Math.sqrt(values.reduce((sum, v) => sum + (v / scale) ** 2, 0));
}

/** Largest column sum of A + beta I, A symmetric and given by its lower triangle (equal to the largest row sum). */
export function symmetricNorm1({ ncol: n, colPtr, rowIdx, values }: CscMatrix, beta = 0): number {
  const sums = new Float64Array(n);
  const diagonal = new Float64Array(n).fill(beta);
  for (let j = 0; j < n; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      if (i === j) {
        diagonal[j] += values[p];
      } else {
        sums[i] += Math.abs(values[p]);
        sums[j] += Math.abs(values[p]);
      }
    }
  }
  return sums.reduce((largest, sum, i) => Math.max(largest, sum + Math.abs(diagonal[i])), 0);
}
