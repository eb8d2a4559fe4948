import { requireColumns, type CovarianceStructure } from './structure.js';

/**
 * Independent columns, each with its own standard deviation: `lambda = diag(theta)`, `par = theta`, `nc` numbers.
 * The relative standard deviations are `|theta|`.
 * @throws CovarianceStructureError when `nc` is not a positive integer.
 */
export function diagonal(nc: number): CovarianceStructure {
  requireColumns('diag', nc);
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0; j < nc; j++) thetaIndex[j * nc + j] = j;
  return {
    kind: 'diag',
    nc,
    parLength: nc,
    thetaLength: nc,
    thetaIndex,
    startInto(scale, par) {
      for (let j = 0; j < nc; j++) par[j] = 1 / scale[j];
    },
    startFromCovarianceInto(S, par) {
      for (let j = 0; j < nc; j++) par[j] = Math.sqrt(S[j * nc + j]);
    },
    stepScaleInto(scale, out) {
      for (let j = 0; j < nc; j++) out[j] = 1 / scale[j];
    },
    thetaInto(par, theta) {
      for (let j = 0; j < nc; j++) theta[j] = par[j];
    },
    thetaDerivativeInto(_par, k, out) {
      for (let j = 0; j < nc; j++) out[j] = j === k ? 1 : 0;
    },
    parFromThetaInto(theta, par) {
      for (let j = 0; j < nc; j++) par[j] = theta[j];
    },
    canonicalizeInPlace(par) {
      for (let j = 0; j < nc; j++) par[j] = Math.abs(par[j]);
    },
    isSingular(par, scale, tolerance) {
      for (let j = 0; j < nc; j++) if (Math.abs(par[j]) * scale[j] < tolerance) return true;
      return false;
    },
    parNames: (columns) => [...columns],
    thetaNames: (columns) => [...columns],
    parBounds: () => ({ lower: new Float64Array(nc), upper: new Float64Array(nc).fill(Infinity) }),
  };
}

/**
 * One column with one standard deviation: `lambda = theta`, the relative standard deviation. A scalar random effect.
 */
export function scalar(): CovarianceStructure {
  return { ...diagonal(1), kind: 'scalar' };
}
