import Papa from 'papaparse';
import { DataError, textColumn, uniqueNames, type RawColumn, type RawTable } from './raw-table.js';

const MISSING = new Set(['', 'NA']);

/**
 * Reads CSV or TSV with a header line (RFC 4180; the separator is found). A column is numeric when every value that is not missing (empty or
 * `NA`) is a decimal number; files separated by semicolons may use decimal commas.
 *
 * @throws DataError when there is no header or no row, or a row has another number of fields than the header
 */
export function readDelimited(text: string): RawTable {
  const { data, meta, errors } = Papa.parse<string[]>(text, { skipEmptyLines: true });
  const quotes = errors.find(({ type }) => type === 'Quotes');
  if (quotes) throw new DataError(`Row ${(quotes.row ?? 0) + 1}: ${quotes.message}.`);
  const header = data[0];
  if (!header || data.length < 2)
    throw new DataError('The file needs a line with the names of the columns, and rows below it.');
  for (let i = 1; i < data.length; i++) {
    if (data[i].length === header.length) continue;
    throw new DataError(`Row ${i} has ${data[i].length} fields, the header has ${header.length}.`);
  }
  const remarks: string[] = [];
  const names = uniqueNames(header, remarks);
  const commas = meta.delimiter === ';';
  return { nrow: data.length - 1, columns: names.map((name, j) => readColumn(name, data, j, commas)), remarks };
}

function readColumn(name: string, rows: readonly string[][], j: number, commas: boolean): RawColumn {
  return (
    readNumbers(name, rows, j, false) ??
    (commas ? readNumbers(name, rows, j, true) : null) ??
    textColumn(
      name,
      rows.slice(1).map((row) => (MISSING.has(row[j]) ? null : row[j])),
    )
  );
}

function readNumbers(name: string, rows: readonly string[][], j: number, comma: boolean): RawColumn | null {
  const values = new Float64Array(rows.length - 1);
  let some = false;
  for (let i = 1; i < rows.length; i++) {
    const text = rows[i][j];
    if (MISSING.has(text)) {
      values[i - 1] = Number.NaN;
      continue;
    }
    const value = parseDecimal(comma ? text.replace(',', '.') : text);
    if (value === null) return null;
    values[i - 1] = value;
    some = true;
  }
  return some ? { kind: 'number', name, values } : null;
}

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The double nearest to a decimal number; null for other texts. */
export function parseDecimal(text: string): number | null {
  return DECIMAL.test(text) ? Number(text) : null;
}
