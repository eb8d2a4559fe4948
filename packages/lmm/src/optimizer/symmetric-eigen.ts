import { eigenByReduction } from './eigen-by-reduction.js';

/** Eigenvalues (ascending) and orthonormal eigenvectors (columns of `vectors`, column-major) of a symmetric matrix. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Above this order Jacobi rotations take several times as long as a reduction to tridiagonal form. */
const MOST_BY_ROTATIONS = 8;

/**
 * Cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, section 8.5): simple, and accurate for the small matrices of a search
 * over variance parameters. O(n^3) for each of a few sweeps. Larger matrices are reduced to tridiagonal form first.
 *
 * @param H n by n, column-major, symmetric; not changed
 */
export function symmetricEigen(H: Float64Array, n: number): SymmetricEigen {
  if (n > MOST_BY_ROTATIONS) {
    const reduced = eigenByReduction(H, n);
    if (reduced) return ascending(reduced.values, reduced.vectors, n);
  }
  const a = H.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let j = 0; j < n; j++) {
      diagonal += a[j * n + j] ** 2;
      for (let i = 0; i < j; i++) off += a[j * n + i] ** 2;
    }
    if (off <= 1e-32 * diagonal || off === 0) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  return ascending(
    Float64Array.from({ length: n }, (_, i) => a[i * n + i]),
    v,
    n,
  );
}

function ascending(diagonal: Float64Array, v: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[i] - diagonal[j]);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = diagonal[from];
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values, vectors };
}

/** One rotation that makes a[p, q] zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[q * n + p];
  if (apq === 0) return;
  const tau = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const x = a[p * n + k];
    const y = a[q * n + k];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const x = a[k * n + p];
    const y = a[k * n + q];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const x = v[p * n + k];
    const y = v[q * n + k];
    v[p * n + k] = c * x - s * y;
    v[q * n + k] = s * x + c * y;
  }
}
