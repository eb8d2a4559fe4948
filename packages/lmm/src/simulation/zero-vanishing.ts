import { tieInPlace } from '../par-constraints.js';
import type { ProfiledObjective } from '../profiled-objective.js';
import type { SearchSpace } from '../search.js';

/**
 * Puts standard deviations that are zero but for rounding exactly to zero where the objective permits it, and brings free factors to
 * their canonical form.
 *
 * @param par by the columns as given
 * @param space.free positions of the par that may move; `source`: the par that each one equals; `unit`: typical sizes of par
 */
export function zeroVanishing(
  objective: ProfiledObjective,
  par: Float64Array,
  value: number,
  { free, source, unit }: Omit<SearchSpace, 'start'>,
): Float64Array {
  const { composite } = objective;
  const { lower } = composite.parBounds();
  const moves = new Set(free);
  const theta = new Float64Array(composite.thetaLength);
  const canonical = (p: Float64Array) => {
    const before = p.slice();
    composite.parts.forEach((part, t) => {
      for (let k = composite.parOffset[t]; k < composite.parOffset[t + 1]; k++) if (!moves.has(source[k])) return;
      part.canonicalizeInPlace(p.subarray(composite.parOffset[t], composite.parOffset[t + 1]));
    });
    if (p.some((v, k) => v !== p[source[k]])) p.set(before);
  };
  let best = par.slice();
  canonical(best);
  const slack = Math.max(4e-14 * Math.abs(value) + 1e-11, objective.noise());
  for (const k of free) {
    if (lower[k] !== 0 || best[k] === 0 || Math.abs(best[k]) > 1e-2 * unit[k]) continue;
    const trial = best.slice();
    trial[k] = 0;
    tieInPlace(trial, source);
    canonical(trial);
    composite.thetaInto(trial, theta);
    if (objective.evaluate(theta) <= value + slack) best = trial;
  }
  return best;
}
