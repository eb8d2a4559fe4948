import { DataError, uniqueNames, type RawTable } from './raw-table.js';
import { columnOfValues } from './values.js';

/**
 * Reads a table from JSON: a list of row objects, an object of columns, either of them under `data`, or one row object on each line.
 * @throws DataError when the text is none of these
 */
export function readJson(text: string): RawTable {
  const root = parse(text);
  const inner = isObject(root) && 'data' in root && typeof root['data'] === 'object' ? root['data'] : root;
  if (Array.isArray(inner)) return fromRows(inner);
  if (isObject(inner)) return fromColumns(inner);
  throw new DataError('The file is JSON, but neither a list of rows nor an object of columns.');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      throw new DataError(`The file is not JSON: ${(error as Error).message}.`);
    }
  }
}

function fromRows(rows: readonly unknown[]): RawTable {
  const names = new Set<string>();
  for (const [i, row] of rows.entries()) {
    if (!isObject(row)) throw new DataError(`Row ${i + 1} is not an object with one entry for each column.`);
    for (const name of Object.keys(row)) names.add(name);
  }
  if (rows.length === 0 || names.size === 0) throw new DataError('The file holds no rows.');
  const remarks: string[] = [];
  const unique = uniqueNames([...names], remarks);
  const columns = [...names].map((name, j) =>
    columnOfValues(
      unique[j],
      rows.map((row) => (Object.hasOwn(row as object, name) ? (row as Record<string, unknown>)[name] : null)),
    ),
  );
  return { nrow: rows.length, columns, remarks };
}

function fromColumns(table: Record<string, unknown>): RawTable {
  const entries = Object.entries(table);
  const remarks: string[] = [];
  const unique = uniqueNames(
    entries.map(([name]) => name),
    remarks,
  );
  let nrow = -1;
  const columns = entries.map(([name, values], j) => {
    if (!Array.isArray(values)) throw new DataError(`Entry "${name}" is not a list of values.`);
    if (nrow >= 0 && values.length !== nrow)
      throw new DataError(`Column "${name}" has ${values.length} values, the others have ${nrow}.`);
    nrow = values.length;
    return columnOfValues(unique[j], values);
  });
  if (nrow <= 0) throw new DataError('The file holds no rows.');
  return { nrow, columns, remarks };
}
