import { goldenPath, readCase } from '@blup/golden';
import { expect } from 'vitest';
import { blup } from './blup.js';

/** The words after the command's name for the model of a golden case. */
export function modelWords(id: string): string[] {
  const { formula, data, reml, weights, offset, subset, contrasts = {} } = readCase(id);
  const words = [formula, goldenPath(`data/${data}.csv`), '--schema', goldenPath(`data/${data}.schema.json`)];
  if (!reml) words.push('--ml');
  for (const [option, value] of Object.entries({ weights, offset, subset }))
    if (value) words.push(`--${option}`, String(value));
  for (const [column, kind] of Object.entries(contrasts)) words.push('--contrasts', `${column}=${kind}`);
  return words;
}

/** What the command prints with --json. */
export function blupJson(...args: string[]) {
  const { status, stdout, stderr } = blup([...args, '--json']);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Equality within `relative` times max(1, |want|), through arrays; missing numbers are null on both sides. */
export function expectNear(got: unknown, want: unknown, relative: number, path = '$'): void {
  if (Array.isArray(want)) {
    expect(got, path).toHaveLength(want.length);
    want.forEach((entry, i) => expectNear((got as unknown[])[i], entry, relative, `${path}[${i}]`));
  } else if (typeof want === 'number') {
    expect(typeof got, path).toBe('number');
    const error = Math.abs((got as number) - want) / Math.max(1, Math.abs(want));
    expect(error, `${path}: ${String(got)} instead of ${want}`).toBeLessThanOrEqual(relative);
  } else {
    expect(got, path).toEqual(want);
  }
}
