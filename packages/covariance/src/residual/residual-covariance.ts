import type { CovarianceStructure } from '../structure.js';
import type { ResidualStructure } from './residual-structure.js';

/** The parameters of a residual structure as a structure without columns, to stand beside those of the terms. `theta = par`. */
export function residualCovariance(residual: ResidualStructure): CovarianceStructure {
  const { precision } = residual;
  const m = precision.parLength;
  return {
    kind: precision.kind,
    nc: 0,
    parLength: m,
    thetaLength: m,
    thetaIndex: new Int32Array(0),
    residual,
    searchScale: precision.searchScale,
    startInto: (_scale, par) => par.set(precision.start),
    stepScaleInto: (_scale, out) => out.set(precision.stepScale),
    thetaInto(par, theta) {
      for (let k = 0; k < m; k++) theta[k] = par[k];
    },
    thetaDerivativeInto(_par, k, out) {
      for (let t = 0; t < m; t++) out[t] = t === k ? 1 : 0;
    },
    parFromThetaInto(theta, par) {
      for (let k = 0; k < m; k++) par[k] = theta[k];
    },
    canonicalizeInPlace() {},
    isSingular: (par, _scale, tolerance) => precision.isSingular(par, tolerance),
    parNames: () => [...precision.parNames],
    thetaNames: () => [...precision.parNames],
    parBounds: () => ({ lower: Float64Array.from(precision.lower), upper: Float64Array.from(precision.upper) }),
    natural: (par) => precision.natural(par),
  };
}
