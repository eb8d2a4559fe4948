import type { SearchScale } from '../structure.js';

/**
 * A family of `nc` by `nc` correlation matrices R(phi), by their lower-triangular Cholesky factors: what differs between compound
 * symmetry, AR(1), Toeplitz and spatial structures. {@link correlated} turns a family into a covariance structure.
 */
export interface CorrelationFamily {
  readonly nc: number;
  /** Names of phi; its length is the number of correlation parameters. */
  readonly names: readonly string[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  readonly stepScale: readonly number[];
  readonly searchScale: readonly SearchScale[];
  /** Lower triangle of the factor (column-major; what stands above the diagonal is left alone). NaN where R is not positive definite. */
  factorInto(phi: Float64Array, L: Float64Array): void;
  /** d L / d phi[k], given L at phi. */
  factorDerivativeInto(phi: Float64Array, k: number, L: Float64Array, dL: Float64Array): void;
  /** phi of a correlation matrix (nc by nc, column-major), exact on the family; a start value. Optional. */
  fromMatrixInto?(R: Float64Array, phi: Float64Array): void;
  /** Whether R is singular to within `tolerance`; from the factor's smallest singular value where it is missing. */
  isSingular?(phi: Float64Array, tolerance: number): boolean;
  /** What is reported in place of phi, as many numbers, by name. */
  report?(phi: Float64Array): { readonly name: string; readonly value: number }[];
}

/** A family given by the matrix and its derivatives. */
export interface MatrixFamily extends Omit<CorrelationFamily, 'factorInto' | 'factorDerivativeInto'> {
  /** Lower triangle of R, column-major. */
  matrixInto(phi: Float64Array, R: Float64Array): void;
  matrixDerivativeInto(phi: Float64Array, k: number, dR: Float64Array): void;
}

/**
 * Completes a family by Cholesky factorisation: with M = L^-1 dR L^-T, dL = L Phi(M), where Phi keeps the lower triangle and halves the
 * diagonal (Smith 1995, J. Comput. Graph. Stat. 4, 134-147; Murray 2016, arXiv:1602.07527, section 3). O(nc^3).
 */
export function byCholesky(family: MatrixFamily): CorrelationFamily {
  const { nc } = family;
  const work = new Float64Array(nc * nc);
  return {
    ...family,
    factorInto(phi, L) {
      family.matrixInto(phi, L);
      choleskyLowerInPlace(L, nc);
    },
    factorDerivativeInto(phi, k, L, dL) {
      family.matrixDerivativeInto(phi, k, work);
      factorDerivative(L, work, nc, dL);
    },
  };
}

/** Lower Cholesky factor of the lower triangle of R in place (column-major); NaN from the first pivot that is not positive. */
export function choleskyLowerInPlace(R: Float64Array, nc: number): void {
  for (let j = 0; j < nc; j++) {
    for (let k = 0; k < j; k++) {
      const f = R[k * nc + j];
      if (f === 0) continue;
      for (let i = j; i < nc; i++) R[j * nc + i] -= f * R[k * nc + i];
    }
    const pivot = R[j * nc + j];
    const root = pivot > 0 ? Math.sqrt(pivot) : Number.NaN;
    R[j * nc + j] = root;
    for (let i = j + 1; i < nc; i++) R[j * nc + i] /= root;
  }
}

/** dL of L L' = R, from the lower triangle of dR, which is overwritten. */
export function factorDerivative(L: Float64Array, dR: Float64Array, nc: number, dL: Float64Array): void {
  for (let j = 0; j < nc; j++) for (let i = 0; i < j; i++) dR[j * nc + i] = dR[i * nc + j];
  // M = L^-1 dR: forward substitution in every column
  for (let c = 0; c < nc; c++) forwardInPlace(L, nc, dR, c * nc, 1);
  // M := M L^-T: the same for every row
  for (let r = 0; r < nc; r++) forwardInPlace(L, nc, dR, r, nc);
  for (let j = 0; j < nc; j++) dR[j * nc + j] /= 2;
  for (let j = 0; j < nc; j++) {
    for (let i = j; i < nc; i++) {
      let s = 0;
      for (let k = j; k <= i; k++) s += L[k * nc + i] * dR[j * nc + k];
      dL[j * nc + i] = s;
    }
  }
}

function forwardInPlace(L: Float64Array, nc: number, x: Float64Array, at: number, step: number): void {
  for (let i = 0; i < nc; i++) {
    let s = x[at + i * step];
    for (let k = 0; k < i; k++) s -= L[k * nc + i] * x[at + k * step];
    // A zero pivot stands for a zero column.
    x[at + i * step] = L[i * nc + i] === 0 ? 0 : s / L[i * nc + i];
  }
}
