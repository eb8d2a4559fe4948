/**
 * Lower factor of the lower triangle of a positive semi-definite S in place (nc by nc, column-major): a pivot that vanishes against its
 * diagonal entry gives a zero column (Higham 1990, "Analysis of the Cholesky decomposition of a semi-definite matrix").
 *
 * @param tolerance of a pivot relative to its diagonal entry
 * @returns -1, or the first column that shows S to be indefinite: a pivot that is clearly negative, or one that vanishes above entries that
 * do not
 */
export function semidefiniteCholeskyInPlace(S: Float64Array, nc: number, tolerance: number): number {
  const diagonal = Float64Array.from({ length: nc }, (_, j) => S[j * nc + j]);
  let bad = -1;
  for (let j = 0; j < nc; j++) {
    for (let k = 0; k < j; k++) {
      const f = S[k * nc + j];
      if (f === 0) continue;
      for (let i = j; i < nc; i++) S[j * nc + i] -= f * S[k * nc + i];
    }
    const pivot = S[j * nc + j];
    if (pivot > tolerance * diagonal[j]) {
      const root = Math.sqrt(pivot);
      S[j * nc + j] = root;
      for (let i = j + 1; i < nc; i++) S[j * nc + i] /= root;
      continue;
    }
    // Entries beside a pivot p are at most sqrt(p s_ii) in a semi-definite matrix.
    const limit = 10 * tolerance * diagonal[j];
    if (bad < 0 && (!(pivot >= -limit) || !entriesVanish(S, j, nc, limit, diagonal))) bad = j;
    for (let i = j; i < nc; i++) S[j * nc + i] = 0;
  }
  return bad;
}

function entriesVanish(S: Float64Array, j: number, nc: number, limit: number, diagonal: Float64Array): boolean {
  for (let i = j + 1; i < nc; i++) if (S[j * nc + i] ** 2 > 10 * limit * diagonal[i]) return false;
  return true;
}
