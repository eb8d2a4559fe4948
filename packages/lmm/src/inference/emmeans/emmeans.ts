import { ModelError } from '../../errors.js';
import type { FittedModel } from '../../fitted-model.js';
import { checkedLevel } from '../coefficient-table.js';
import { checkedDdf, rowTests, type DdfMethod } from '../contrast-test.js';
import { tUpperQuantile } from '../distributions/distributions.js';
import { estimabilityCheck } from './estimability.js';
import { gridOf, gridRows, referenceGrid, type GridColumn, type GridRows, type GridValue } from './reference-grid.js';

/**
 * `equal`; `proportional` to the rows that have each combination of the other factors' levels; `outer`: the product of each factor's own
 * proportions; `cells`: the rows of each cell of the whole grid, so that means are those of the rows; `flat`: equal, over cells that have rows.
 */
export type MeanWeights = 'equal' | 'proportional' | 'outer' | 'cells' | 'flat';

export interface EmmeansOptions {
  /** Factors within whose levels means are compared. */
  readonly by?: string | readonly string[];
  /** Values of columns, instead of all levels and of means. */
  readonly at?: Readonly<Record<string, GridValue | readonly GridValue[]>>;
  /** How the factors that are not named are averaged over; default `equal`. */
  readonly weights?: MeanWeights;
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
  /** Weights of the fixed effects that were kept; NaN for a mean over no rows. */
  readonly L: readonly Float64Array[];
  /** The same of the columns that were left out of X as dependent; they decide what is estimable. */
  readonly left: readonly Float64Array[];
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
    const slopes = (above: readonly Float64Array[], below: readonly Float64Array[]): Float64Array[] =>
      above.map((x, i) => x.map((v, k) => (v - below[i][k]) / (2 * h)));
    return {
      X: slopes(up.X, down.X),
      left: slopes(up.left, down.left),
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
  const left = L.map(() => new Float64Array(model.data.droppedColumns.length));
  const offset = L.map(() => 0);
  const total = L.map(() => 0);
  const cellOf = (i: number): number => {
    let cell = 0;
    for (let f = named.length - 1; f >= 0; f--) cell = cell * cells.columns[f].values.length + grid.cells[places[f]][i];
    return cell;
  };
  for (let i = 0; i < grid.size; i++) total[cellOf(i)] += weights[i];
  for (let i = 0; i < grid.size; i++) {
    const cell = cellOf(i);
    const w = weights[i] === 0 ? 0 : weights[i] / total[cell];
    if (w === 0) continue;
    if (rows.offset) offset[cell] += w * rows.offset[i];
    rows.X[i].forEach((v, k) => (L[cell][k] += w * v));
    rows.left[i].forEach((v, k) => (left[cell][k] += w * v));
  }
  // A mean over no rows is none.
  L.forEach((l, cell) => total[cell] === 0 && l.fill(NaN));
  const determined = estimabilityCheck(model);
  const estimable = L.map((l, cell) => determined(l, left[cell]));
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
    left,
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
  kind: MeanWeights,
): Float64Array {
  const coded = grid.columns.flatMap((column, c) => (column.codes ? [c] : []));
  const others = coded.filter((c) => !named.includes(c));
  if (kind === 'equal') return new Float64Array(grid.size).fill(1);
  if (kind === 'proportional') return rowsWith(model, grid, others);
  if (kind === 'cells') return rowsWith(model, grid, coded);
  if (kind === 'flat') return rowsWith(model, grid, coded).map(Math.sign);
  if (kind === 'outer') {
    const each = others.map((c) => rowsWith(model, grid, [c]));
    return new Float64Array(grid.size).map((_, i) => each.reduce((w, counts) => w * counts[i], 1));
  }
  throw new ModelError(
    'bad-option',
    `weights must be 'equal', 'proportional', 'outer', 'cells' or 'flat', not '${String(kind)}'`,
  );
}

/** How many rows of the data agree with each row of the grid in some columns. */
function rowsWith(
  model: FittedModel,
  grid: ReturnType<typeof referenceGrid>,
  columns: readonly number[],
): Float64Array {
  const counts = new Map<string, number>();
  for (let i = 0; i < model.data.nobs; i++) {
    const key = columns.map((c) => grid.columns[c].codes![i]).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Float64Array.from(
    { length: grid.size },
    (_, i) => counts.get(columns.map((c) => grid.cells[c][i]).join()) ?? 0,
  );
}

/** Largest less smallest value of a numeric column. */
function rangeOf(model: FittedModel, variable: string): number {
  const grid = referenceGrid(model);
  const column = grid.columns.find(({ name }) => name === variable)!;
  const values = column.values as readonly number[];
  return Math.max(1, Math.abs(values[values.length - 1] - values[0]), Math.abs(values[0]));
}
