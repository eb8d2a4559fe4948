import { ModelError } from '../errors.js';
import type { Bootstrap } from './bootstrap.js';
import { normalQuantile } from '../inference/distributions/normal-quantile.js';

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

/** `percentile`: quantiles of the replicates; `basic`: reflected about the estimate; `normal`: estimate less bias, plus and minus standard errors. */
export type BootstrapKind = 'percentile' | 'basic' | 'normal';

/**
 * Intervals from a bootstrap's replicates, those that converged (Davison and Hinkley 1997, Bootstrap Methods and their Application,
 * section 5.2); `percentile` unless another kind is asked for.
 *
 * @throws ModelError `bad-option` for a level outside (0, 1) or fewer than two replicates
 */
export function bootstrapIntervals(
  bootstrap: Bootstrap,
  options: { readonly level?: number; readonly kind?: BootstrapKind } = {},
): BootstrapInterval[] {
  const { names, values, estimates } = bootstrap;
  const of = replicateInterval(options.level ?? 0.95, options.kind ?? 'percentile');
  const rows = convergedReplicates(bootstrap);
  return names.map((name, k) => ({
    name,
    ...of(
      estimates[k],
      rows.map((r) => values[r * names.length + k]),
    ),
  }));
}

/**
 * Numbers of the replicates that converged.
 * @throws ModelError `bad-option` when there are fewer than two
 */
export function convergedReplicates({ nsim, converged }: Bootstrap): number[] {
  const rows = Array.from({ length: nsim }, (_, r) => r).filter((r) => converged[r] === 1);
  if (rows.length < 2) throw new ModelError('bad-option', `${rows.length} replicates converged; intervals need more`);
  return rows;
}

/**
 * The interval of one quantity from its replicates; those where it does not exist (NaN: a correlation with a vanishing standard deviation) are left
 * out.
 *
 * @throws ModelError `bad-option` for a level outside (0, 1) or an unknown kind
 */
export function replicateInterval(
  level: number,
  kind: BootstrapKind,
): (estimate: number, replicates: readonly number[]) => Omit<BootstrapInterval, 'name'> {
  if (!(level > 0 && level < 1)) throw new ModelError('bad-option', `level must lie between 0 and 1, not ${level}`);
  if (kind !== 'percentile' && kind !== 'basic' && kind !== 'normal') {
    throw new ModelError('bad-option', `kind must be 'percentile', 'basic' or 'normal', not '${String(kind)}'`);
  }
  return (estimate, replicates) => {
    const x = Float64Array.from(replicates.filter((v) => !Number.isNaN(v))).sort();
    if (x.length < 2) return { estimate, bias: NaN, se: NaN, lower: NaN, upper: NaN };
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const se = Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / (x.length - 1));
    const bias = mean - estimate;
    const low = quantile(x, (1 - level) / 2);
    const high = quantile(x, (1 + level) / 2);
    const common = { estimate, bias, se };
    if (kind === 'percentile') return { ...common, lower: low, upper: high };
    if (kind === 'basic') return { ...common, lower: 2 * estimate - high, upper: 2 * estimate - low };
    const half = normalQuantile((1 + level) / 2) * se;
    return { ...common, lower: estimate - bias - half, upper: estimate - bias + half };
  };
}

/** Sample quantile of sorted numbers at position (n + 1) p, within the sample (type 6 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, p: number): number {
  const n = sorted.length;
  const at = Math.min(Math.max((n + 1) * p - 1, 0), n - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, n - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
