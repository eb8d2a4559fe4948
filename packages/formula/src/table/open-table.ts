import { FormulaDataError } from '../errors.js';
import type { ArrowTableLike } from './arrow.js';
import { isArrowTable, openArrow } from './arrow.js';
import type { ColumnarTableLike } from './columnar.js';
import { isColumnarTable, lazyTable } from './columnar.js';
import type { Table } from './table.js';

/** Columns by name: arrays or typed arrays of one length. null, undefined and NaN are missing. */
export type ColumnObject = Readonly<Record<string, ArrayLike<unknown>>>;
/** One object per row. */
export type RowObjects = readonly Readonly<Record<string, unknown>>[];
/** Everything that can be read as a table. */
export type TableLike =
  | Table
  | ColumnObject
  | ReadonlyMap<string, ArrayLike<unknown>>
  | RowObjects
  | ArrowTableLike
  | ColumnarTableLike;

const isTable = (table: object): table is Table =>
  'nrow' in table && 'column' in table && typeof table.column === 'function';

const isArrayLike = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

function openRows(rows: RowObjects): Table {
  const names = new Set<string>();
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null)
      throw new FormulaDataError(`Row ${i + 1} of the table is not an object.`, { row: i });
    for (const name of Object.keys(row)) names.add(name);
  });
  const value = (row: Readonly<Record<string, unknown>>, name: string): unknown =>
    Object.hasOwn(row, name) ? row[name] : null;
  return lazyTable(rows.length, [...names], (name) => rows.map((row) => value(row, name)));
}

function openColumns(columns: ReadonlyMap<string, ArrayLike<unknown>>): Table {
  let nrow = -1;
  let first = '';
  for (const [name, values] of columns) {
    if (!isArrayLike(values)) {
      throw new FormulaDataError(`Column "${name}" is not an array.`, {
        column: name,
        hint: 'A table is { name: array, ... }, an array of row objects, or an Arrow table.',
      });
    }
    if (nrow === -1) [nrow, first] = [values.length, name];
    if (values.length !== nrow) {
      throw new FormulaDataError(`Column "${name}" has ${values.length} rows, but "${first}" has ${nrow}.`, {
        column: name,
      });
    }
  }
  return lazyTable(Math.max(0, nrow), [...columns.keys()], (name) => columns.get(name)!);
}

/**
 * Opens a table: columns by name (an object or a Map), an array of row objects, or an Arrow table (any object with `getChild`,
 * `schema` and `numRows`), or a table with the methods `numRows`, `columnNames` and `array`, such as Arquero's. Nothing is read or copied yet; what is computed later (codes of levels) is kept in the result, so
 * open once when several steps read the same table. An open table is returned as it is.
 *
 * @throws FormulaDataError when it is none of these, or columns differ in length.
 */
export function openTable(table: TableLike): Table {
  if (typeof table !== 'object' || table === null) throw new FormulaDataError('The table is missing.');
  if (isTable(table)) return table;
  if (isArrowTable(table)) return openArrow(table);
  if (isColumnarTable(table)) return lazyTable(table.numRows(), table.columnNames(), (name) => table.array(name));
  if (Array.isArray(table)) return openRows(table as RowObjects);
  if (table instanceof Map) return openColumns(table as ReadonlyMap<string, ArrayLike<unknown>>);
  return openColumns(new Map(Object.entries(table as ColumnObject)));
}
