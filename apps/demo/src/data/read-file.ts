import { readDelimited } from './delimited.js';
import { readJson } from './json.js';
import { DataError, type RawTable } from './raw-table.js';

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  bytes.length >= text.length && [...text].every((c, k) => bytes[k] === c.charCodeAt(0));

/**
 * Reads a table from the bytes of a file: Parquet and Arrow by their first bytes, JSON by the ending or the first character, else separated
 * text in UTF-8 (or Windows-1252 where it is no UTF-8). The readers of Parquet and Arrow are loaded only when they are needed.
 *
 * @throws DataError when it cannot be read
 */
export async function readFile(name: string, buffer: ArrayBuffer): Promise<RawTable> {
  const bytes = new Uint8Array(buffer);
  if (bytes.length === 0) throw new DataError(`${name} is empty.`);
  if (startsWith(bytes, 'PAR1'))
    return inFormat('Parquet', async () => (await import('./parquet.js')).readParquet(buffer));
  const stream = bytes[0] === 0xff && bytes[1] === 0xff && bytes[2] === 0xff && bytes[3] === 0xff;
  if (startsWith(bytes, 'ARROW1') || stream) {
    return inFormat('Arrow', async () => (await import('./arrow.js')).readArrow(buffer));
  }
  const text = decode(bytes);
  if (/\.(json|jsonl|ndjson)$/i.test(name) || /^\s*[[{]/.test(text.slice(0, 200))) return readJson(text);
  if (text.slice(0, 10_000).includes('\0')) {
    throw new DataError(`${name} is neither text nor Parquet nor Arrow. Spreadsheets can be saved as CSV.`);
  }
  return readDelimited(text);
}

async function inFormat(format: string, read: () => Promise<RawTable>): Promise<RawTable> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `This ${format} file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
