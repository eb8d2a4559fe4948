/**
 * Replaces the lower-triangular `lambda` (`nc` by `nc`, column-major) by the lower-triangular matrix with non-negative diagonal that
 * has the same `lambda lambda'`; a zero on the diagonal comes with a zero column (the Cholesky factor of a positive semi-definite
 * matrix, Higham 1990, "Analysis of the Cholesky decomposition of a semi-definite matrix").
 *
 * Column rotations do it (Givens from the right), so small entries keep their relative accuracy; forming `lambda lambda'` would lose
 * half of the digits. Cost O(nc^3).
 */
export function canonicalFactorInPlace(lambda: Float64Array, nc: number): void {
  for (let j = 0; j < nc; j++) {
    if (lambda[j * nc + j] < 0) for (let i = j; i < nc; i++) lambda[j * nc + i] = -lambda[j * nc + i];
  }
  for (let j = 0; j < nc; j++) {
    if (lambda[j * nc + j] !== 0) continue;
    let row = j + 1;
    while (row < nc && lambda[j * nc + row] === 0) row++;
    // Column j is (0, ..., 0, v, ...) with v in `row`: rotate v into column `row`, and go on with what is left of column j.
    while (row < nc) {
      rotateColumns(lambda, nc, row, j, row);
      lambda[j * nc + row] = 0;
      while (row < nc && lambda[j * nc + row] === 0) row++;
    }
  }
}

/**
 * Replaces any square `M` (`nc` by `nc`, column-major) by the lower-triangular factor of `M M'` with non-negative diagonal: an LQ
 * decomposition by rotations of columns (Golub and Van Loan, Matrix Computations, section 5.2.5). Cost O(nc^3).
 */
export function lowerFactorInPlace(M: Float64Array, nc: number): void {
  for (let row = 0; row < nc; row++) {
    for (let c = row + 1; c < nc; c++) {
      if (M[c * nc + row] === 0) continue;
      rotateColumns(M, nc, row, c, row);
      M[c * nc + row] = 0;
    }
  }
  canonicalFactorInPlace(M, nc);
}

/** Rotates columns a and b so that row `row` of column b becomes zero and that of column a non-negative. */
function rotateColumns(lambda: Float64Array, nc: number, a: number, b: number, row: number): void {
  const x = lambda[a * nc + row];
  const y = lambda[b * nc + row];
  // Divided by the larger first, so that the rotation stays orthogonal for denormal numbers too.
  const larger = Math.max(Math.abs(x), Math.abs(y));
  const r = Math.hypot(x / larger, y / larger);
  const c = x / larger / r;
  const s = y / larger / r;
  for (let i = row; i < nc; i++) {
    const p = lambda[a * nc + i];
    const q = lambda[b * nc + i];
    lambda[a * nc + i] = c * p + s * q;
    lambda[b * nc + i] = c * q - s * p;
  }
}

/**
 * The smallest singular value of the row-scaled factor `diag(scale) lambda` (`nc` by `nc`), from the eigenvalues of its Gram matrix
 * by one-sided Jacobi rotations (Golub and Van Loan, Matrix Computations, section 8.6.3), relative accuracy included.
 */
export function smallestSingularValue(lambda: Float64Array, scale: Float64Array, nc: number): number {
  const a = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) for (let i = 0; i < nc; i++) a[j * nc + i] = lambda[j * nc + i] * scale[i];
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < nc - 1; p++) {
      for (let q = p + 1; q < nc; q++) {
        let app = 0;
        let aqq = 0;
        let apq = 0;
        for (let i = 0; i < nc; i++) {
          app += a[p * nc + i] ** 2;
          aqq += a[q * nc + i] ** 2;
          apq += a[p * nc + i] * a[q * nc + i];
        }
        if (Math.abs(apq) <= 1e-15 * Math.sqrt(app * aqq)) continue;
        rotated = true;
        const tau = (aqq - app) / (2 * apq);
        const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = c * t;
        for (let i = 0; i < nc; i++) {
          const x = a[p * nc + i];
          const y = a[q * nc + i];
          a[p * nc + i] = c * x - s * y;
          a[q * nc + i] = s * x + c * y;
        }
      }
    }
    if (!rotated) break;
  }
  let smallest = Infinity;
  for (let j = 0; j < nc; j++) {
    let s = 0;
    for (let i = 0; i < nc; i++) s += a[j * nc + i] ** 2;
    smallest = Math.min(smallest, Math.sqrt(s));
  }
  return smallest;
}
