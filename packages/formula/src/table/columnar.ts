import { ArrayColumn } from './array-column.js';
import type { Column, Table } from './table.js';

/** A table object with methods, such as Arquero's. */
export interface ColumnarTableLike {
  numRows(): number;
  columnNames(): readonly string[];
  array(name: string): ArrayLike<unknown>;
}

export const isColumnarTable = (table: object): table is ColumnarTableLike =>
  ['numRows', 'columnNames', 'array'].every(
    (method) => typeof (table as Record<string, unknown>)[method] === 'function',
  );

/** A table whose columns are made when first asked for. */
export function lazyTable(nrow: number, names: readonly string[], read: (name: string) => ArrayLike<unknown>): Table {
  const known = new Set(names);
  const columns = new Map<string, Column>();
  return {
    nrow,
    names,
    column(name) {
      if (!known.has(name)) return null;
      const column = columns.get(name) ?? new ArrayColumn(name, read(name));
      columns.set(name, column);
      return column;
    },
  };
}
