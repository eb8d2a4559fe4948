import { ModelError } from '../errors.js';
import { normalQuantile } from '../simulation/normal-quantile.js';

/**
 * How many standard errors an interval of coverage `level` reaches to either side.
 * @throws ModelError `bad-option` for a coverage outside (0, 1)
 */
export function intervalFactor(level: number): number {
  if (!(level > 0 && level < 1)) throw new ModelError('bad-option', `level must lie between 0 and 1, not ${level}`);
  return normalQuantile((1 + level) / 2);
}
