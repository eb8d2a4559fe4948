import type { CovarianceStructure } from './structure.js';

/** `theta` -> `lambda` (`nc * nc`, column-major, lower triangular). */
export function lambdaInto(structure: CovarianceStructure, theta: Float64Array, lambda: Float64Array): void {
  const { thetaIndex } = structure;
  for (let k = 0; k < thetaIndex.length; k++) {
    const t = thetaIndex[k];
    lambda[k] = t < 0 ? 0 : theta[t];
  }
}

/** `lambda` of one structure at `par`, freshly allocated (`nc * nc`, column-major). */
export function lambdaOf(structure: CovarianceStructure, par: Float64Array): Float64Array {
  const theta = new Float64Array(structure.thetaLength);
  structure.thetaInto(par, theta);
  const lambda = new Float64Array(structure.nc * structure.nc);
  lambdaInto(structure, theta, lambda);
  return lambda;
}

/** Whether some derivative of the structure is a difference quotient, which costs digits near an optimum and evaluations of `thetaInto`. */
export function hasNumericalDerivatives({
  numericalDerivatives,
  parLength,
  thetaDerivativeInto: own,
}: CovarianceStructure): boolean {
  return numericalDerivatives ?? (parLength > 0 && !own);
}

/**
 * d theta / d par[k] by the structure's own rule, or by Richardson-extrapolated central differences (order h^4, inside the bounds) where
 * it has none.
 * `work` has at least `parLength + 2 * thetaLength` entries.
 */
export function thetaDerivativeInto(
  structure: CovarianceStructure,
  par: Float64Array,
  k: number,
  work: Float64Array,
  out: Float64Array,
): void {
  if (structure.thetaDerivativeInto) {
    structure.thetaDerivativeInto(par, k, out);
    return;
  }
  const { parLength, thetaLength } = structure;
  const moved = work.subarray(0, parLength);
  const up = work.subarray(parLength, parLength + thetaLength);
  const down = work.subarray(parLength + thetaLength, parLength + 2 * thetaLength);
  const { lower, upper } = structure.parBounds();
  const room = lower[k] === 0 ? Infinity : Math.min(upper[k] - par[k], par[k] - lower[k]);
  const h = Math.min(1e-3 * Math.max(1, Math.abs(par[k])), room / 16);
  out.fill(0, 0, thetaLength);
  for (const [step, weight] of [
    [h, -1 / 3],
    [h / 2, 4 / 3],
  ] as const) {
    for (let i = 0; i < parLength; i++) moved[i] = par[i];
    moved[k] = par[k] + step;
    structure.thetaInto(moved, up);
    moved[k] = par[k] - step;
    structure.thetaInto(moved, down);
    for (let i = 0; i < thetaLength; i++) out[i] += (weight * (up[i] - down[i])) / (2 * step);
  }
}

/** Relative covariance `lambda lambda'` (`nc * nc`, column-major, both triangles). */
export function relativeCovariance(lambda: Float64Array, nc: number): Float64Array {
  const out = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) {
    for (let i = 0; i < nc; i++) {
      let s = 0;
      for (let k = 0; k < nc; k++) s += lambda[k * nc + i] * lambda[k * nc + j];
      out[j * nc + i] = s;
    }
  }
  return out;
}
