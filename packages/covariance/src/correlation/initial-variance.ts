import type { CovarianceStructure } from '../structure.js';
import { timesOf } from './autoregressive.js';
import { innovationVariance, innovationVarianceSlope } from './innovation-variance.js';
import { CovarianceStructureError, requireColumns } from '../structure.js';

/**
 * AR(1) whose first point has a variance of its own: U_1 = nu_1, U_i = rho U_{i-1} + nu_i with Var nu_1 = (sd ratio)^2 and Var nu_i = sd^2,
 * `par` = (sd, rho, ratio), |rho| < 1. The stationary process has ratio = 1 / sqrt(1 - rho^2). Over a gap of d times the innovation has variance
 * sd^2 (1 + rho^2 + ... + rho^(2(d-1))).
 *
 * The factor is the recursion itself: L[i, j] = rho^(t_i - t_j) c_j. O(nc^2).
 *
 * @throws CovarianceStructureError for times that are not ascending whole numbers
 */
export function ar1WithInitialVariance(nc: number, times?: ArrayLike<number>): CovarianceStructure {
  requireColumns('ar1', nc);
  const at = timesOf('ar1', nc, times);
  const bad = at.find((t) => !Number.isInteger(t));
  if (bad !== undefined) throw new CovarianceStructureError(`the times of ar1 must be whole numbers, not ${bad}`);
  const several = nc > 1;
  const thetaLength = (nc * (nc + 1)) / 2;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) thetaIndex[j * nc + i] = t++;
  const m = several ? 3 : 1;
  const gap = (j: number) => at[j] - at[j - 1];
  const c = (par: Float64Array, j: number) => {
    if (j > 0) return Math.sqrt(innovationVariance(par[1], gap(j)));
    return several ? par[2] : 1;
  };
  const power = (rho: number, lag: number) => (lag === 0 ? 1 : rho ** lag);
  const typical = (scale: Float64Array) => Math.exp(scale.reduce((s, v) => s + Math.log(v) / nc, 0));
  return {
    kind: 'ar1',
    nc,
    parLength: m,
    thetaLength,
    thetaIndex,
    searchScale: several ? ['linear', 'atanh', 'linear'] : ['linear'],
    startInto(scale, par) {
      par[0] = 1 / typical(scale);
      if (several) par.set([0.3, 1], 1);
    },
    stepScaleInto(scale, out) {
      out[0] = 1 / typical(scale);
      if (several) out.set([0.3, 1], 1);
    },
    thetaInto(par, theta) {
      const rho = several ? par[1] : 0;
      for (let j = 0, t = 0; j < nc; j++) {
        const s = par[0] * c(par, j);
        for (let i = j; i < nc; i++) theta[t++] = s * power(rho, at[i] - at[j]);
      }
    },
    thetaDerivativeInto(par, k, out) {
      const rho = several ? par[1] : 0;
      for (let j = 0, t = 0; j < nc; j++) {
        const cj = c(par, j);
        const dc = j > 0 ? innovationVarianceSlope(rho, gap(j)) / (2 * cj) : 0;
        for (let i = j; i < nc; i++) {
          const lag = at[i] - at[j];
          const a = power(rho, lag);
          if (k === 0) out[t++] = cj * a;
          else if (k === 1) out[t++] = par[0] * (dc * a + (lag > 0 ? cj * lag * power(rho, lag - 1) : 0));
          else out[t++] = j === 0 ? par[0] * a : 0;
        }
      }
    },
    canonicalizeInPlace(par) {
      par[0] = Math.abs(par[0]);
      if (several) par[2] = Math.abs(par[2]);
    },
    isSingular(par, scale, tolerance) {
      const s = typical(scale);
      return Math.abs(par[0]) * s < tolerance || (several && Math.abs(par[0] * par[2]) * s < tolerance);
    },
    parNames: () => (several ? ['*', 'rho', 'initial'] : ['*']),
    thetaNames(columns) {
      const names: string[] = [];
      for (let j = 0; j < nc; j++)
        for (let i = j; i < nc; i++) names.push(i === j ? columns[j] : `${columns[i]}.${columns[j]}`);
      return names;
    },
    parBounds: () =>
      several
        ? { lower: Float64Array.of(0, -1, 0), upper: Float64Array.of(Infinity, 1, Infinity) }
        : { lower: Float64Array.of(0), upper: Float64Array.of(Infinity) },
    natural: (par) =>
      several
        ? [
            { name: 'innovation sd', value: Math.abs(par[0]), sigmaPower: 1 },
            { name: 'rho', value: par[1], sigmaPower: 0 },
            { name: 'initial sd', value: Math.abs(par[0] * par[2]), sigmaPower: 1 },
          ]
        : [{ name: 'initial sd', value: Math.abs(par[0]), sigmaPower: 1 }],
  };
}
