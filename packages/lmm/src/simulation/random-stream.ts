import { ModelError } from '../errors.js';
import { normalQuantile } from '../inference/distributions/normal-quantile.js';
import { philoxInto } from './philox.js';

/** A stream of random numbers that is a pure function of (seed, stream number): the same bits on every machine. */
export interface RandomStream {
  /** Uniform on (0, 1), 52 bits, never 0 or 1. */
  uniform(): number;
  /** Standard normal, by inversion of one uniform number. */
  normal(): number;
}

/**
 * @param seed a whole number from 0 to 2^53 - 1: the key
 * @param stream a whole number from 0 to 2^53 - 1, replicate 17 for example: the upper half of the counter
 * @throws ModelError `bad-option` for anything else
 */
export function randomStream(seed: number, stream: number): RandomStream {
  requireWhole(seed, 'the seed');
  requireWhole(stream, 'the number of a stream');
  const key0 = seed >>> 0;
  const key1 = Math.floor(seed / 2 ** 32);
  const counter = new Uint32Array(4);
  counter[2] = stream >>> 0;
  counter[3] = Math.floor(stream / 2 ** 32);
  const block = new Uint32Array(4);
  let left = 0;
  const uniform = (): number => {
    if (left === 0) {
      philoxInto(counter, key0, key1, block);
      if (++counter[0] === 2 ** 32) counter[1]++;
      left = 4;
    }
    left -= 2;
    const high = block[left] >>> 6;
    const low = block[left + 1] >>> 6;
    // An odd multiple of 2^-53, exact: the interval is open at both ends.
    return (2 * (high * 67108864 + low) + 1) / 2 ** 53;
  };
  return { uniform, normal: () => normalQuantile(uniform()) };
}

function requireWhole(value: number, what: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new ModelError('bad-option', `${what} must be a whole number from 0 to 2^53 - 1, not ${value}`);
}
