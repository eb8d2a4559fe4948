import { hasNumericalDerivatives, thetaDerivativeInto } from './lambda.js';
import { constrainLevels } from './levels/constrain-levels.js';
import { naturalParameters } from './natural.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';

/** What is held within a structure, by position in its par. */
export interface Constraints {
  /** par that are held at a value. */
  readonly fixed?: ReadonlyMap<number, number>;
  /** par that equal another par: from -> to. */
  readonly tied?: ReadonlyMap<number, number>;
}

/**
 * The same structure with fewer parameters: some held at a value, some equal to others. Standard deviations are relative to sigma. The
 * numbers of a precision over levels may be held, and tied among themselves.
 * @throws CovarianceStructureError for positions that are none, values that are not finite or out of bounds, and ties to a par that is
 * held or, from a precision over levels, outside it
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
  // Numbers of a precision over levels stand last in par and in theta.
  const ofLevels = structure.levels?.parLength ?? 0;
  const columnPar = m - ofLevels;
  const columnTheta = structure.thetaLength - ofLevels;
  const freeColumns = free.filter((k) => k < columnPar).length;
  for (const [from, to] of equal)
    if (from < columnPar !== to < columnPar)
      throw new CovarianceStructureError(
        `par ${from} of "${structure.kind}" cannot equal par ${to}: one is of the columns, the other of the levels`,
      );
  const levels =
    structure.levels &&
    constrainLevels(
      structure.levels,
      source.slice(columnPar).map((i) => (i < 0 ? -1 : i - freeColumns)),
      Float64Array.from({ length: ofLevels }, (_, k) => held.get(columnPar + k) ?? 0),
    );
  const freeLevels = free.length - freeColumns;
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
  const moved = new Float64Array(m);
  const whole = held.size === 0 && equal.size === 0;
  const { kind, nc, thetaIndex } = structure;
  const thetaLength = columnTheta + freeLevels;
  const constrained: CovarianceStructure = {
    kind,
    nc,
    parLength: free.length,
    thetaLength,
    thetaIndex,
    ...(levels && { levels }),
    numericalDerivatives: hasNumericalDerivatives(structure),
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
    thetaInto(par, theta) {
      structure.thetaInto(expand(par), part);
      for (let t = 0; t < columnTheta; t++) theta[t] = part[t];
      for (let i = 0; i < freeLevels; i++) theta[columnTheta + i] = par[freeColumns + i];
    },
    thetaDerivativeInto(par, k, out) {
      out.fill(0, 0, thetaLength);
      if (k >= freeColumns) {
        out[columnTheta + k - freeColumns] = 1;
        return;
      }
      moved.set(expand(par));
      for (let j = 0; j < columnPar; j++) {
        if (source[j] !== k) continue;
        thetaDerivativeInto(structure, moved, j, work, part);
        for (let t = 0; t < columnTheta; t++) out[t] += part[t];
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
    thetaNames: (names) => [...structure.thetaNames(names).slice(0, columnTheta), ...(levels?.parNames ?? [])],
    parBounds: () => ({ lower: Float64Array.from(pick(lower)), upper: Float64Array.from(pick(upper)) }),
    natural: (par, names) => naturalParameters(structure, expand(par).slice(), names),
  };
  const { startFromCovarianceInto } = structure;
  if (startFromCovarianceInto) {
    constrained.startFromCovarianceInto = (S, par) => {
      const all = new Float64Array(m);
      startFromCovarianceInto(S, all);
      par.set(middles(all));
    };
  }
  return constrained;
}
