import Papa from 'papaparse';
import { InputError } from '../errors.js';

/** Takes a table whose fields are still text. */
export interface RecordSink {
  header(names: readonly string[], delimiter: string): void;
  /** @param row data row, counted from 1; `fields` has as many entries as the header */
  record(fields: readonly string[], row: number): void;
  /** The end of a chunk of text. */
  chunkEnd(): void;
}

/**
 * Reads comma- or tab-separated text (RFC 4180; also semicolons and bars) in chunks that end at record ends. Blank lines are skipped.
 *
 * @param delimiter the separator; found from the header line when not given
 * @returns the number of data rows
 * @throws {InputError} `empty-file`, `no-rows`, `duplicate-column`, `ragged-row`, `unclosed-quote`, `stray-quote`
 */
export async function readRecords(
  chunks: AsyncIterable<string>,
  name: string,
  delimiter: string | undefined,
  sink: RecordSink,
): Promise<number> {
  let width = 0;
  let row = 0;
  let separator = delimiter;
  for await (const text of chunks) {
    const found = (separator ??= findDelimiter(text));
    Papa.parse<string[]>(text, {
      delimiter: found,
      newline: '\n',
      step({ data, errors }) {
        if (errors.length > 0) throw quoteError(errors[0]!.code, name, width === 0 ? 0 : row + 1);
        if (data.length === 1 && data[0] === '') return;
        if (width === 0) {
          width = data.length;
          sink.header(checkedHeader(data, name), found);
        } else {
          row++;
          if (data.length !== width) throw raggedRow(data.length, width, name, row);
          sink.record(data, row);
        }
      },
    });
    sink.chunkEnd();
  }
  if (width === 0) throw new InputError('empty-file', `${name} is empty: a header line with column names is needed.`);
  if (row === 0) throw new InputError('no-rows', `${name} has a header but no rows.`);
  return row;
}

/** The candidate that occurs most often outside quotes in the first line; a comma when none does. */
function findDelimiter(text: string): string {
  const counts = new Map([',', '\t', ';', '|'].map((candidate) => [candidate, 0]));
  let quoted = false;
  for (const character of firstLine(text)) {
    if (character === '"') quoted = !quoted;
    const count = counts.get(character);
    if (!quoted && count !== undefined) counts.set(character, count + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function firstLine(text: string): string {
  const start = text.search(/[^\n]/);
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
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

function quoteError(code: string, file: string, row: number): InputError {
  const place = row === 0 ? `The header of ${file}` : `Row ${row} of ${file}`;
  if (code === 'MissingQuotes') {
    return new InputError('unclosed-quote', `${place} opens a double quote that is never closed.`, { row });
  }
  const message = `${place} has text after a closing double quote. Write a quote inside a quoted field as two quotes.`;
  return new InputError('stray-quote', message, { row });
}

/** Text from a file, cut so that a message stays readable. */
export const abbreviate = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
