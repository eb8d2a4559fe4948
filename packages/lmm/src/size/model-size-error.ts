import { ModelError } from '../errors.js';

/** One thing that a fit needs memory for. */
export interface SizePart {
  readonly bytes: number;
  /** What takes the bytes and why, as in `the Cholesky factor, because ...`. */
  readonly what: string;
  /** What could be done about it, an infinitive. */
  readonly cure: string;
}

/** Parts below this share of the whole are not worth a sentence. */
const WORTH_TELLING = 0.25;

/** A model that would need more memory than it may take, refused before that memory is asked for. Code `too-large`. */
export class ModelSizeError extends ModelError {
  override name = 'ModelSizeError';
  /** Bytes that the fit would need beside the data. */
  readonly bytes: number;
  /** Bytes that it was allowed to take. */
  readonly maxBytes: number;
  /** What needs them, the largest first. */
  readonly parts: readonly SizePart[];
  /** The message but for how to allow more. */
  readonly reason: string;
  /** Whether a larger `maxBytes` would let the model through. */
  readonly raisable: boolean;

  constructor(parts: readonly SizePart[], maxBytes: number, raisable = true) {
    const sorted = parts.toSorted((a, b) => b.bytes - a.bytes);
    const bytes = totalBytes(parts);
    const told = sorted.filter((part) => part.bytes >= WORTH_TELLING * bytes);
    const reason =
      `the model is too large: fitting it would take ${inWords(bytes)} of memory beside the data (${Math.round(bytes)} bytes), and ` +
      (raisable
        ? `${inWords(maxBytes)} (${Math.round(maxBytes)} bytes) are allowed`
        : 'no array can hold that many numbers') +
      told.map((part) => `;\n  ${inWords(part.bytes)}: ${part.what}`).join('') +
      `.\nWhat could be done: ${[...new Set(told.map(({ cure }) => cure))].join('; ')}`;
    super('too-large', reason + (raisable ? '; or allow more by the option maxBytes' : ''));
    this.bytes = bytes;
    this.maxBytes = maxBytes;
    this.parts = sorted;
    this.reason = reason;
    this.raisable = raisable;
  }
}

export const totalBytes = (parts: readonly SizePart[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);

/** `12.3 GB`. */
function inWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let size = bytes;
  let u = 0;
  for (; size >= 999.5 && u + 1 < units.length; u++) size /= 1000;
  return `${size < 100 && u > 0 ? size.toPrecision(3) : size.toFixed(0)} ${units[u]}`;
}
