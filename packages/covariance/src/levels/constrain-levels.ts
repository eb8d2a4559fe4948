import type { LevelStructure } from './level-structure.js';

/**
 * A precision over levels with fewer parameters.
 * @param source for each par of `levels` the new one that it equals, -1 where it is held
 * @param held values of the par that are held
 */
export function constrainLevels(
  levels: LevelStructure,
  source: ArrayLike<number>,
  held: ArrayLike<number>,
): LevelStructure {
  const m = levels.parLength;
  const count = Array.from(source).reduce((top, s) => Math.max(top, s + 1), 0);
  const first = Array.from({ length: count }, (_, i) => Array.from(source).indexOf(i));
  const pick = <T>(all: readonly T[]): T[] => first.map((k) => all[k]);
  const full = Float64Array.from(held);
  const expand = (par: Float64Array): Float64Array => {
    for (let k = 0; k < m; k++) if (source[k] >= 0) full[k] = par[source[k]];
    return full;
  };
  const part = new Float64Array(levels.pattern.rowIdx.length);
  return {
    ...levels,
    parLength: count,
    parNames: pick(levels.parNames),
    searchScale: pick(levels.searchScale),
    lower: pick(levels.lower),
    upper: pick(levels.upper),
    start: pick(levels.start),
    stepScale: pick(levels.stepScale),
    precisionInto: (par, values) => levels.precisionInto(expand(par), values),
    precisionDerivativeInto(par, k, values) {
      values.fill(0);
      for (let j = 0; j < m; j++) {
        if (source[j] !== k) continue;
        levels.precisionDerivativeInto(expand(par), j, part);
        for (let e = 0; e < part.length; e++) values[e] += part[e];
      }
    },
    logDeterminant: (par) => levels.logDeterminant(expand(par)),
    logDeterminantDerivative(par, k) {
      let s = 0;
      for (let j = 0; j < m; j++) if (source[j] === k) s += levels.logDeterminantDerivative(expand(par), j);
      return s;
    },
    startFromValuesInto(values, weights, par) {
      const whole = Float64Array.from(held);
      const variance = levels.startFromValuesInto?.(values, weights, whole) ?? null;
      if (variance !== null) first.forEach((k, i) => (par[i] = whole[k]));
      return variance;
    },
    meanVariance: (par) => levels.meanVariance(expand(par)),
    natural: (par) => levels.natural(expand(par)),
    isSingular: (par, tolerance) => levels.isSingular(expand(par), tolerance),
  };
}
