/** A column to be written. */
export interface CsvColumn {
  readonly name: string;
  /** The text of a row's field, unquoted. */
  cell(row: number): string;
}

const PIECE = 1 << 12;

/** A CSV file in pieces (RFC 4180, line feeds): a header, then n records. */
export function* csvPieces(n: number, columns: readonly CsvColumn[]): Generator<string> {
  yield `${columns.map(({ name }) => quoted(name)).join(',')}\n`;
  for (let start = 0; start < n; start += PIECE) {
    const lines: string[] = [];
    for (let i = start; i < Math.min(n, start + PIECE); i++) {
      lines.push(columns.map((column) => quoted(column.cell(i))).join(','));
    }
    yield `${lines.join('\n')}\n`;
  }
}

/** Every digit of a number; an empty field where there is none. */
export const numberCell = (value: number): string => (Number.isNaN(value) ? '' : String(value));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
