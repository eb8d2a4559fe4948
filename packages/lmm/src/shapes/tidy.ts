import type { FittedModel } from '../fitted-model.js';
import { coefficientTable } from '../inference/coefficient-table.js';
import type { DdfMethod } from '../inference/contrast-test.js';
import { columnsFrom, type PlainColumns } from './columns.js';

/** `fixed`: coefficients; `ran_pars`: standard deviations and correlations; `ran_vals`: conditional modes. */
export type TidyEffects = 'fixed' | 'ran_pars' | 'ran_vals';

export interface TidyOptions {
  /** Default `fixed` and `ran_pars`. */
  readonly effects?: readonly TidyEffects[];
  /** Degrees of freedom of the fixed effects: adds the columns `df` and `p.value`. Left out: none are computed. */
  readonly ddf?: DdfMethod;
  /** Adds the columns `conf.low` and `conf.high` to the fixed effects; normal quantiles unless `ddf` is given. */
  readonly confInt?: boolean;
  /** Coverage of the intervals; default 0.95. */
  readonly level?: number;
}

type Cell = number | string | null;

/**
 * One row for each estimate, with broom.mixed's names: `effect`, `group`, `level` (with `ran_vals`), `term`, `estimate`, `std.error`,
 * `statistic`, and as asked for `df`, `p.value`, `conf.low`, `conf.high`. Terms of `ran_pars` are `sd__(Intercept)`,
 * `cor__(Intercept).Days`, and `sd__Observation` in the group `Residual`; standard errors of `ran_vals` are conditional ones.
 */
export function tidy(model: FittedModel, options: TidyOptions = {}): PlainColumns {
  const effects = options.effects ?? ['fixed', 'ran_pars'];
  const names = ['effect', 'group', 'level', 'term', 'estimate', 'std.error', 'statistic'];
  const extra = [
    ...(options.ddf === undefined ? [] : ['df', 'p.value']),
    ...(options.confInt ? ['conf.low', 'conf.high'] : []),
  ];
  const rows: Cell[][] = [];
  for (const effect of effects) {
    if (effect === 'fixed') rows.push(...fixedRows(model, options, extra));
    else if (effect === 'ran_pars') rows.push(...parameterRows(model));
    else rows.push(...valueRows(model));
  }
  const all = [...names, ...extra];
  const filled = rows.map((row) => [...row, ...Array<Cell>(all.length - row.length).fill(null)]);
  if (effects.includes('ran_vals')) return columnsFrom(all, filled);
  const level = names.indexOf('level');
  return columnsFrom(
    all.filter((_, k) => k !== level),
    filled.map((row) => row.filter((_, k) => k !== level)),
  );
}

function fixedRows(model: FittedModel, options: TidyOptions, extra: readonly string[]): Cell[][] {
  const table = coefficientTable(model, {
    ddf: options.ddf ?? 'none',
    ...(options.level === undefined ? {} : { level: options.level }),
  });
  const more = new Map([
    ['df', table.df],
    ['p.value', table.p],
    ['conf.low', table.lower],
    ['conf.high', table.upper],
  ]);
  return table.names.map((name, k) => [
    'fixed',
    null,
    null,
    name,
    table.estimate[k],
    table.se[k],
    table.statistic[k],
    ...extra.map((column) => more.get(column)![k]),
  ]);
}

function parameterRows({ data }: FittedModel): Cell[][] {
  const row = (group: string, term: string, estimate: number): Cell[] => [
    'ran_pars',
    group,
    null,
    term,
    estimate,
    null,
    null,
  ];
  const rows = data.varcorr.flatMap(({ group, names, sd, corr }) => [
    ...names.map((name, i) => row(group, `sd__${name}`, sd[i])),
    ...names.flatMap((a, i) =>
      names.slice(i + 1).map((b, j) => row(group, `cor__${a}.${b}`, corr![i][i + 1 + j] ?? Number.NaN)),
    ),
  ]);
  return [...rows, row('Residual', 'sd__Observation', data.sigma)];
}

function valueRows(model: FittedModel): Cell[][] {
  return Object.entries(model.data.ranef).flatMap(([group, { levels, names, values }]) => {
    const variances = model.conditionalVariances(group);
    return levels.flatMap((level, l) =>
      names.map((name, k): Cell[] => [
        'ran_vals',
        group,
        level,
        name,
        values[l][k],
        Math.sqrt(variances[l][k][k]),
        null,
      ]),
    );
  });
}
