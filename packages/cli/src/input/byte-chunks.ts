import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { InputError } from '../errors.js';

/** Bytes that are worked on at a time. */
export const CHUNK_LENGTH = 1 << 22;

/** Where a table is read from: a path, or `-` for standard input. */
export interface Source {
  readonly path: string;
  /** The name used in messages. */
  readonly name: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/** Enough to tell the encoding. */
const MARK_LENGTH = 4;

/**
 * The bytes of a source as UTF-8 without a byte order mark, in pieces as they come. UTF-16 with a mark is converted.
 *
 * @throws {InputError} `cannot-read` or `not-text`
 */
export async function* utf8Pieces(source: Source): AsyncGenerator<Uint8Array> {
  const bytes =
    source.path === '-' && source.stdin ? source.stdin : createReadStream(source.path, { highWaterMark: 1 << 20 });
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let start: Uint8Array | null = new Uint8Array(0);
  try {
    for await (let piece of bytes as AsyncIterable<Uint8Array>) {
      if (start) {
        piece = Buffer.concat([start, piece]);
        start = piece.length < MARK_LENGTH ? piece : null;
        if (start) continue;
        decoder = wideDecoder(piece);
        piece = decoder ? piece : withoutMark(piece);
      }
      yield decoder ? Buffer.from(decoder.decode(piece, { stream: true })) : piece;
    }
    if (start) {
      decoder = wideDecoder(start);
      yield decoder ? Buffer.from(decoder.decode(start, { stream: true })) : withoutMark(start);
    }
    if (decoder) yield Buffer.from(decoder.decode());
  } catch (error) {
    throw explain(error, source.name);
  }
}

function wideDecoder(start: Uint8Array): InstanceType<typeof TextDecoder> | null {
  const encoding =
    start[0] === 0xff && start[1] === 0xfe ? 'utf-16le' : start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : null;
  return encoding && new TextDecoder(encoding, { fatal: true });
}

const withoutMark = (start: Uint8Array): Uint8Array =>
  start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? start.subarray(3) : start;

export const notText = (name: string): InputError =>
  new InputError('not-text', `${name} is not UTF-8 text. Save it as CSV with the encoding UTF-8.`);

function explain(error: unknown, name: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return notText(name);
  if (code === 'ENOENT') return new InputError('cannot-read', `There is no file ${name}.`);
  if (code === 'EISDIR') return new InputError('cannot-read', `${name} is a folder, not a file.`);
  if (code === 'EACCES' || code === 'EPERM') return new InputError('cannot-read', `${name} may not be read: ${code}.`);
  if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) {
    return new InputError('cannot-read', `${name} cannot be read: ${message}.`);
  }
  return error;
}
