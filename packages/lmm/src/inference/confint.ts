import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { coefficientTable } from './coefficient-table.js';
import type { DdfMethod } from './contrast-test.js';
import { profile } from './profile.js';
import { varianceIntervals } from './variance-intervals.js';

/** Intervals of all parameters by columns: variance parameters, sigma, fixed effects. */
export interface Intervals {
  readonly method: 'wald' | 'profile';
  readonly level: number;
  readonly names: readonly string[];
  readonly estimate: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/**
 * Confidence intervals of every parameter. `wald`: normal intervals (t with `ddf`) of fixed effects and those of
 * {@link varianceIntervals}, by the fit's criterion; `profile`: likelihood intervals on the ML deviance.
 */
export function confint(
  model: FittedModel,
  options: { readonly method?: 'wald' | 'profile'; readonly level?: number; readonly ddf?: DdfMethod } = {},
): Intervals {
  const method = options.method ?? 'wald';
  if (method === 'profile') {
    const { level, parameters } = profile(model, options.level === undefined ? {} : { level: options.level });
    return {
      method,
      level,
      names: parameters.map((v) => v.name),
      estimate: parameters.map((v) => v.estimate),
      lower: parameters.map((v) => v.lower),
      upper: parameters.map((v) => v.upper),
    };
  }
  if (method !== 'wald')
    throw new ModelError('bad-option', `method must be 'wald' or 'profile', not '${String(method)}'`);
  const { level, ...variances } = varianceIntervals(model, options.level === undefined ? {} : { level: options.level });
  const fixed = coefficientTable(model, { ddf: options.ddf ?? 'none', level });
  return {
    method,
    level,
    names: [...variances.names, ...fixed.names],
    estimate: [...variances.estimate, ...fixed.estimate],
    lower: [...variances.lower, ...fixed.lower],
    upper: [...variances.upper, ...fixed.upper],
  };
}
