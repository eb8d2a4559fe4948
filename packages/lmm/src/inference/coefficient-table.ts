import type { FittedModel } from '../fitted-model.js';
import { ModelError } from '../errors.js';
import { checkedDdf, rowTests, type DdfMethod } from './contrast-test.js';
import { tUpperQuantile } from './distributions/distributions.js';
import { unitContrasts } from './fixed-effects-space.js';

/** Fixed effects with tests and intervals, by columns; all arrays have one entry for each fixed effect that was kept. */
export interface CoefficientTable {
  readonly method: DdfMethod;
  readonly names: readonly string[];
  readonly estimate: readonly number[];
  readonly se: readonly number[];
  /** Infinity where none are used: `statistic` is then z, else t. */
  readonly df: readonly number[];
  readonly statistic: readonly number[];
  /** Two-sided p values. */
  readonly p: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Coverage of the intervals. */
  readonly level: number;
}

/**
 * The table of fixed effects.
 *
 * @throws ModelError `bad-option` for a level outside (0, 1), or Kenward-Roger where it does not apply
 */
export function coefficientTable(
  model: FittedModel,
  options: { readonly ddf?: DdfMethod; readonly level?: number } = {},
): CoefficientTable {
  const method = checkedDdf(options.ddf);
  const level = checkedLevel(options.level);
  const { names } = model.data.beta;
  const { estimate, se, df, t, p } = rowTests(model, unitContrasts(names.length), method);
  const half = se.map((s, i) => s * tUpperQuantile((1 - level) / 2, df[i]));
  return {
    method,
    names,
    estimate,
    se,
    df,
    statistic: t,
    p,
    lower: estimate.map((e, i) => e - half[i]),
    upper: estimate.map((e, i) => e + half[i]),
    level,
  };
}

/** @throws ModelError `bad-option` unless 0 < level < 1; 0.95 when left out */
export function checkedLevel(level = 0.95): number {
  if (!(level > 0 && level < 1)) throw new ModelError('bad-option', `level must lie between 0 and 1, not ${level}`);
  return level;
}
