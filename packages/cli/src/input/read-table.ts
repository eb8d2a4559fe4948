import { InputError } from '../errors.js';
import { suggestion } from '../suggestion.js';
import type { Column, ColumnReader } from './column.js';
import { booleanReader, declaredCategoryReader, factorReader, labelReader, numberReader } from './column-readers.js';
import { readRecords } from './csv.js';
import { parseNumber, plainNumbers, type NumberFormat } from './number.js';
import type { TableSchema } from './table-schema.js';
import { CHUNK_LENGTH, textChunks, type Source } from './text-chunks.js';

/** A table in memory. */
export interface DataTable {
  readonly nrow: number;
  /** The named columns, in file order. */
  readonly columns: readonly Column[];
}

export interface ReadOptions {
  readonly schema?: TableSchema | undefined;
  /** Columns that hold labels even if they look like numbers. */
  readonly factors?: readonly string[] | undefined;
  /** Characters parsed at a time; the first chunk decides the type of the columns that no schema describes. */
  readonly chunkLength?: number;
}

/** What stands for a missing value when no schema says it. */
const missingByDefault: ReadonlySet<string> = new Set(['', 'NA']);

const decimalComma: NumberFormat = { decimal: ',', group: '' };

/**
 * Reads a CSV or TSV file into typed columns. A column that the schema does not describe is numeric when every value that is not
 * missing looks like a number, else categorical with levels in order of first appearance. Time O(size), memory O(columns x rows).
 *
 * @throws {InputError} see {@link readRecords}, {@link textChunks}; `bad-value` and `unknown-level` name row and column
 */
export async function readTable(source: Source, options: ReadOptions = {}): Promise<DataTable> {
  const { chunkLength = CHUNK_LENGTH } = options;
  const delimiter = /\.(tsv|tab)$/i.test(source.path) ? '\t' : undefined;
  const readers = new Map<number, ColumnReader>();
  let nrow = 0;
  for await (const { header, rows, firstRow, delimiter: separator } of readRecords(
    textChunks(source, chunkLength),
    source.name,
    delimiter,
  )) {
    if (firstRow === 0) {
      for (const factor of options.factors ?? []) requireColumn(factor, header, source.name);
      for (const [j, name] of header.entries()) {
        if (name !== '') readers.set(j, chooseReader(name, j, rows, separator, options));
      }
    }
    for (const [j, reader] of readers) {
      for (let i = 0; i < rows.length; i++) reader.push(rows[i]![j]!, firstRow + i + 1);
    }
    nrow = firstRow + rows.length;
  }
  return { nrow, columns: [...readers.values()].map((reader) => reader.finish()) };
}

function chooseReader(
  name: string,
  j: number,
  rows: readonly (readonly string[])[],
  delimiter: string,
  { schema, factors = [] }: ReadOptions,
): ColumnReader {
  const field = schema?.fields.get(name);
  if (field?.categories) return declaredCategoryReader(field);
  const missing = field?.missingValues ?? schema?.missingValues ?? missingByDefault;
  if (factors.includes(name)) return factorReader(name, missing);
  if (field?.kind === 'boolean') return booleanReader(field);
  if (field?.kind === 'text') return labelReader(name, missing);
  if (field) return numberReader(name, { missing, numbers: field.numbers, integer: field.kind === 'integer' });

  const looksNumeric = (numbers: NumberFormat) =>
    rows.every((row) => missing.has(row[j]!) || parseNumber(row[j]!, numbers) !== undefined);
  const numbers = (delimiter === ';' ? [plainNumbers, decimalComma] : [plainNumbers]).find(looksNumeric);
  const hint = ` The first ${rows.length} rows hold numbers; if the column holds labels, declare it with --factor or --schema.`;
  return numbers ? numberReader(name, { missing, numbers, hint }) : labelReader(name, missing);
}

function requireColumn(name: string, header: readonly string[], file: string): void {
  if (header.includes(name)) return;
  const known = header.filter((column) => column !== '');
  const message = `${file} has no column "${name}"${suggestion(name, known)}`;
  throw new InputError('unknown-column', message, { column: name });
}
