/**
 * Eigenvalues of a symmetric matrix, ascending: Householder reduction to a tridiagonal and implicit QL shifts (Golub and Van Loan, Matrix
 * Computations, sections 8.3.1 and 8.3.3; Martin, Reinsch and Wilkinson 1968; Dubrulle, Martin and Wilkinson 1968). 4/3 n^3 flops.
 *
 * @param A n by n, column-major; overwritten
 */
export function symmetricEigenvalues(A: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    // Reflect the column below the diagonal onto its first entry, from both sides.
    const m = k + 1;
    let square = 0;
    for (let i = m; i < n; i++) square += A[k * n + i] ** 2;
    const alpha = A[k * n + m] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    off[k] = alpha;
    diagonal[k] = A[k * n + k];
    const norm = alpha * alpha - alpha * A[k * n + m];
    if (!(norm > 0)) continue;
    for (let i = m; i < n; i++) v[i] = A[k * n + i];
    v[m] -= alpha;
    w.fill(0, m);
    for (let j = m; j < n; j++) {
      const c = v[j];
      let s = A[j * n + j] * c;
      for (let i = j + 1; i < n; i++) {
        s += A[j * n + i] * v[i];
        w[i] += A[j * n + i] * c;
      }
      w[j] += s;
    }
    let dot = 0;
    for (let i = m; i < n; i++) dot += v[i] * w[i];
    const half = dot / (2 * norm);
    for (let i = m; i < n; i++) w[i] = (w[i] - half * v[i]) / norm;
    for (let j = m; j < n; j++) for (let i = j; i < n; i++) A[j * n + i] -= v[i] * w[j] + w[i] * v[j];
  }
  if (n > 0) diagonal[n - 1] = A[n * n - 1];
  implicitQl(diagonal, off, n);
  return diagonal.sort();
}

/** Eigenvalues of the tridiagonal with `off[i]` between i and i + 1, into `diagonal`. */
function implicitQl(diagonal: Float64Array, off: Float64Array, n: number): void {
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; sweep < 60; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(off[m]) > Number.EPSILON * (Math.abs(diagonal[m]) + Math.abs(diagonal[m + 1]))) m++;
      if (m === l) break;
      let g = (diagonal[l + 1] - diagonal[l]) / (2 * off[l]);
      let r = Math.hypot(g, 1);
      g = diagonal[m] - diagonal[l] + off[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * off[i];
        const b = c * off[i];
        r = Math.hypot(f, g);
        off[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1] -= p;
          off[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1] - p;
        r = (diagonal[i] - g) * s + 2 * c * b;
        p = s * r;
        diagonal[i + 1] = g + p;
        g = c * r - b;
      }
      if (r === 0 && i >= l) continue;
      diagonal[l] -= p;
      off[l] = g;
      off[m] = 0;
    }
  }
}
