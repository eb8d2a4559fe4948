import { ModelError } from '../../errors.js';
import { rowTests } from '../contrast-test.js';
import { adjustedP, checkedAdjustment, criticalValues, type Adjustment } from './adjust.js';
import type { MarginalMeans } from './emmeans.js';
import { estimabilityCheck } from './estimability.js';
import type { GridValue } from './reference-grid.js';

/**
 * `pairwise`: all differences, earlier less later; `revpairwise`: later less earlier; `trt.vs.ctrl`: each less the first; `eff`: each less the
 * mean of all; or weights of one's own by name, one number for each mean of a `by` group.
 */
export type ContrastMethod =
  | 'pairwise'
  | 'revpairwise'
  | 'trt.vs.ctrl'
  | 'eff'
  | Readonly<Record<string, readonly number[]>>;

export interface ContrastOptions {
  /** Default: Tukey for pairwise differences, otherwise none. Each group of `by` is a family of its own. */
  readonly adjust?: Adjustment;
  readonly level?: number;
}

/** Contrasts of marginal means, by columns. */
export interface MeanContrasts {
  /** `A - B`; a level that is a number has its column in front: `x4 - x6`. */
  readonly contrast: readonly string[];
  /** Levels of the `by` factors. */
  readonly by: readonly (readonly GridValue[])[];
  readonly estimate: readonly number[];
  readonly se: readonly number[];
  readonly df: readonly number[];
  readonly t: readonly number[];
  /** Adjusted. */
  readonly p: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** What was done: Tukey's adjustment is for pairwise differences, for others Sidak's stands in. */
  readonly adjust: Adjustment;
}

/** All pairwise differences of marginal means, with Tukey's adjustment unless another is asked for. */
export function pairs(means: MarginalMeans, options: ContrastOptions = {}): MeanContrasts {
  return contrasts(means, 'pairwise', options);
}

/**
 * Contrasts of marginal means within the groups of `by`.
 *
 * @throws ModelError `bad-option` for weights of the wrong length, or an unknown method
 */
export function contrasts(means: MarginalMeans, method: ContrastMethod, options: ContrastOptions = {}): MeanContrasts {
  const pairwise = method === 'pairwise' || method === 'revpairwise';
  const wanted = checkedAdjustment(options.adjust ?? (pairwise ? 'tukey' : 'none'));
  const adjust = wanted === 'tukey' && !pairwise ? 'sidak' : wanted;
  const level = options.level ?? means.level;
  const groups = new Map<string, number[]>();
  means.levels.forEach((levels, i) => {
    const key = JSON.stringify(levels.slice(means.factors.length));
    const members = groups.get(key);
    if (members) members.push(i);
    else groups.set(key, [i]);
  });
  const p = means.model.data.beta.values.length;
  const determined = estimabilityCheck(means.model);
  const parts = [...groups.values()].map((members) => {
    const labels = members.map((i) => means.factors.map((name, f) => levelLabel(name, means.levels[i][f])).join(' '));
    const rows = weightsOf(method, labels);
    const combined = (of: readonly Float64Array[], weights: readonly number[]): Float64Array => {
      const l = new Float64Array(of[0].length);
      members.forEach((i, j) => weights[j] !== 0 && of[i].forEach((v, k) => (l[k] += weights[j] * v)));
      return l;
    };
    const whole = rows.map(({ weights }) => combined(means.L, weights));
    const known = rows.map(({ weights }, r) => determined(whole[r], combined(means.left, weights)));
    const L = whole.map((l, r) => (known[r] ? l : new Float64Array(p)));
    const tests = rowTests(means.model, L, means.ddf);
    const estimate = tests.estimate.map((v, r) =>
      known[r]
        ? v + members.reduce((s, i, j) => s + (rows[r].weights[j] === 0 ? 0 : rows[r].weights[j] * means.offset[i]), 0)
        : NaN,
    );
    const only = (x: readonly number[]) => x.map((v, r) => (known[r] ? v : NaN));
    const df = only(tests.df);
    const se = only(tests.se);
    const t = estimate.map((v, r) => v / se[r]);
    const half = criticalValues(df, level, adjust, members.length).map((c, r) => c * se[r]);
    return {
      contrast: rows.map((row) => row.name),
      by: rows.map(() => means.levels[members[0]].slice(means.factors.length)),
      estimate,
      se,
      df,
      t,
      p: adjustedP(only(tests.p), t, df, adjust, members.length),
      lower: estimate.map((v, r) => v - half[r]),
      upper: estimate.map((v, r) => v + half[r]),
    };
  });
  return {
    contrast: parts.flatMap((v) => v.contrast),
    by: parts.flatMap((v) => v.by),
    estimate: parts.flatMap((v) => v.estimate),
    se: parts.flatMap((v) => v.se),
    df: parts.flatMap((v) => v.df),
    t: parts.flatMap((v) => v.t),
    p: parts.flatMap((v) => v.p),
    lower: parts.flatMap((v) => v.lower),
    upper: parts.flatMap((v) => v.upper),
    adjust,
  };
}

/** A level as contrasts call it; a number with its column, so that `x4 - x6` is no arithmetic. */
const levelLabel = (name: string, level: GridValue): string =>
  typeof level === 'number' ? `${name}${level}` : String(level);

function weightsOf(method: ContrastMethod, labels: readonly string[]): { name: string; weights: number[] }[] {
  const m = labels.length;
  const unit = (i: number, j: number): number[] => labels.map((_, k) => (k === i ? 1 : 0) - (k === j ? 1 : 0));
  if (typeof method === 'object') {
    return Object.entries(method).map(([name, weights]) => {
      if (weights.length !== m || !weights.every(Number.isFinite))
        throw new ModelError(
          'bad-option',
          `the contrast ${name} needs ${m} numbers (${labels.join(', ')}); it has ${weights.length}`,
        );
      return { name, weights: [...weights] };
    });
  }
  const all = labels.flatMap((_, i) => labels.flatMap((__, j) => (j > i ? [[i, j] as const] : [])));
  if (method === 'pairwise') return all.map(([i, j]) => ({ name: `${labels[i]} - ${labels[j]}`, weights: unit(i, j) }));
  if (method === 'revpairwise') {
    const reversed = labels.flatMap((_, i) => labels.flatMap((__, j) => (j < i ? [[i, j] as const] : [])));
    return reversed.map(([i, j]) => ({ name: `${labels[i]} - ${labels[j]}`, weights: unit(i, j) }));
  }
  if (method === 'trt.vs.ctrl') {
    return labels.slice(1).map((label, i) => ({ name: `${label} - ${labels[0]}`, weights: unit(i + 1, 0) }));
  }
  if (method === 'eff') {
    return labels.map((label, i) => ({
      name: `${label} effect`,
      weights: labels.map((_, k) => (k === i ? 1 : 0) - 1 / m),
    }));
  }
  throw new ModelError(
    'bad-option',
    `there is no contrast method ${String(method)}: pairwise, revpairwise, trt.vs.ctrl, eff`,
  );
}
