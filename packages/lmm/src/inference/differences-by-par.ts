import { solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import { tieInPlace } from '../par-constraints.js';
import type { Optimum } from '../optimum.js';

/** Derivatives by the active par at fixed sigma, for terms whose factor is not at hand (precisions over levels). */
export interface DifferencesByPar {
  /** d r^2 / d par. */
  readonly pwrss: Float64Array;
  /** d (X'H^-1X)^-1 / d par in the basis of the fixed effects, p by p each. */
  readonly covariance: readonly Float64Array[];
}

/** Richardson-extrapolated central differences, four evaluations for each par. The objective stands elsewhere afterwards. */
export function differencesByPar(
  { objective, composite, cp, par, source }: Optimum,
  active: Int32Array,
  steps: Float64Array,
): DifferencesByPar {
  const theta = new Float64Array(composite.thetaLength);
  const at = (i: number, d: number): { pwrss: number; M: Float64Array } => {
    const moved = par.slice();
    moved[i] += d;
    tieInPlace(moved, source);
    composite.thetaInto(moved, theta);
    objective.evaluate(theta);
    return { pwrss: objective.pls.pwrss, M: inverseOfProduct(objective.pls.RXt, cp.p) };
  };
  const pwrss = new Float64Array(active.length);
  const covariance = Array.from(active, (i, a) => {
    const h = steps[a];
    const [u1, d1, u2, d2] = [at(i, h), at(i, -h), at(i, h / 2), at(i, -h / 2)];
    const slope = (up: number, down: number, upHalf: number, downHalf: number) =>
      (4 * ((upHalf - downHalf) / h) - (up - down) / (2 * h)) / 3;
    pwrss[a] = slope(u1.pwrss, d1.pwrss, u2.pwrss, d2.pwrss);
    return u1.M.map((v, k) => slope(v, d1.M[k], u2.M[k], d2.M[k]));
  });
  return { pwrss, covariance };
}

/** (L L')^-1. */
function inverseOfProduct(L: Float64Array, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    out[k * p + k] = 1;
    solveLowerInPlace(L, p, out, k * p);
    solveLowerTransposedInPlace(L, p, out, k * p);
  }
  return out;
}
