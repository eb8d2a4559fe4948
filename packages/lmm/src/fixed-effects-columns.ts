/**
 * The column space of W^1/2 X as an upper-triangular change of basis: with `kept` the columns that are linearly independent,
 * Q1 = W^1/2 X[:, kept] R^-1 has (nearly) orthonormal columns. Cross-products are accumulated of Q1 and of the least-squares
 * residual of y, so that large means and ill-conditioned columns cost no digits.
 */
export interface FixedEffectsBasis {
  /** Columns of X that take part, ascending; length is the rank p. */
  readonly kept: Int32Array;
  /** Columns of X left out because they depend on earlier ones. */
  readonly dropped: Int32Array;
  /** Upper triangle, p by p, column-major. */
  readonly R: Float64Array;
  /** Least-squares coefficients of W^1/2 (y - offset) in the basis Q1, length p: subtracted from y row by row. */
  readonly c: Float64Array;
  /** Q1'Q1 (p by p, column-major, both triangles) where finding the basis has made it already; else null. */
  readonly gram: Float64Array | null;
  /** Where R does no more than that: Q1 = W^1/2 (X - center) scale, length p each; else null. */
  readonly change: { readonly center: Float64Array; readonly scale: Float64Array } | null;
}

/**
 * Q1 on a block of rows, in place: the weighted columns of X become X R^-1 by forward substitution over columns.
 * `block` holds the p kept columns.
 */
export function applyBasisInPlace(basis: FixedEffectsBasis, block: readonly Float64Array[], count: number): void {
  const { R } = basis;
  const p = basis.kept.length;
  for (let k = 0; k < p; k++) {
    const target = block[k];
    for (let m = 0; m < k; m++) {
      const r = R[k * p + m];
      if (r === 0) continue;
      const q = block[m];
      for (let i = 0; i < count; i++) target[i] -= r * q[i];
    }
    const d = 1 / R[k * p + k];
    for (let i = 0; i < count; i++) target[i] *= d;
  }
}
