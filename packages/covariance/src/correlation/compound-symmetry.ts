import type { CovarianceStructure } from '../structure.js';
import { correlated, type CorrelatedOptions } from './correlated.js';
import type { CorrelationFamily } from './family.js';

/**
 * Equal correlation rho between any two columns, -1/(nc - 1) < rho < 1. The factor has one number below the diagonal of each column:
 *
 *     L[j, j]^2 = (1 - rho)(1 + j rho) / (1 + (j - 1) rho),   L[i, j] = rho (1 - rho) / ((1 + (j - 1) rho) L[j, j])   (j from 0)
 *
 * which is the Cholesky recursion solved for this matrix.
 */
export function compoundSymmetryFamily(nc: number): CorrelationFamily {
  const floor = nc > 2 ? -1 / (nc - 1) : -1;
  const clip = (rho: number) => Math.min(0.99, Math.max(0.99 * floor, rho));
  return {
    nc,
    names: nc > 1 ? ['rho'] : [],
    lower: nc > 1 ? [floor] : [],
    upper: nc > 1 ? [1] : [],
    start: nc > 1 ? [0.1] : [],
    stepScale: nc > 1 ? [0.3] : [],
    searchScale: nc > 1 ? ['atanh'] : [],
    factorInto(phi, L) {
      const rho = nc > 1 ? phi[0] : 0;
      for (let j = 0; j < nc; j++) {
        const before = j === 0 ? 1 - rho : 1 + (j - 1) * rho;
        const d = Math.sqrt(((1 - rho) * (1 + j * rho)) / before);
        const below = (rho * (1 - rho)) / (before * d);
        L[j * nc + j] = d;
        for (let i = j + 1; i < nc; i++) L[j * nc + i] = below;
      }
    },
    factorDerivativeInto(phi, _k, L, dL) {
      const rho = phi[0];
      dL[0] = 0;
      for (let i = 1; i < nc; i++) dL[i] = 1;
      for (let j = 1; j < nc; j++) {
        const before = 1 + (j - 1) * rho;
        const d = L[j * nc + j];
        // d(d^2) = 2 d d'
        const square = (-(1 + j * rho) + j * (1 - rho)) / before - ((j - 1) * (1 - rho) * (1 + j * rho)) / before ** 2;
        const dd = square / (2 * d);
        const below = rho * (1 - rho);
        const dBelow =
          (1 - 2 * rho) / (before * d) - (below * (j - 1)) / (before ** 2 * d) - (below * dd) / (before * d * d);
        dL[j * nc + j] = dd;
        for (let i = j + 1; i < nc; i++) dL[j * nc + i] = dBelow;
      }
    },
    fromMatrixInto(R, phi) {
      if (nc === 1) return;
      let s = 0;
      for (let j = 0; j < nc; j++) for (let i = j + 1; i < nc; i++) s += R[j * nc + i];
      phi[0] = clip((2 * s) / (nc * (nc - 1)));
    },
  };
}

/**
 * Compound symmetry: `par` = (sd of each column, rho), or (sd, rho) when homogeneous.
 * @throws CovarianceStructureError when `nc` is not a positive integer
 */
export function compoundSymmetry(nc: number, options: CorrelatedOptions = { hom: false }): CovarianceStructure {
  return correlated('cs', compoundSymmetryFamily(nc), options);
}
