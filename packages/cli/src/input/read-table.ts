import { InputError } from '../errors.js';
import { suggestion } from '../suggestion.js';
import type { Column, ColumnReader } from './column.js';
import {
  booleanReader,
  ContradictedType,
  declaredCategoryReader,
  factorReader,
  labelReader,
  numberReader,
} from './column-readers.js';
import { readRecords } from './csv.js';
import { parseNumber, plainNumbers, type NumberFormat } from './number.js';
import type { TableSchema } from './table-schema.js';
import { textChunks, type Source } from './text-chunks.js';

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
 * missing looks like a number, else categorical. Time O(size), memory O(columns x rows).
 *
 * The first chunk decides the types. A file whose later rows contradict it is read once more; standard input cannot be.
 *
 * @throws {InputError} see {@link readRecords}, {@link textChunks}; `bad-value` and `unknown-level` name row and column
 */
export async function readTable(source: Source, options: ReadOptions = {}): Promise<DataTable> {
  const labels = new Set<string>();
  for (;;) {
    try {
      return await readOnce(source, options, labels);
    } catch (error) {
      if (source.stdin || !(error instanceof ContradictedType)) throw error;
      labels.add(error.column);
    }
  }
}

async function readOnce(source: Source, options: ReadOptions, labels: ReadonlySet<string>): Promise<DataTable> {
  let header: readonly string[] = [];
  let separator = ',';
  let sample: (readonly string[])[] | undefined = [];
  const readers: ColumnReader[] = [];
  const positions: number[] = [];
  const push = (fields: readonly string[], row: number) => {
    for (let k = 0; k < readers.length; k++) readers[k]!.push(fields[positions[k]!]!, row);
  };
  const delimiter = /\.(tsv|tab)$/i.test(source.path) ? '\t' : undefined;
  const nrow = await readRecords(textChunks(source, options.chunkLength), source.name, delimiter, {
    header(names, found) {
      header = names;
      separator = found;
      for (const factor of options.factors ?? []) requireColumn(factor, header, source.name);
    },
    record(fields, row) {
      if (sample) sample.push(fields);
      else push(fields, row);
    },
    chunkEnd() {
      if (!sample || sample.length === 0) return;
      for (const [j, name] of header.entries()) {
        if (name === '') continue;
        positions.push(j);
        readers.push(chooseReader(name, j, sample, separator, options, labels));
      }
      for (const [i, fields] of sample.entries()) push(fields, i + 1);
      sample = undefined;
    },
  });
  return { nrow, columns: readers.map((reader) => reader.finish()) };
}

function chooseReader(
  name: string,
  j: number,
  rows: readonly (readonly string[])[],
  delimiter: string,
  { schema, factors = [] }: ReadOptions,
  labels: ReadonlySet<string>,
): ColumnReader {
  const field = schema?.fields.get(name);
  if (field?.categories) return declaredCategoryReader(field);
  const missing = field?.missingValues ?? schema?.missingValues ?? missingByDefault;
  if (factors.includes(name)) return factorReader(name, missing);
  if (field?.kind === 'boolean') return booleanReader(field);
  if (field?.kind === 'text') return labelReader(name, missing);
  if (field && field.kind !== 'any') {
    return numberReader(name, { missing, numbers: field.numbers, integer: field.kind === 'integer' });
  }

  const looksNumeric = (numbers: NumberFormat) =>
    rows.every((row) => missing.has(row[j]!) || parseNumber(row[j]!, numbers) !== undefined);
  const formats = delimiter === ';' ? [plainNumbers, decimalComma] : [plainNumbers];
  const numbers = labels.has(name) ? undefined : formats.find(looksNumeric);
  if (!numbers) return labelReader(name, missing);
  return numberReader(name, { missing, numbers, inferredFrom: rows.length });
}

function requireColumn(name: string, header: readonly string[], file: string): void {
  if (header.includes(name)) return;
  const known = header.filter((column) => column !== '');
  const message = `${file} has no column "${name}"${suggestion(name, known)}`;
  throw new InputError('unknown-column', message, { column: name });
}
