import { ModelError } from '../../errors.js';
import type { FittedModel } from '../../fitted-model.js';
import { checkedLevel } from '../coefficient-table.js';
import { checkedDdf, rowTests, type DdfMethod } from '../contrast-test.js';
import { tUpperQuantile } from '../distributions/distributions.js';
import { gridOf, gridRows, referenceGrid, type GridColumn, type GridRows, type GridValue } from './reference-grid.js';

export interface EmmeansOptions {
  /** Factors within whose levels means are compared. */
  readonly by?: string | readonly string[];
  /** Values of columns, instead of all levels and of means. */
  readonly at?: Readonly<Record<string, GridValue | readonly GridValue[]>>;
  /** Other factors are averaged with equal weights (default), or in proportion to the rows of the data. */
  readonly weights?: 'equal' | 'proportional';
  readonly ddf?: DdfMethod;
  readonly level?: number;
}

/** Estimated marginal means, or trends, by columns: one entry for each combination of the factors' levels. */
export interface MarginalMeans {
  readonly model: FittedModel;
  /** What is estimated: `mean`, or `x.trend`. */
  readonly quantity: string;
  readonly factors: readonly string[];
  readonly by: readonly string[];
  /** For each combination the levels of the factors, then those of `by`. */
  readonly levels: readonly (readonly GridValue[])[];
  /** Weights of the fixed effects that were kept. */
  readonly L: readonly Float64Array[];
  /** Added to L beta: the offset in the grid. */
  readonly offset: readonly number[];
  /** False where the data do not determine the value; its numbers are NaN. */
  readonly estimable: readonly boolean[];
  readonly estimate: readonly number[];
  readonly se: readonly number[];
  readonly df: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly level: number;
  readonly ddf: DdfMethod;
}

/**
 * Estimated marginal means: the model's mean response on a reference grid, averaged over the factors that are not named.
 *
 *     pairs(emmeans(model, 'recipe'))
 *
 * @param specs columns of the table; none gives the grand mean
 * @throws ModelError `bad-option` for columns that are no factors of the fixed part, or options that do not apply
 */
export function emmeans(
  model: FittedModel,
  specs: string | readonly string[],
  options: EmmeansOptions = {},
): MarginalMeans {
  return marginal(model, specs, options, 'mean', (grid) => gridRows(model, grid));
}

/**
 * Slopes of the mean response by a numeric column, at the levels of factors: the derivative of the grid's rows by central differences (exact
 * for linear and quadratic terms).
 */
export function emtrends(
  model: FittedModel,
  specs: string | readonly string[],
  variable: string,
  options: EmmeansOptions = {},
): MarginalMeans {
  return marginal(model, specs, options, `${variable}.trend`, (grid) => {
    const c = grid.columns.findIndex(({ name }) => name === variable);
    if (c < 0 || !grid.columns[c].values.every((v) => typeof v === 'number'))
      throw new ModelError('bad-option', `${variable} is no numeric column of the fixed effects`);
    const h = 1e-3 * Math.max(1e-3, rangeOf(model, variable));
    const shifted = (d: number): GridRows =>
      gridRows(model, {
        ...grid,
        columns: grid.columns.map((column, k): GridColumn =>
          k === c ? { ...column, values: column.values.map((v) => (v as number) + d) } : column,
        ),
      });
    const up = shifted(h);
    const down = shifted(-h);
    return {
      X: up.X.map((x, i) => x.map((v, k) => (v - down.X[i][k]) / (2 * h))),
      estimable: up.estimable.map((v, i) => v && down.estimable[i]),
      offset: up.offset && down.offset && up.offset.map((v, i) => (v - down.offset![i]) / (2 * h)),
    };
  });
}

