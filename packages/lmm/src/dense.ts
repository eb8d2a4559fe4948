/**
 * Small dense kernels on column-major Float64Arrays, for p by p matrices (p fixed effects). Golub and Van Loan, Matrix Computations,
 * sections 3.1 and 4.2.
 */

/** Overwrites the lower triangle of A (n by n) with its Cholesky factor. @returns -1, or the first column whose pivot is not positive. */
export function choleskyInPlace(A: Float64Array, n: number): number {
  for (let j = 0; j < n; j++) {
    let d = A[j * n + j];
    for (let k = 0; k < j; k++) d -= A[k * n + j] ** 2;
    if (!(d > 0) || d === Infinity) return j;
    const l = Math.sqrt(d);
    A[j * n + j] = l;
    for (let i = j + 1; i < n; i++) {
      let s = A[j * n + i];
      for (let k = 0; k < j; k++) s -= A[k * n + i] * A[k * n + j];
      A[j * n + i] = s / l;
    }
  }
  return -1;
}

/** x := L^-1 x for the lower triangle L (n by n). */
export function solveLowerInPlace(L: Float64Array, n: number, x: Float64Array, at = 0): void {
  for (let j = 0; j < n; j++) {
    const v = x[at + j] / L[j * n + j];
    x[at + j] = v;
    for (let i = j + 1; i < n; i++) x[at + i] -= L[j * n + i] * v;
  }
}

/** x := L^-T x for the lower triangle L (n by n). */
export function solveLowerTransposedInPlace(L: Float64Array, n: number, x: Float64Array, at = 0): void {
  for (let j = n - 1; j >= 0; j--) {
    let s = x[at + j];
    for (let i = j + 1; i < n; i++) s -= L[j * n + i] * x[at + i];
    x[at + j] = s / L[j * n + j];
  }
}

/** x := R^-1 x for the upper triangle R (n by n). */
export function solveUpperInPlace(R: Float64Array, n: number, x: Float64Array, at = 0): void {
  for (let j = n - 1; j >= 0; j--) {
    const v = x[at + j] / R[j * n + j];
    x[at + j] = v;
    for (let i = 0; i < j; i++) x[at + i] -= R[j * n + i] * v;
  }
}

/** (L L')^-1 for the lower triangle L (n by n), both triangles; n^3 flops. */
export function inverseOfProduct(L: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  // L^-1 by columns, zero above the diagonal
  for (let k = 0; k < n; k++) {
    const at = k * n;
    inverse[at + k] = 1;
    for (let j = k; j < n; j++) {
      const v = inverse[at + j] / L[j * n + j];
      inverse[at + j] = v;
      for (let i = j + 1; i < n; i++) inverse[at + i] -= L[j * n + i] * v;
    }
  }
  const out = new Float64Array(n * n);
  for (let b = 0; b < n; b++) {
    for (let a = 0; a <= b; a++) out[b * n + a] = out[a * n + b] = dot(inverse, a * n + b, inverse, b * n + b, n - b);
  }
  return out;
}

/** Sum of products of two stretches of length n; in four sums, since each addition waits for the one before it. */
export function dot(a: Float64Array, ai: number, b: Float64Array, bi: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i < n - 3; i += 4) {
    s0 += a[ai + i] * b[bi + i];
    s1 += a[ai + i + 1] * b[bi + i + 1];
    s2 += a[ai + i + 2] * b[bi + i + 2];
    s3 += a[ai + i + 3] * b[bi + i + 3];
  }
  for (; i < n; i++) s0 += a[ai + i] * b[bi + i];
  return s0 + s1 + (s2 + s3);
}
