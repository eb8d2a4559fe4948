import type { FittedModel } from '../fitted-model.js';
import { ModelError } from '../errors.js';
import { parametricBootstrapSync, type Bootstrap } from '../simulation/bootstrap.js';
import { convergedReplicates, replicateInterval, type BootstrapKind } from '../simulation/bootstrap-intervals.js';
import { checkedLevel } from './coefficient-table.js';
import { parametersAt, type IntervalScale } from './natural-errors.js';
import { labelsOf } from './variance-intervals.js';
import type { Intervals } from './confint.js';

export interface BootstrapConfintOptions {
  readonly level?: number;
  /** Default `percentile`. */
  readonly kind?: BootstrapKind;
  /** Replicates; default 1000. */
  readonly nsim?: number;
  /** A whole number; the same seed gives the same bits everywhere. Default 1. */
  readonly seed?: number;
  /** Replicates of this model that were made before, by {@link parametricBootstrap} in workers for example; `nsim` and `seed` are then its own. */
  readonly bootstrap?: Bootstrap;
}

/**
 * Bootstrap intervals of variance parameters, sigma and fixed effects from replicates that converged, each parameter on the scale on which it is
 * reported. Basic and normal intervals are cut at the parameter's bounds. A correlation does not exist in replicates where a standard
 * deviation vanishes; these do not count for it.
 *
 * @throws ModelError `bad-option` for a bootstrap of another model, fewer than two replicates, or residual structures
 */
export function bootstrapConfint(model: FittedModel, options: BootstrapConfintOptions): Intervals {
  const level = checkedLevel(options.level);
  const kind = options.kind ?? 'percentile';
  const of = replicateInterval(level, kind);
  const bootstrap =
    options.bootstrap ?? parametricBootstrapSync(model, { nsim: options.nsim ?? 1000, seed: options.seed ?? 1 });
  const { data, optimum } = model;
  requireOwn(model, bootstrap);
  const rows = convergedReplicates(bootstrap);
  const width = bootstrap.names.length;
  const parLength = data.par.length;
  const variances = rows.map((r) =>
    parametersAt(
      optimum,
      bootstrap.par.subarray(r * parLength, (r + 1) * parLength),
      Math.log(bootstrap.values[r * width + 1]),
    ),
  );
  const here = parametersAt(optimum, optimum.par, Math.log(data.sigma));
  const names = labelsOf(optimum, here);
  const parts = [
    ...here.map(({ value, scale, lowest }, i) => {
      const interval = of(
        value,
        variances.map((v) => v[i].value),
      );
      const [bound, most] = RANGE[scale];
      const least = scale === 'atanh' ? lowest : bound;
      const cut = (v: number) => Math.min(most, Math.max(least, v));
      return { name: names[i], ...interval, lower: cut(interval.lower), upper: cut(interval.upper) };
    }),
    ...data.beta.names.map((name, k) => ({
      name,
      ...of(
        data.beta.values[k],
        rows.map((r) => bootstrap.values[r * width + 2 + k]),
      ),
    })),
  ];
  return {
    method: 'boot',
    level,
    names: parts.map((v) => v.name),
    estimate: parts.map((v) => v.estimate),
    lower: parts.map((v) => v.lower),
    upper: parts.map((v) => v.upper),
    boot: {
      kind,
      nsim: bootstrap.nsim,
      seed: bootstrap.seed,
      converged: rows.length,
      singular: rows.filter((r) => bootstrap.singular[r] === 1).length,
      bias: parts.map((v) => v.bias),
      se: parts.map((v) => v.se),
    },
  };
}

/** Values that a parameter of an interval's scale can have. */
const RANGE: Readonly<Record<IntervalScale, readonly [number, number]>> = {
  log: [0, Infinity],
  atanh: [-1, 1],
  logit: [0, 1],
  identity: [-Infinity, Infinity],
};

function requireOwn({ data }: FittedModel, { names, estimates }: Bootstrap): void {
  const own = [data.objective, data.sigma, ...data.beta.values, ...data.theta];
  if (names.length === own.length && own.every((v, k) => v === estimates[k])) return;
  throw new ModelError('bad-option', 'the bootstrap was made from another model');
}
