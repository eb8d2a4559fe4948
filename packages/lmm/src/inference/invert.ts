/** A := A^-1 for a small matrix (m by m, column-major) by Gauss-Jordan with partial pivoting. @returns false where it is singular */
export function invertInPlace(A: Float64Array, m: number): boolean {
  const B = new Float64Array(m * m);
  for (let i = 0; i < m; i++) B[i * m + i] = 1;
  const largest = A.reduce((s, v) => Math.max(s, Math.abs(v)), 0);
  for (let c = 0; c < m; c++) {
    let pivot = c;
    for (let r = c + 1; r < m; r++) if (Math.abs(A[c * m + r]) > Math.abs(A[c * m + pivot])) pivot = r;
    const d = A[c * m + pivot];
    if (!(Math.abs(d) > 1e-14 * largest)) return false;
    for (const M of [A, B]) {
      for (let k = 0; k < m; k++) {
        const v = M[k * m + pivot];
        M[k * m + pivot] = M[k * m + c];
        M[k * m + c] = v / d;
      }
    }
    for (let r = 0; r < m; r++) {
      if (r === c) continue;
      const f = A[c * m + r];
      for (let k = 0; k < m; k++) {
        A[k * m + r] -= f * A[k * m + c];
        B[k * m + r] -= f * B[k * m + c];
      }
    }
  }
  A.set(B);
  return true;
}
