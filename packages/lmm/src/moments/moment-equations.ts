import type { CrossProducts } from '../cross-products.js';

/**
 * Linear equations for the variances: the expectations of |e|^2 and of the sums of squares and products of the estimated effects, at a trial
 * covariance, are linear in sigma^2 and in the covariances Phi_t of the effects (in the spherical coordinates of the trial). With
 * F = I - S^-1 (S with the fixed effects projected out), u^ = F Lambda^-1 b + noise of covariance sigma^2 (S^-1 - S^-2), so
 *
 *     E sum u^_t u^_t' = sum_s F_ts Phi_s F_ts' + sigma^2 (S^-1 - S^-2)_tt,     E |e|^2 = tr(Phi (S^-1 - S^-2)) + sigma^2 (n - p - q + tr S^-2).
 *
 * The estimates are unbiased whatever the trial (minimum norm quadratic estimation: C. R. Rao 1971, J. Multivariate Analysis 1, 257-275).
 * Pairs (a, b), a <= b, of the columns of a term are numbered term by term.
 */
export interface MomentEquations {
  readonly unknowns: number;
  /** First unknown of each term. */
  readonly offset: Int32Array;
  /** |e|^2, then the sums of u^_a u^_b: length 1 + unknowns. */
  readonly moments: Float64Array;
  /** Coefficients of sigma^2 and of the Phi, 1 + unknowns squared, column-major; sigma^2 first. */
  readonly coefficients: Float64Array;
}

export function momentEquations({ terms }: CrossProducts): MomentEquations {
  const offset = new Int32Array(terms.length);
  let unknowns = 0;
  terms.forEach(({ nc }, t) => {
    offset[t] = unknowns;
    unknowns += (nc * (nc + 1)) / 2;
  });
  const size = 1 + unknowns;
  return { unknowns, offset, moments: new Float64Array(size), coefficients: new Float64Array(size * size) };
}

/** Place of the pair (a, b), a <= b. */
export const pairAt = (a: number, b: number): number => (b * (b + 1)) / 2 + a;

/** The variances that the equations give. */
export interface MomentEstimates {
  readonly s2: number;
  /** Phi_t / s2, nc by nc, by term; need not be positive semi-definite. */
  readonly relative: readonly Float64Array[];
}

/** Solves the equations; null where they have no sensible solution. */
export function solveMoments({ terms }: CrossProducts, equations: MomentEquations): MomentEstimates | null {
  const { unknowns, offset, moments, coefficients } = equations;
  const x = moments.slice();
  if (!solveInPlace(coefficients.slice(), 1 + unknowns, x) || !(x[0] > 0)) return null;
  const relative = terms.map(({ nc }, t) => {
    const Phi = new Float64Array(nc * nc);
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a <= b; a++) Phi[b * nc + a] = Phi[a * nc + b] = x[1 + offset[t] + pairAt(a, b)] / x[0];
    }
    return Phi;
  });
  return relative.every((Phi) => Phi.every(Number.isFinite)) ? { s2: x[0], relative } : null;
}

/** Gaussian elimination with row pivoting (Golub and Van Loan, section 3.4); false where a pivot is lost to rounding. */
function solveInPlace(A: Float64Array, n: number, x: Float64Array): boolean {
  for (let k = 0; k < n; k++) {
    let largest = 0;
    for (let j = 0; j < n; j++) largest = Math.max(largest, Math.abs(A[j * n + k]));
    if (!(largest > 0)) return false;
    for (let j = 0; j < n; j++) A[j * n + k] /= largest;
    x[k] /= largest;
  }
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(A[k * n + i]) > Math.abs(A[k * n + pivot])) pivot = i;
    if (!(Math.abs(A[k * n + pivot]) > 1e-10)) return false;
    for (let j = 0; j < n; j++) [A[j * n + k], A[j * n + pivot]] = [A[j * n + pivot], A[j * n + k]];
    [x[k], x[pivot]] = [x[pivot], x[k]];
    for (let i = k + 1; i < n; i++) {
      const f = A[k * n + i] / A[k * n + k];
      if (f === 0) continue;
      for (let j = k; j < n; j++) A[j * n + i] -= f * A[j * n + k];
      x[i] -= f * x[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) x[k] -= A[j * n + k] * x[j];
    x[k] /= A[k * n + k];
  }
  return x.every(Number.isFinite);
}
