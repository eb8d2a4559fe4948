import { createReadStream } from 'node:fs';
import { InputError } from '../errors.js';

/** Characters that are parsed at a time: small enough that the fields of a chunk, which are strings, do not weigh on the collector. */
export const CHUNK_LENGTH = 1 << 22;

/** Where a table is read from: a path, or `-` for standard input. */
export interface Source {
  readonly path: string;
  /** The name used in messages. */
  readonly name: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/**
 * The text of a source in pieces of about `length` characters, each ending at the end of a record, with line ends made `\n` and a
 * byte order mark removed. A record that is longer than `length` comes whole.
 *
 * @throws {InputError} `cannot-read` or `not-text` (neither UTF-8 nor UTF-16 with a byte order mark)
 */
export async function* textChunks(source: Source, length = CHUNK_LENGTH): AsyncGenerator<string> {
  const bytes =
    source.path === '-' && source.stdin ? source.stdin : createReadStream(source.path, { highWaterMark: 1 << 20 });
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let pending: string[] = [];
  let pendingLength = 0;
  let rest = '';
  try {
    for await (const piece of bytes as AsyncIterable<Uint8Array>) {
      decoder ??= new TextDecoder(encodingOf(piece), { fatal: true });
      const text = decoder.decode(piece, { stream: true });
      pending.push(text);
      pendingLength += text.length;
      if (pendingLength < Math.max(length, rest.length)) continue;
      const all = rest + pending.join('');
      const end = lastRecordEnd(all);
      if (end > 0) yield normalizeLineEnds(all.slice(0, end));
      rest = all.slice(end);
      pending = [];
      pendingLength = 0;
    }
    pending.push(decoder?.decode() ?? '');
  } catch (error) {
    throw explain(error, source.name);
  }
  const last = rest + pending.join('');
  if (last.length > 0) yield normalizeLineEnds(last);
}

function encodingOf(start: Uint8Array): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

const normalizeLineEnds = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text);

/** Index after the last line feed outside quotes, 0 if there is none. Quotes inside a quoted field come in pairs and cancel. */
function lastRecordEnd(text: string): number {
  let end = 0;
  let position = 0;
  let quoted = false;
  while (position < text.length) {
    const quote = text.indexOf('"', position);
    const stop = quote < 0 ? text.length : quote;
    if (!quoted) {
      const lineFeed = text.slice(position, stop).lastIndexOf('\n');
      if (lineFeed >= 0) end = position + lineFeed + 1;
    }
    quoted = !quoted;
    position = stop + 1;
  }
  return end;
}

function explain(error: unknown, name: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new InputError('not-text', `${name} is not UTF-8 text. Save it as CSV with the encoding UTF-8.`);
  }
  if (code === 'ENOENT') return new InputError('cannot-read', `There is no file ${name}.`);
  if (code === 'EISDIR') return new InputError('cannot-read', `${name} is a folder, not a file.`);
  if (code === 'EACCES' || code === 'EPERM') return new InputError('cannot-read', `${name} may not be read: ${code}.`);
  if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) {
    return new InputError('cannot-read', `${name} cannot be read: ${message}.`);
  }
  return error;
}
