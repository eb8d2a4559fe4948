import { openTable, type Column, type Table } from '@blup/formula';
import type { ColumnSetting } from '../model/settings.js';
import { parseDecimal } from './delimited.js';
import type { RawColumn, RawTable } from './raw-table.js';

/** The table as formulas read it, with the user's changes of type. Numbers are not copied. */
export function modelTable(raw: RawTable, settings: ReadonlyMap<string, ColumnSetting>): Table {
  const columns = new Map<string, Column>();
  for (const column of raw.columns) {
    const role = settings.get(column.name)?.role ?? 'auto';
    columns.set(column.name, role === 'number' ? asNumbers(column) : asIs(column));
  }
  return { nrow: raw.nrow, names: [...columns.keys()], column: (name) => columns.get(name) ?? null };
}

/** Columns whose order of levels came with the data, unless the user changed their type. */
export function orderedByData(raw: RawTable, settings: ReadonlyMap<string, ColumnSetting>): string[] {
  return raw.columns
    .filter((c) => c.kind === 'text' && c.ordered && (settings.get(c.name)?.role ?? 'auto') === 'auto')
    .map(({ name }) => name);
}

const wrap = (name: string, values: ArrayLike<unknown>): Column => openTable(new Map([[name, values]])).column(name)!;

function asIs(column: RawColumn): Column {
  const { name } = column;
  if (column.kind === 'text') {
    const { codes, levels, declared } = column;
    return {
      name,
      type: 'string',
      categories: declared ? levels : null,
      coded: () => ({ codes, levels }),
      numbers: () => numbersOfText(column),
    };
  }
  if (column.kind === 'number') return wrap(name, column.values);
  if (column.kind === 'boolean')
    return wrap(
      name,
      Array.from(column.values, (v) => (Number.isNaN(v) ? null : v === 1)),
    );
  return wrap(
    name,
    Array.from(column.values, (v) => (Number.isNaN(v) ? null : new Date(v * 86_400_000))),
  );
}

function asNumbers(column: RawColumn): Column {
  return wrap(column.name, column.kind === 'text' ? numbersOfText(column) : column.values);
}

/** Labels read as numbers; those that are none are missing. */
function numbersOfText({ codes, levels }: RawColumn & { kind: 'text' }): Float64Array {
  const value = levels.map((level) => parseDecimal(level) ?? Number.NaN);
  return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : value[code]));
}
