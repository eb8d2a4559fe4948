import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { coefficientTable } from './coefficient-table.js';
import type { BootstrapKind } from '../simulation/bootstrap-intervals.js';
import type { DdfMethod } from './contrast-test.js';
import { bootstrapConfint, type BootstrapConfintOptions } from './bootstrap-confint.js';
import { profile } from './profile.js';
import { varianceIntervals } from './variance-intervals.js';

/** Intervals of all parameters by columns: variance parameters, sigma, fixed effects. */
export interface Intervals {
  readonly method: 'wald' | 'profile' | 'boot';
  readonly level: number;
  readonly names: readonly string[];
  readonly estimate: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Parameters that have no profile, being functions of several others (profile alone). */
  readonly omitted?: readonly string[];
  /** What the replicates were (bootstrap alone). */
  readonly boot?: BootstrapFacts;
}

export interface BootstrapFacts {
  readonly kind: BootstrapKind;
  readonly nsim: number;
  readonly seed: number;
  /** Replicates that converged: the ones that count. */
  readonly converged: number;
  /** Singular fits among them. */
  readonly singular: number;
  /** Mean of the replicates less the estimate, by parameter. */
  readonly bias: readonly number[];
  /** Standard deviation of the replicates, by parameter. */
  readonly se: readonly number[];
}

export interface ConfintOptions extends BootstrapConfintOptions {
  /** Default `wald`. */
  readonly method?: 'wald' | 'profile' | 'boot';
  /** Degrees of freedom of Wald intervals of the fixed effects; default none. */
  readonly ddf?: DdfMethod;
}

/**
 * Confidence intervals of every parameter. `wald`: normal intervals (t with `ddf`) of fixed effects and those of
 * {@link varianceIntervals}, by the fit's criterion; `profile`: likelihood intervals on the ML deviance; `boot`: from simulated responses
 * ({@link bootstrapConfint}).
 *
 * @throws ModelError `bad-option` for another method, a level outside (0, 1), or what the methods refuse
 */
export function confint(model: FittedModel, options: ConfintOptions = {}): Intervals {
  const method = options.method ?? 'wald';
  const given = options.level === undefined ? {} : { level: options.level };
  if (method === 'boot') return bootstrapConfint(model, options);
  if (method === 'profile') {
    const { level, parameters, omitted } = profile(model, given);
    return {
      method,
      level,
      names: parameters.map((v) => v.name),
      estimate: parameters.map((v) => v.estimate),
      lower: parameters.map((v) => v.lower),
      upper: parameters.map((v) => v.upper),
      ...(omitted.length > 0 && { omitted }),
    };
  }
  if (method !== 'wald')
    throw new ModelError('bad-option', `method must be 'wald', 'profile' or 'boot', not '${String(method)}'`);
  const { level, ...variances } = varianceIntervals(model, given);
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
