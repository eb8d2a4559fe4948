import type { CompositeStructure } from '@blup/covariance';
import { minimize, type Minimum, type MinimizeOptions } from './optimizer/minimize.js';
import type { ProfiledObjective } from './profiled-objective.js';

/** Which par may move, and where they begin. */
export interface SearchSpace {
  readonly start: Float64Array;
  /** Unit of a step for each par. */
  readonly unit: Float64Array;
  /** Indices of the par that move. */
  readonly free: Int32Array;
}

export interface SearchResult extends Omit<Minimum, 'x' | 'polished' | 'gradient' | 'hessian'> {
  /** All par at the best evaluation, the fixed ones included. */
  readonly par: Float64Array;
  /** par after the last Newton step, which was not evaluated. */
  readonly polished: Float64Array;
}

/** Minimises the objective over the free par. Derivatives by theta are chained to par through the structures. */
export function search(objective: ProfiledObjective, space: SearchSpace, options: MinimizeOptions): SearchResult {
  const { composite } = objective;
  const m = composite.thetaLength;
  const par = space.start.slice();
  const theta = new Float64Array(m);
  const gradient = new Float64Array(m);
  const H = new Float64Array(m * m);
  const J = new Float64Array(m * composite.parLength);
  const JH = new Float64Array(m);
  const { free } = space;
  const k = free.length;
  const minimum = minimize(
    {
      dimension: k,
      unit: Float64Array.from(free, (i) => space.unit[i]),
      value(x) {
        for (let i = 0; i < k; i++) par[free[i]] = x[i];
        composite.thetaInto(par, theta);
        return objective.evaluate(theta);
      },
      noise: () => objective.noise(),
      gradientInto(g) {
        objective.gradientInto(gradient);
        objective.jacobianInto(par, J);
        for (let i = 0; i < k; i++) {
          g[i] = 0;
          for (let t = 0; t < m; t++) g[i] += gradient[t] * J[free[i] * m + t];
        }
      },
      hessianInto(out) {
        objective.informationInto(H);
        for (let i = 0; i < k; i++) {
          for (let s = 0; s < m; s++) {
            JH[s] = 0;
            for (let t = 0; t < m; t++) JH[s] += H[s * m + t] * J[free[i] * m + t];
          }
          for (let j = 0; j < k; j++) {
            let v = 0;
            for (let s = 0; s < m; s++) v += JH[s] * J[free[j] * m + s];
            out[j * k + i] = v;
          }
        }
      },
    },
    Float64Array.from(free, (i) => space.start[i]),
    options,
  );
  const all = (x: Float64Array) => {
    const out = space.start.slice();
    for (let i = 0; i < k; i++) out[free[i]] = x[i];
    return out;
  };
  return { ...minimum, par: all(minimum.x), polished: all(minimum.polished) };
}

/** The objective at par. */
export function objectiveAtPar(objective: ProfiledObjective, composite: CompositeStructure, par: Float64Array): number {
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(par, theta);
  return objective.evaluate(theta);
}

/**
 * Puts standard deviations that are zero but for rounding exactly to zero, and brings every factor to its canonical form. An entry is
 * tried when it is small against its unit, and stays zero where the objective does not rise by more than rounding.
 */
export function snapToBoundary(
  objective: ProfiledObjective,
  space: SearchSpace,
  par: Float64Array,
  value: number,
): Float64Array {
  const { composite } = objective;
  const lower = composite.parBounds().lower;
  let best = par.slice();
  let bestValue = value;
  const isFree = new Set(space.free);
  // Only whole, free structures may be turned round.
  const canonical = (p: Float64Array) => {
    composite.parts.forEach((part, i) => {
      const from = composite.parOffset[i];
      const to = composite.parOffset[i + 1];
      for (let k = from; k < to; k++) if (!isFree.has(k)) return;
      part.canonicalizeInPlace(p.subarray(from, to));
    });
  };
  canonical(best);
  const noise = Math.max(4e-14 * Math.abs(value) + 1e-11, objective.noise());
  for (const k of space.free) {
    if (lower[k] !== 0 || best[k] === 0 || Math.abs(best[k]) > 1e-2 * space.unit[k]) continue;
    const trial = best.slice();
    trial[k] = 0;
    canonical(trial);
    const at = objectiveAtPar(objective, composite, trial);
    if (at <= bestValue + noise) {
      best = trial;
      bestValue = at;
    }
  }
  return best;
}
