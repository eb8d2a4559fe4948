import { applyDesign, openTable, parseExpression, type Expr, type SchemaColumn } from '@blup/formula';
import { ModelError } from '../../errors.js';
import type { FittedModel } from '../../fitted-model.js';

export type GridValue = number | string | boolean;

/** A table column that the fixed part reads, with the values it takes in the grid. */
export interface GridColumn {
  readonly name: string;
  readonly values: readonly GridValue[];
  /** How many rows of the data have each value; null for a number that stands at its mean. */
  readonly counts: readonly number[] | null;
  /** Index into `values` of every row of the data; null likewise. */
  readonly codes: Int32Array | null;
}

/** All combinations of the columns' values, the first varying fastest. */
export interface ReferenceGrid {
  readonly columns: readonly GridColumn[];
  readonly size: number;
  /** For each row of the grid the index into each column's values. */
  readonly cells: readonly Int32Array[];
}

/** Rows of X for a grid. */
export interface GridRows {
  /** By the columns that were kept. */
  readonly X: readonly Float64Array[];
  /** By the columns that were left out because they depend on the kept ones. */
  readonly left: readonly Float64Array[];
  readonly offset: Float64Array | null;
}

/**
 * The reference grid (Searle, Speed and Milliken 1980; Lenth's emmeans): every level of every factor, numbers at their mean. Numbers with
 * two values in the data, and numbers that the formula makes into factors, count as factors.
 *
 * @param at values to use instead, by column
 * @throws ModelError `bad-option` for a model without a table, or `at` of a column that the fixed part does not read
 */
export function referenceGrid(
  model: FittedModel,
  at: Readonly<Record<string, GridValue | readonly GridValue[]>> = {},
): ReferenceGrid {
  const { frame, source } = model;
  if (!frame || !source) throw new ModelError('bad-option', 'marginal means need a model that was fitted from a table');
  const { design } = frame;
  const variables = [...new Set([...design.fixed.terms.flatMap((t) => t.variables), ...design.offsets])];
  const reading = new Map<string, boolean>();
  for (const v of variables) {
    const { expression, kind } = design.variables[v];
    for (const name of namesOf(parseExpression(expression))) {
      reading.set(name, (reading.get(name) ?? false) || kind === 'factor' || kind === 'logical');
    }
  }
  const table = openTable(source.table);
  const given = new Map(Object.entries(at));
  const columns = design.columns
    .filter(({ name }) => reading.has(name))
    .map((schema) => {
      const column = gridColumn(
        schema,
        table.column(schema.name)!,
        model.rows,
        model.data.nobs,
        reading.get(schema.name)!,
      );
      const wanted = given.get(schema.name);
      given.delete(schema.name);
      return wanted === undefined ? column : restricted(column, wanted);
    });
  for (const name of given.keys()) {
    throw new ModelError(
      'bad-option',
      `the fixed effects do not read a column ${name}; they read: ${columns.map((c) => c.name).join(', ')}`,
    );
  }
  return gridOf(columns);
}

/** All combinations of some columns. */
export function gridOf(columns: readonly GridColumn[]): ReferenceGrid {
  const size = columns.reduce((s, c) => s * c.values.length, 1);
  let stride = 1;
  const cells = columns.map(({ values }) => {
    const step = stride;
    stride *= values.length;
    return Int32Array.from({ length: size }, (_, i) => Math.floor(i / step) % values.length);
  });
  return { columns, size, cells };
}

/** Evaluates the model's design on a grid. */
export function gridRows(model: FittedModel, grid: ReferenceGrid): GridRows {
  const { frame, source, optimum } = model;
  const table = new Map(
    grid.columns.map(({ name, values }, c) => [name, Array.from(grid.cells[c], (k) => values[k])] as const),
  );
  if (table.size === 0) table.set('(none)', [0]);
  const found = applyDesign({ ...frame!.design, random: [] }, table, { functions: source!.functions, random: false });
  const { kept, dropped } = optimum.cp.fixed;
  const all = found.fixed.columns;
  const rowsOf = (columns: Int32Array): Float64Array[] =>
    Array.from({ length: grid.size }, (_, i) => Float64Array.from(columns, (k) => all[k][i]));
  return { X: rowsOf(kept), left: rowsOf(dropped), offset: found.offset };
}

function gridColumn(
  schema: SchemaColumn,
  column: NonNullable<ReturnType<ReturnType<typeof openTable>['column']>>,
  rows: Int32Array | null,
  nobs: number,
  inFactor: boolean,
): GridColumn {
  const { name, type } = schema;
  const row = (i: number) => (rows ? rows[i] : i);
  if (type === 'number' || type === 'date') {
    const numbers = column.numbers();
    const distinct = new Set<number>();
    let sum = 0;
    for (let i = 0; i < nobs; i++) {
      const v = numbers[row(i)];
      sum += v;
      if (inFactor || distinct.size < 3) distinct.add(v);
    }
    if (!inFactor && distinct.size > 2) return { name, values: [sum / nobs], counts: null, codes: null };
    const values = [...distinct].sort((a, b) => a - b);
    const place = new Map(values.map((v, k) => [v, k]));
    return counted(
      name,
      values,
      Int32Array.from({ length: nobs }, (_, i) => place.get(numbers[row(i)])!),
    );
  }
  if (type === 'boolean') {
    const numbers = column.numbers();
    return counted(
      name,
      [false, true],
      Int32Array.from({ length: nobs }, (_, i) => numbers[row(i)]),
    );
  }
  const coded = column.coded();
  const levels = schema.levels ?? coded.levels;
  const place = new Map(levels.map((level, k) => [level, k]));
  const codes = Int32Array.from({ length: nobs }, (_, i) => place.get(coded.levels[coded.codes[row(i)]])!);
  return counted(name, levels, codes);
}

/** A column of levels, without those that no row has. */
function counted(name: string, values: readonly GridValue[], codes: Int32Array): GridColumn {
  const counts = values.map(() => 0);
  for (const code of codes) counts[code]++;
  const used = values.flatMap((_, k) => (counts[k] > 0 ? [k] : []));
  const target = new Int32Array(values.length);
  used.forEach((k, i) => (target[k] = i));
  return {
    name,
    values: used.map((k) => values[k]),
    counts: used.map((k) => counts[k]),
    codes: codes.map((code) => target[code]),
  };
}

/** The column at the wanted values. Levels of a factor keep their counts; new numbers have none. */
function restricted(column: GridColumn, wanted: GridValue | readonly GridValue[]): GridColumn {
  const values = Array.isArray(wanted) ? (wanted as readonly GridValue[]) : [wanted as GridValue];
  if (column.counts === null || column.values.every((v) => typeof v === 'number')) {
    if (!values.every((v) => typeof v === 'number' && Number.isFinite(v)))
      throw new ModelError('bad-option', `values of ${column.name} must be finite numbers`);
    return { name: column.name, values, counts: null, codes: null };
  }
  const places = values.map((v) => column.values.indexOf(v));
  if (places.includes(-1))
    throw new ModelError('bad-option', `${column.name} has no level ${String(values[places.indexOf(-1)])}`);
  const target = new Int32Array(column.values.length).fill(-1);
  places.forEach((k, i) => (target[k] = i));
  return {
    name: column.name,
    values,
    counts: places.map((k) => column.counts![k]),
    codes: column.codes!.map((code) => target[code]),
  };
}

/** Names of table columns in an expression. */
function namesOf(node: Expr): string[] {
  const out: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      if ('kind' in value && value.kind === 'name' && 'name' in value) out.push(String(value.name));
      else Object.values(value).forEach(visit);
    }
  };
  visit(node);
  return out;
}
