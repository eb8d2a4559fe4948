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
    natural: (par, columns) =>
      columns.map((name, j) => ({ name: `sd ${name}`, value: Math.abs(par[j]), sigmaPower: 1 })),
  };
}

/**
 * Independent columns with one standard deviation: `lambda = theta I`, `par = theta`, one number.
 * @throws CovarianceStructureError when `nc` is not a positive integer.
 */
export function homogeneousDiagonal(nc: number): CovarianceStructure {
  requireColumns('diag', nc);
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0; j < nc; j++) thetaIndex[j * nc + j] = 0;
  const typical = (scale: Float64Array) => {
    let s = 0;
    for (let j = 0; j < nc; j++) s += Math.log(scale[j]);
    return Math.exp(s / nc);
  };
  return {
    kind: 'diag',
    nc,
    parLength: 1,
    thetaLength: 1,
    thetaIndex,
    startInto(scale, par) {
      par[0] = 1 / typical(scale);
    },
    startFromCovarianceInto(S, par) {
      let s = 0;
      for (let j = 0; j < nc; j++) s += S[j * nc + j];
      par[0] = Math.sqrt(s / nc);
    },
    stepScaleInto(scale, out) {
      out[0] = 1 / typical(scale);
    },
    thetaInto(par, theta) {
      theta[0] = par[0];
    },
    thetaDerivativeInto(_par, _k, out) {
      out[0] = 1;
    },
    parFromThetaInto(theta, par) {
      par[0] = theta[0];
    },
    canonicalizeInPlace(par) {
      par[0] = Math.abs(par[0]);
    },
    isSingular: (par, scale, tolerance) => Math.abs(par[0]) * typical(scale) < tolerance,
    parNames: () => ['*'],
    thetaNames: () => ['*'],
    parBounds: () => ({ lower: Float64Array.of(0), upper: Float64Array.of(Infinity) }),
    natural: (par) => [{ name: 'sd', value: Math.abs(par[0]), sigmaPower: 1 }],
  };
}

/**
 * One column with one standard deviation: `lambda = theta`, the relative standard deviation. A scalar random effect.
 */
export function scalar(): CovarianceStructure {
  return { ...diagonal(1), kind: 'scalar' };
}
