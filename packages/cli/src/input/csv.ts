import { Buffer, isUtf8 } from 'node:buffer';
import { InputError } from '../errors.js';
import { CHUNK_LENGTH, notText } from './byte-chunks.js';
import { fieldText, scanRecords, type ScannedRecords, type ScanProblem } from './record-scanner.js';

/** Takes a table whose fields are still bytes. */
export interface RecordSink {
  /** @returns the columns that the sink wants, ascending; null for all */
  header(names: readonly string[], delimiter: string): Int32Array | null;
  /** Some records, with the wanted fields. @param row data row of the first of them, counted from 1 */
  records(records: ScannedRecords, row: number): void;
}

/**
 * Reads comma- or tab-separated text (RFC 4180; also semicolons and bars) in chunks of about `length` bytes. Blank lines are skipped. A
 * record that is longer than a chunk comes whole.
 *
 * @param delimiter the separator; found from the header line when not given
 * @returns the number of data rows
 * @throws {InputError} `not-text`, `empty-file`, `no-rows`, `duplicate-column`, `ragged-row`, `unclosed-quote`, `stray-quote`
 */
export async function readRecords(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  delimiter: string | undefined,
  sink: RecordSink,
  length = CHUNK_LENGTH,
): Promise<number> {
  let columns = 0;
  let separator = delimiter;
  let wanted: Int32Array | null = null;
  let row = 0;

  /** @returns bytes used */
  const take = (bytes: Uint8Array, last: boolean): number => {
    if (!isUtf8(last ? bytes : bytes.subarray(0, lastLineEnd(bytes)))) throw notText(name);
    let used = 0;
    if (columns === 0) {
      separator ??= findDelimiter(bytes);
      const head = checked(scanRecords(bytes, 0, last, separator.charCodeAt(0), 0, null), 0);
      if (head.count === 0) return head.used;
      used = head.used;
      columns = head.width;
      wanted = sink.header(checkedHeader(fieldsOf(head), name), separator);
    }
    const found = checked(scanRecords(bytes, used, last, separator!.charCodeAt(0), columns, wanted), row);
    if (found.count > 0) sink.records(found, row + 1);
    row += found.count;
    return found.used;
  };

  const checked = (result: ScannedRecords | ScanProblem, before: number): ScannedRecords => {
    if (!('kind' in result)) return result;
    const at = columns === 0 ? 0 : before + result.record + 1;
    if (result.kind === 'ragged-row') throw raggedRow(result.fields, columns, name, at);
    throw quoteError(result.kind, name, at);
  };

  let rest: Uint8Array = new Uint8Array(0);
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  for await (const piece of pieces) {
    pending.push(piece);
    pendingLength += piece.length;
    // An unfinished record is looked at again when its length has doubled.
    if (pendingLength < Math.max(length, rest.length)) continue;
    const bytes = Buffer.concat([rest, ...pending]);
    rest = bytes.subarray(take(bytes, false));
    pending = [];
    pendingLength = 0;
  }
  take(Buffer.concat([rest, ...pending]), true);
  if (columns === 0) throw new InputError('empty-file', `${name} is empty: a header line with column names is needed.`);
  if (row === 0) throw new InputError('no-rows', `${name} has a header but no rows.`);
  return row;
}

const lastLineEnd = (bytes: Uint8Array): number => Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13)) + 1;

const fieldsOf = ({ bytes, width, ranges }: ScannedRecords): string[] =>
  Array.from({ length: width }, (_, k) => fieldText(bytes, ranges[2 * k]!, ranges[2 * k + 1]!));

/** The candidate that occurs most often outside quotes in the first line; a comma when none does. */
function findDelimiter(bytes: Uint8Array): string {
  const counts = new Map([',', '\t', ';', '|'].map((candidate) => [candidate, 0]));
  let quoted = false;
  let begun = false;
  for (const byte of bytes) {
    if (byte === 10 || byte === 13) {
      if (begun) break;
      continue;
    }
    begun = true;
    if (byte === 34) quoted = !quoted;
    const character = String.fromCharCode(byte);
    const count = counts.get(character);
    if (!quoted && count !== undefined) counts.set(character, count + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** Columns without a name (row names written by R, trailing separators of a spreadsheet) may repeat: no formula can name them. */
function checkedHeader(names: readonly string[], file: string): readonly string[] {
  const seen = new Map<string, number>();
  const trimmed = names.map((name) => name.trim());
  for (const [j, name] of trimmed.entries()) {
    const first = seen.get(name);
    if (name !== '' && first !== undefined) {
      const message = `${file} has two columns named "${abbreviate(name)}" (columns ${first + 1} and ${j + 1}). Rename one of them.`;
      throw new InputError('duplicate-column', message, { column: name });
    }
    seen.set(name, j);
  }
  if (trimmed.every((name) => name === '')) {
    throw new InputError('empty-file', `The header line of ${file} names no column.`);
  }
  return trimmed;
}

function raggedRow(fields: number, columns: number, file: string, row: number): InputError {
  const message = `Row ${row} of ${file} has ${fields} ${fields === 1 ? 'field' : 'fields'}, but the header has ${columns} columns.`;
  const hint = fields > columns ? ' A field that contains the separator must be in double quotes.' : '';
  return new InputError('ragged-row', message + hint, { row });
}

function quoteError(code: 'unclosed-quote' | 'stray-quote', file: string, row: number): InputError {
  const place = row === 0 ? `The header of ${file}` : `Row ${row} of ${file}`;
  if (code === 'unclosed-quote') {
    return new InputError('unclosed-quote', `${place} opens a double quote that is never closed.`, { row });
  }
  const message = `${place} has text after a closing double quote. Write a quote inside a quoted field as two quotes.`;
  return new InputError('stray-quote', message, { row });
}

/** Text from a file, cut so that a message stays readable. */
export const abbreviate = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
