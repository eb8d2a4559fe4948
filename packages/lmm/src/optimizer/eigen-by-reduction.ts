/** Steps of the iteration for one eigenvalue; it takes two or three. */
const MOST_STEPS = 50;

/**
 * Eigenvalues (in no order) and eigenvectors (columns) of a symmetric matrix by Householder reduction to tridiagonal form and implicit QL steps with
 * Wilkinson's shift (Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.5). About 10 n^3 flops.
 *
 * @param H n by n, column-major, symmetric; not changed
 * @returns null where an entry is not finite
 */
export function eigenByReduction(H: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } | null {
  const a = H.slice();
  /** Diagonal, and e[i] between i and i + 1. */
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const Q = tridiagonalize(a, n, d, e);
  for (let i = 0; i < n; i++) if (!Number.isFinite(d[i]) || !Number.isFinite(e[i])) return null;

  for (let l = 0; l < n; l++) {
    for (let steps = 0; ; steps++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > 1.1e-16 * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      if (steps === MOST_STEPS) return null;
      qlStep(d, e, Q, n, l, m);
    }
  }
  return { values: d, vectors: Q };
}

/** d, e := diagonals of Q'A Q; the lower triangle of A is overwritten. @returns Q, column-major */
function tridiagonalize(a: Float64Array, n: number, d: Float64Array, e: Float64Array): Float64Array {
  const beta = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    // v = (x + sign(x_1) |x| e_1) of column k below the diagonal, scaled so that nothing overflows
    const v = k * n;
    let largest = 0;
    for (let i = k + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[v + i]));
    if (largest === 0) continue;
    let square = 0;
    for (let i = k + 1; i < n; i++) square += (a[v + i] /= largest) ** 2;
    const length = a[v + k + 1] < 0 ? -Math.sqrt(square) : Math.sqrt(square);
    a[v + k + 1] += length;
    e[k] = -length * largest;
    const b = 1 / (length * a[v + k + 1]);
    beta[k] = b;
    // w = b A v - (b^2 v'A v / 2) v;  A := A - v w' - w v'
    w.fill(0, k + 1);
    for (let j = k + 1; j < n; j++) {
      const x = a[v + j];
      let s = a[j * n + j] * x;
      for (let i = j + 1; i < n; i++) {
        s += a[j * n + i] * a[v + i];
        w[i] += a[j * n + i] * x;
      }
      w[j] += s;
    }
    let half = 0;
    for (let i = k + 1; i < n; i++) half += (w[i] *= b) * a[v + i];
    half *= b / 2;
    for (let i = k + 1; i < n; i++) w[i] -= half * a[v + i];
    for (let j = k + 1; j < n; j++) {
      const x = a[v + j];
      for (let i = j; i < n; i++) a[j * n + i] -= a[v + i] * w[j] + w[i] * x;
    }
  }
  for (let i = 0; i < n; i++) d[i] = a[i * n + i];
  if (n > 1) e[n - 2] = a[(n - 2) * n + n - 1];

  // Q = H_0 H_1 ..., from the last reflection: what it does not reach yet is the identity.
  const Q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) Q[i * n + i] = 1;
  for (let k = n - 3; k >= 0; k--) {
    if (beta[k] === 0) continue;
    const v = k * n;
    for (let j = k + 1; j < n; j++) {
      let s = 0;
      for (let i = k + 1; i < n; i++) s += a[v + i] * Q[j * n + i];
      s *= beta[k];
      for (let i = k + 1; i < n; i++) Q[j * n + i] -= s * a[v + i];
    }
  }
  return Q;
}

/** One implicit QL step on rows l..m of the tridiagonal matrix, e[m] being negligible; the rotations are put into Q's columns. */
function qlStep(d: Float64Array, e: Float64Array, Q: Float64Array, n: number, l: number, m: number): void {
  // The eigenvalue of the leading 2 by 2 block that is nearer to d[l].
  const t = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.hypot(t, 1);
  let g = d[m] - d[l] + e[l] / (t + (t < 0 ? -root : root));
  let s = 1;
  let c = 1;
  let shifted = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The matrix splits here.
      d[i + 1] -= shifted;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - shifted;
    const u = (d[i] - g) * s + 2 * c * b;
    shifted = s * u;
    d[i + 1] = g + shifted;
    g = c * u - b;
    const p = i * n;
    for (let k = p; k < p + n; k++) {
      const x = Q[k + n];
      Q[k + n] = s * Q[k] + c * x;
      Q[k] = c * Q[k] - s * x;
    }
  }
  d[l] -= shifted;
  e[l] = g;
  e[m] = 0;
}
