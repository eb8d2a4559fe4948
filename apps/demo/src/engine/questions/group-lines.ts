import type { FittedModel } from '@blup/lmm';
import { cellText } from '../../data/summarize-table.js';
import type { RawTable } from '../../data/raw-table.js';

/** Rows of some groups with what was fitted to them. */
export interface GroupLines {
  readonly levels: readonly string[];
  /** Levels of the grouping factor in all. */
  readonly of: number;
  /** Index into `levels`. */
  readonly level: Int32Array;
  /** Numbers, or labels of a factor. */
  readonly x: readonly (number | string)[];
  /** Levels of `x` in order; null for numbers. */
  readonly order: readonly string[] | null;
  readonly observed: Float64Array;
  readonly fitted: Float64Array;
  /** Without random effects. */
  readonly population: Float64Array;
}

const MAX_GROUPS = 24;
const MAX_ROWS = 4000;

/** offset + X beta by rows. */
export function populationMean({ optimum, data }: FittedModel): Float64Array {
  const { matrices, cp } = optimum;
  const out = matrices.offset ? matrices.offset.slice() : new Float64Array(matrices.y.length);
  cp.fixed.kept.forEach((column, k) => {
    const x = matrices.X.columns[column];
    const beta = data.beta.values[k];
    for (let i = 0; i < out.length; i++) out[i] += beta * x[i];
  });
  return out;
}

/** Up to 24 levels of a grouping factor, evenly taken, by a column of the table. */
export function groupLines(model: FittedModel, table: RawTable, group: string, column: string): GroupLines {
  const { matrices } = model.optimum;
  const term = matrices.terms.find((t) => t.group === group)!;
  const source = table.columns.find(({ name }) => name === column)!;
  const nl = term.levels.length;
  const count = Math.min(nl, MAX_GROUPS);
  const shown = new Map(Array.from({ length: count }, (_, k) => [Math.floor((k * nl) / count), k]));
  const rows: number[] = [];
  for (let i = 0; i < term.levelIdx.length && rows.length < MAX_ROWS; i++)
    if (shown.has(term.levelIdx[i])) rows.push(i);
  const population = populationMean(model);
  const pick = (values: ArrayLike<number>) => Float64Array.from(rows, (i) => values[i]);
  const tableRow = (i: number) => (model.rows ? model.rows[i] : i);
  return {
    levels: [...shown.keys()].map((l) => term.levels[l]),
    of: nl,
    level: Int32Array.from(rows, (i) => shown.get(term.levelIdx[i])!),
    x: rows.map((i) => {
      const at = tableRow(i);
      return source.kind === 'text' ? (cellText(source, at) ?? '') : source.values[at];
    }),
    order: source.kind === 'text' ? source.levels : null,
    observed: pick(matrices.y),
    fitted: pick(model.fitted),
    population: pick(population),
  };
}
