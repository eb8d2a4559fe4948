import { InputError } from '../errors.js';
import { suggestion } from '../suggestion.js';
import type { Column, ColumnReader } from './column.js';
import {
  booleanReader,
  ContradictedType,
  declaredCategoryReader,
  factorReader,
  labelReader,
  looksNumeric,
  numberReader,
} from './column-readers.js';
import { utf8Pieces, type Source } from './byte-chunks.js';
import { readRecords, type RecordSink } from './csv.js';
import { plainNumbers, type NumberFormat } from './number.js';
import type { ScannedRecords } from './record-scanner.js';
import type { TableSchema } from './table-schema.js';

/** A table in memory. */
export interface DataTable {
  readonly nrow: number;
  /** The names of all columns that have one, in file order. */
  readonly header: readonly string[];
  /** The named columns that were asked for, in file order. */
  readonly columns: readonly Column[];
}

export interface ReadOptions {
  readonly schema?: TableSchema | undefined;
  /** Columns that hold labels even if they look like numbers. */
  readonly factors?: readonly string[] | undefined;
  /** Which of the named columns are read; all when it gives null. */
  readonly columns?: ((header: readonly string[]) => ReadonlySet<string> | null) | undefined;
  /** The same, but the table need not have them. */
  readonly labels?: ReadonlySet<string> | undefined;
  /** Bytes parsed at a time; the first chunk decides the type of the columns that no schema describes. */
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
 * @throws {InputError} see {@link readRecords}, {@link utf8Pieces}; `bad-value` and `unknown-level` name row and column
 */
export async function readTable(source: Source, options: ReadOptions = {}): Promise<DataTable> {
  const labels = new Set(options.labels);
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
  let readers: ColumnReader[] | undefined;
  let names: string[] = [];
  let header: readonly string[] = [];
  let separator = ',';
  const delimiter = /\.(tsv|tab)$/i.test(source.path) ? '\t' : undefined;
  const sink: RecordSink = {
    header(all, found) {
      header = all.filter((name) => name !== '');
      separator = found;
      for (const factor of options.factors ?? []) requireColumn(factor, header, source.name);
      const wanted = options.columns?.(header) ?? null;
      const positions = [...all.keys()].filter((j) => all[j] !== '' && (wanted === null || wanted.has(all[j]!)));
      names = positions.map((j) => all[j]!);
      return Int32Array.from(positions);
    },
    records(records, row) {
      readers ??= names.map((name, k) => chooseReader(name, k, records, separator, options, labels));
      for (const [k, reader] of readers.entries()) reader.push(records, k, row);
    },
  };
  const nrow = await readRecords(utf8Pieces(source), source.name, delimiter, sink, options.chunkLength);
  return { nrow, header, columns: (readers ?? []).map((reader) => reader.finish()) };
}

function chooseReader(
  name: string,
  k: number,
  records: ScannedRecords,
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

  const formats = delimiter === ';' ? [plainNumbers, decimalComma] : [plainNumbers];
  const numbers = labels.has(name) ? undefined : formats.find((format) => looksNumeric(records, k, missing, format));
  if (!numbers) return labelReader(name, missing);
  return numberReader(name, { missing, numbers, inferredFrom: records.count });
}

function requireColumn(name: string, header: readonly string[], file: string): void {
  if (header.includes(name)) return;
  const known = header.filter((column) => column !== '');
  const message = `${file} has no column "${name}"${suggestion(name, known)}`;
  throw new InputError('unknown-column', message, { column: name });
}
