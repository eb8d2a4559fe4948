import { FormulaDataError, openTable, type Column, type Table } from '@blup/formula';
import type { CategoryColumn } from './input/column.js';
import type { DataTable } from './input/read-table.js';

/** The table as formulas read it. Nothing is copied but truth values. */
export function modelTable(data: DataTable): Table {
  const columns = new Map<string, Column>();
  for (const column of data.columns)
    columns.set(column.name, column.kind === 'category' ? categoryColumn(column) : plainColumn(column));
  return {
    nrow: data.nrow,
    names: [...columns.keys()],
    column: (name) => columns.get(name) ?? null,
  };
}

/** The columns whose levels have a meaningful order. */
export function orderedFactors(data: DataTable): string[] {
  return data.columns.filter((column) => column.kind === 'category' && column.ordered).map(({ name }) => name);
}

function plainColumn({
  kind,
  name,
  values,
}: {
  kind: 'number' | 'boolean';
  name: string;
  values: Float64Array;
}): Column {
  const array = kind === 'number' ? values : Array.from(values, (value) => (Number.isNaN(value) ? null : value === 1));
  return openTable(new Map([[name, array]])).column(name)!;
}

function categoryColumn({ name, codes, levels, declared }: CategoryColumn): Column {
  return {
    name,
    type: 'string',
    categories: declared ? levels : null,
    coded: () => ({ codes, levels }),
    numbers() {
      throw new FormulaDataError(`Column "${name}" holds labels, not numbers.`, { column: name });
    },
  };
}
