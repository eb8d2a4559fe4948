import { ModelError } from '../errors.js';
import { tUpperQuantile } from '../inference/distributions/distributions.js';
import { normalQuantile } from '../inference/distributions/normal-quantile.js';

/**
 * How many standard errors an interval of coverage `level` reaches to either side: quantiles of the normal distribution, or of t where
 * the degrees of freedom are finite.
 *
 * @throws ModelError `bad-option` for a coverage outside (0, 1) or degrees of freedom that are not positive
 */
export function intervalFactor(level: number, df: number = Infinity): number {
  if (!(level > 0 && level < 1)) throw new ModelError('bad-option', `level must lie between 0 and 1, not ${level}`);
  if (!(df > 0)) throw new ModelError('bad-option', `degrees of freedom must be positive, not ${df}`);
  return df === Infinity ? normalQuantile((1 + level) / 2) : tUpperQuantile((1 - level) / 2, df);
}