function marginal(
  model: FittedModel,
  specs: string | readonly string[],
  options: EmmeansOptions,
  quantity: string,
  rowsOf: (grid: ReturnType<typeof referenceGrid>) => GridRows,
): MarginalMeans {
  const ddf = checkedDdf(options.ddf);
  const level = checkedLevel(options.level);
  const factors = typeof specs === 'string' ? [specs] : [...specs];
  const by = typeof options.by === 'string' ? [options.by] : [...(options.by ?? [])];
  const grid = referenceGrid(model, options.at);
  const named = [...factors, ...by];
  const places = named.map((name) => grid.columns.findIndex((column) => column.name === name));
  places.forEach((c, i) => {
    if (c < 0) {
      const known = grid.columns.map((column) => column.name).join(', ') || 'none';
      throw new ModelError('bad-option', `the fixed effects do not read a column ${named[i]}; they read: ${known}`);
    }
  });
  const rows = rowsOf(grid);
  const cells = gridOf(places.map((c) => grid.columns[c]));
  const weights = cellWeights(model, grid, places, options.weights ?? 'equal');
  const p = model.data.beta.values.length;
  const L = Array.from({ length: cells.size }, () => new Float64Array(p));
  const offset = L.map(() => 0);
  const estimable = L.map(() => true);
  const total = L.map(() => 0);
  for (let i = 0; i < grid.size; i++) {
    let cell = 0;
    for (let f = named.length - 1; f >= 0; f--) cell = cell * cells.columns[f].values.length + grid.cells[places[f]][i];
    const w = weights[i];
    if (w === 0) continue;
    total[cell] += w;
    if (!rows.estimable[i]) estimable[cell] = false;
    if (rows.offset) offset[cell] += w * rows.offset[i];
    for (let k = 0; k < p; k++) L[cell][k] += w * rows.X[i][k];
  }
  L.forEach((l, cell) => {
    for (let k = 0; k < p; k++) l[k] /= total[cell];
    offset[cell] /= total[cell];
    if (total[cell] === 0) estimable[cell] = false;
  });
  const usable = L.map((l, cell) => (estimable[cell] ? l : new Float64Array(p).fill(0)));
  const tests = rowTests(model, usable, ddf);
  const only = (x: readonly number[]) => x.map((v, cell) => (estimable[cell] ? v : NaN));
  const estimate = only(tests.estimate.map((v, cell) => v + offset[cell]));
  const half = tests.se.map((s, cell) => s * tUpperQuantile((1 - level) / 2, tests.df[cell]));
  return {
    model,
    quantity,
    factors,
    by,
    levels: Array.from({ length: cells.size }, (_, i) =>
      cells.columns.map((column, c) => column.values[cells.cells[c][i]]),
    ),
    L,
    offset,
    estimable,
    estimate,
    se: only(tests.se),
    df: only(tests.df),
    lower: estimate.map((v, cell) => v - half[cell]),
    upper: estimate.map((v, cell) => v + half[cell]),
    level,
    ddf,
  };
}

/** Weights of the rows of the grid when the columns that are not named are averaged over. */
function cellWeights(
  model: FittedModel,
  grid: ReturnType<typeof referenceGrid>,
  named: readonly number[],
  kind: 'equal' | 'proportional',
): Float64Array {
  const out = new Float64Array(grid.size).fill(1);
  if (kind === 'equal') return out;
  if (kind !== 'proportional')
    throw new ModelError('bad-option', `weights must be 'equal' or 'proportional', not '${String(kind)}'`);
  const others = grid.columns.flatMap((column, c) => (named.includes(c) || !column.codes ? [] : [c]));
  const counts = new Map<string, number>();
  for (let i = 0; i < model.data.nobs; i++) {
    const key = others.map((c) => grid.columns[c].codes![i]).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return out.map((_, i) => counts.get(others.map((c) => grid.cells[c][i]).join()) ?? 0);
}

/** Largest less smallest value of a numeric column. */
function rangeOf(model: FittedModel, variable: string): number {
  const grid = referenceGrid(model);
  const column = grid.columns.find(({ name }) => name === variable)!;
  const values = column.values as readonly number[];
  return Math.max(1, Math.abs(values[values.length - 1] - values[0]), Math.abs(values[0]));
}
