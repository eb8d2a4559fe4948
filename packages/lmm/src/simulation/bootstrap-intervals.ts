import { ModelError } from '../errors.js';
import type { Bootstrap } from './bootstrap.js';
import { normalQuantile } from './normal-quantile.js';

export interface BootstrapInterval {
  readonly name: string;
  readonly estimate: number;
  /** Mean of the replicates less the estimate. */
  readonly bias: number;
  /** Standard deviation of the replicates. */
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Intervals from a bootstrap's replicates, those that converged (Davison and Hinkley 1997, Bootstrap Methods and their Application,
 * section 5.2). `percentile` (default): quantiles of the replicates; `basic`: reflected about the estimate; `normal`: estimate less
 * bias, plus and minus standard errors.
 *
 * @throws ModelError `bad-option` for a level outside (0, 1) or fewer than two replicates
 */
export function bootstrapIntervals(
  bootstrap: Bootstrap,
  options: { readonly level?: number; readonly kind?: 'percentile' | 'basic' | 'normal' } = {},
): BootstrapInterval[] {
  const { names, nsim, values, converged, estimates } = bootstrap;
  const level = options.level ?? 0.95;
  const kind = options.kind ?? 'percentile';
  if (!(level > 0 && level < 1)) throw new ModelError('bad-option', `level must lie between 0 and 1, not ${level}`);
  const rows = Array.from({ length: nsim }, (_, r) => r).filter((r) => converged[r] === 1);
  if (rows.length < 2) throw new ModelError('bad-option', `${rows.length} replicates converged; intervals need more`);
  return names.map((name, k) => {
    const x = Float64Array.from(rows, (r) => values[r * names.length + k]).sort();
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const se = Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / (x.length - 1));
    const estimate = estimates[k];
    const bias = mean - estimate;
    const low = quantile(x, (1 - level) / 2);
    const high = quantile(x, (1 + level) / 2);
    const common = { name, estimate, bias, se };
    if (kind === 'percentile') return { ...common, lower: low, upper: high };
    if (kind === 'basic') return { ...common, lower: 2 * estimate - high, upper: 2 * estimate - low };
    const half = normalQuantile((1 + level) / 2) * se;
    return { ...common, lower: estimate - bias - half, upper: estimate - bias + half };
  });
}

/** Sample quantile of sorted numbers at position (n + 1) p, within the sample (type 6 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, p: number): number {
  const n = sorted.length;
  const at = Math.min(Math.max((n + 1) * p - 1, 0), n - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, n - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
