import { solveUpperInPlace } from '../dense.js';

/** Least squares of several right-hand sides on independent columns. */
export interface LeastSquares {
  /** Upper triangle of the columns, p by p, column-major. */
  readonly R: Float64Array;
  /** Coefficients of each right-hand side, length p. */
  readonly solutions: readonly Float64Array[];
}

/**
 * Householder QR of columns in memory (Golub and Van Loan, Matrix Computations, section 5.3). O(n p (p + right-hand sides)).
 *
 * @param columns p independent columns of length n >= p
 */
export function leastSquares(columns: readonly Float64Array[], rhs: readonly Float64Array[] = []): LeastSquares {
  const p = columns.length;
  const work = [...columns, ...rhs].map((x) => x.slice());
  const R = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    const v = work[k];
    let square = 0;
    for (let i = k; i < v.length; i++) square += v[i] * v[i];
    const pivot = v[k] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    v[k] -= pivot;
    const f = pivot === 0 ? 0 : 1 / (pivot * v[k]); // -2 / v'v
    for (let j = k + 1; j < work.length; j++) {
      const x = work[j];
      let s = 0;
      for (let i = k; i < v.length; i++) s += v[i] * x[i];
      s *= f;
      for (let i = k; i < v.length; i++) x[i] += s * v[i];
    }
    for (let i = 0; i < k; i++) R[k * p + i] = v[i];
    R[k * p + k] = pivot;
  }
  const solutions = work.slice(p).map((x) => {
    const out = x.slice(0, p);
    solveUpperInPlace(R, p, out);
    return out;
  });
  return { R, solutions };
}
