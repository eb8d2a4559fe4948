import { symmetricEigen } from '../optimizer/symmetric-eigen.js';

/** Inverse of a symmetric matrix as far as it is positive definite. */
export interface PositiveInverse {
  /** n by n, column-major. */
  readonly inverse: Float64Array;
  /** Directions that had no positive curvature and were left out: 0 for an ordinary inverse. */
  readonly lost: number;
}

/**
 * Inverts over the eigenvectors whose eigenvalues, after scaling to unit diagonal, exceed 1e-10 of the largest; the others count as not
 * identified and get variance zero (a Moore-Penrose inverse on the identified space).
 */
export function positiveInverse(H: Float64Array, n: number): PositiveInverse {
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const d = Math.abs(H[i * n + i]);
    scale[i] = d > 0 && d < Infinity ? 1 / Math.sqrt(d) : 0;
  }
  const unit = H.slice();
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) unit[j * n + i] *= scale[i] * scale[j];
  const { values, vectors } = symmetricEigen(unit, n);
  const floor = 1e-10 * Math.max(0, ...values);
  const inverse = new Float64Array(n * n);
  let lost = 0;
  for (let e = 0; e < n; e++) {
    if (!(values[e] > floor)) {
      lost++;
      continue;
    }
    for (let j = 0; j < n; j++) {
      const v = (vectors[e * n + j] * scale[j]) / values[e];
      for (let i = 0; i < n; i++) inverse[j * n + i] += v * vectors[e * n + i] * scale[i];
    }
  }
  return { inverse, lost };
}
