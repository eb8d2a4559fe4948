import type { CompositeStructure } from '@blup/covariance';
import { minimize, type Evaluation, type Minimum, type MinimizeOptions } from './optimizer/minimize.js';
import { membersOf, tieInPlace } from './par-constraints.js';
import type { ProfiledObjective } from './profiled-objective.js';
import { searchCoordinates } from './search-coordinates.js';

/** Which par may move, and where they begin. */
export interface SearchSpace {
  readonly start: Float64Array;
  /** Unit of a step for each par. */
  readonly unit: Float64Array;
  /** Indices of the par that move. */
  readonly free: Int32Array;
  /** For each par the one that it equals, itself where it is not tied. */
  readonly source: Int32Array;
}

export interface SearchResult extends Omit<Minimum, 'x' | 'polished' | 'gradient' | 'hessian'> {
  /** All par at the best evaluation, the fixed ones included. */
  readonly par: Float64Array;
  /** par after the last Newton step, which was not evaluated. */
  readonly polished: Float64Array;
}

/**
 * Minimises the objective over the free par (evaluations, `interrupt` and `onEvaluation` speak of all par), each in its own coordinate ({@link searchCoordinates}). Derivatives by theta are chained to par
 * through the structures, and from there to the coordinates.
 */
export function search(objective: ProfiledObjective, space: SearchSpace, options: MinimizeOptions): SearchResult {
  const { composite } = objective;
  const m = composite.thetaLength;
  const par = space.start.slice();
  const theta = new Float64Array(m);
  const gradient = new Float64Array(m);
  const byPar = new Float64Array(composite.parLength);
  const H = new Float64Array(composite.parLength ** 2);
  const J = new Float64Array(m * composite.parLength);
  const at = searchCoordinates(composite);
  const { free, source } = space;
  const members = membersOf(free, source);
  const k = free.length;
  const whole = (x: Float64Array): Float64Array => {
    const out = space.start.slice();
    for (let i = 0; i < k; i++) out[free[i]] = at.outOf(free[i], x[i]);
    tieInPlace(out, source);
    return out;
  };
  const asPar = (e: Evaluation): Evaluation => ({ ...e, x: whole(e.x) });
  const minimum = minimize(
    {
      dimension: k,
      unit: Float64Array.from(free, (i) => at.unit(i, space.unit[i])),
      value(x) {
        for (let i = 0; i < k; i++) par[free[i]] = at.outOf(free[i], x[i]);
        tieInPlace(par, source);
        composite.thetaInto(par, theta);
        return objective.evaluate(theta);
      },
      noise: () => objective.noise(),
      gradientInto(g) {
        objective.gradientInto(gradient);
        objective.jacobianInto(par, J);
        for (let i = 0; i < k; i++) {
          let s = 0;
          for (const a of members[i]) for (let t = 0; t < m; t++) s += gradient[t] * J[a * m + t];
          byPar[free[i]] = s;
          g[i] = s * at.slope(free[i], par[free[i]]);
        }
      },
      hessianInto(out) {
        objective.parInformationInto(par, H);
        for (let i = 0; i < k; i++) {
          const a = free[i];
          for (let j = 0; j < k; j++) {
            const b = free[j];
            let s = 0;
            for (const c of members[i]) for (const d of members[j]) s += H[d * composite.parLength + c];
            out[j * k + i] = s * at.slope(a, par[a]) * at.slope(b, par[b]);
          }
          out[i * k + i] += byPar[a] * at.curvature(a, par[a]);
        }
      },
    },
    Float64Array.from(free, (i) => at.into(i, space.start[i])),
    {
      ...options,
      interrupt: options.interrupt && ((x) => options.interrupt!(whole(x))),
      onEvaluation: options.onEvaluation && ((e, count) => options.onEvaluation!(asPar(e), count)),
    },
  );
  return {
    ...minimum,
    evaluations: minimum.evaluations.map(asPar),
    par: whole(minimum.x),
    polished: whole(minimum.polished),
  };
}

/** The objective at par. */
export function objectiveAtPar(objective: ProfiledObjective, composite: CompositeStructure, par: Float64Array): number {
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(par, theta);
  return objective.evaluate(theta);
}

/** A rise of the objective that no use of a likelihood can tell from none. */
export const NEGLIGIBLE_RISE = 1e-8;

/**
 * Puts standard deviations that are zero but for rounding exactly to zero, and brings every factor to its canonical form. An entry is
 * tried when it is small against its unit, and stays zero where the objective does not rise by more than rounding or 1e-8.
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
  const { source } = space;
  const moves = new Set(space.free);
  // Only whole, free structures may be turned round, and tied ones only together.
  const canonical = (p: Float64Array) => {
    const before = p.slice();
    composite.parts.forEach((part, i) => {
      const from = composite.parOffset[i];
      const to = composite.parOffset[i + 1];
      for (let k = from; k < to; k++) if (!moves.has(source[k])) return;
      part.canonicalizeInPlace(p.subarray(from, to));
    });
    if (p.some((v, k) => v !== p[source[k]])) p.set(before);
  };
  canonical(best);
  const slack = Math.max(NEGLIGIBLE_RISE, 4e-14 * Math.abs(value), objective.noise());
  const isSmall = (k: number) =>
    lower[k] === 0 &&
    composite.searchScale?.[k] !== 'atanh' &&
    best[k] !== 0 &&
    Math.abs(best[k]) <= 1e-2 * space.unit[k];
  /** Whether the entries can be zero; they are then. */
  const zero = (entries: readonly number[]): boolean => {
    const trial = best.slice();
    for (const k of entries) trial[k] = 0;
    tieInPlace(trial, source);
    canonical(trial);
    const at = objectiveAtPar(objective, composite, trial);
    if (!(at <= bestValue + slack)) return false;
    best = trial;
    bestValue = Math.min(at, bestValue);
    return true;
  };
  // All together first, which usually settles it. What stood below a diagonal entry that became zero moves to the columns behind it by the canonical
  // form, where it may be small in its turn.
  for (let pass = 0; pass < composite.parLength; pass++) {
    const small = [...space.free].filter(isSmall);
    if (small.length < 2 || !zero(small)) break;
  }
  for (const k of space.free) if (isSmall(k)) zero([k]);
  return best;
}
