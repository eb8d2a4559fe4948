import { thetaDerivativeInto } from './lambda.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';

/** What is held within a structure, by position in its par. */
export interface Constraints {
  /** par that are held at a value. */
  readonly fixed?: ReadonlyMap<number, number>;
  /** par that equal another par: from -> to. */
  readonly tied?: ReadonlyMap<number, number>;
}

/**
 * The same structure with fewer parameters: some held at a value, some equal to others. Standard deviations are relative to sigma.
 * @throws CovarianceStructureError for positions that are none, values that are not finite or out of bounds, and ties to a par that is held
 */
export function constrain(structure: CovarianceStructure, { fixed, tied }: Constraints): CovarianceStructure {
  const m = structure.parLength;
  const { lower, upper } = structure.parBounds();
  const held = new Map(fixed);
  const equal = new Map(tied);
  for (const [k, v] of held)
    if (!(k in lower) || !(v >= lower[k] && v <= upper[k]))
      throw new CovarianceStructureError(
        `par ${k} of "${structure.kind}" cannot be held at ${v}: ${m} par, this one from ${lower[k]} to ${upper[k]}`,
      );
  for (const [from, to] of equal)
    if (!(from in lower) || !(to in lower) || held.has(to) || held.has(from) || equal.has(to))
      throw new CovarianceStructureError(
        `par ${from} of "${structure.kind}" cannot equal par ${to}: tie it to a free par`,
      );
  const free = [...lower.keys()].filter((k) => !held.has(k) && !equal.has(k));
  // For each par of the structure its place among the free ones, or -1
  const source = Int32Array.from(lower, (_, k) => free.indexOf(equal.get(k) ?? k));
  const full = new Float64Array(m);
  const expand = (par: Float64Array): Float64Array => {
    for (let k = 0; k < m; k++) full[k] = source[k] < 0 ? held.get(k)! : par[source[k]];
    return full;
  };
  const pick = <T>(all: ArrayLike<T>): T[] => free.map((k) => all[k]);
  /** One value for each free par: the geometric mean over those that are tied to it, where all are positive. */
  const middles = (all: Float64Array): number[] =>
    free.map((k, i) => {
      const members = all.filter((_, j) => source[j] === i);
      return members.every((v) => v > 0)
        ? Math.exp(members.reduce((s, v) => s + Math.log(v) / members.length, 0))
        : all[k];
    });
  const work = new Float64Array(m + 2 * structure.thetaLength);
  const part = new Float64Array(structure.thetaLength);
  const whole = held.size === 0 && equal.size === 0;
  const { kind, nc, thetaLength, thetaIndex } = structure;
  return {
    kind,
    nc,
    parLength: free.length,
    thetaLength,
    thetaIndex,
    searchScale: pick(structure.searchScale ?? Array.from({ length: m }, () => 'linear' as const)),
    startInto(scale, par) {
      const all = new Float64Array(m);
      structure.startInto(scale, all);
      par.set(middles(all));
    },
    stepScaleInto(scale, out) {
      const all = new Float64Array(m);
      structure.stepScaleInto(scale, all);
      out.set(middles(all));
    },
    thetaInto: (par, theta) => structure.thetaInto(expand(par), theta),
    thetaDerivativeInto(par, k, out) {
      out.fill(0, 0, thetaLength);
      const all = expand(par).slice();
      for (let j = 0; j < m; j++) {
        if (source[j] !== k) continue;
        thetaDerivativeInto(structure, all, j, work, part);
        for (let t = 0; t < thetaLength; t++) out[t] += part[t];
      }
    },
    canonicalizeInPlace(par) {
      const all = expand(par).slice();
      structure.canonicalizeInPlace(all);
      // A change of signs that would move what is held, or part what is tied, is left undone.
      if (!whole && all.some((v, k) => v !== (source[k] < 0 ? held.get(k)! : all[free[source[k]]]))) return;
      par.set(pick(all));
    },
    isSingular: (par, scale, tolerance) => structure.isSingular(expand(par), scale, tolerance),
    parNames: (names) => pick(structure.parNames(names)),
    thetaNames: (names) => structure.thetaNames(names),
    parBounds: () => ({ lower: Float64Array.from(pick(lower)), upper: Float64Array.from(pick(upper)) }),
  };
}
